"""Hostile reports through the real second stage; what it posts is looked at as GitHub shows it, in a real browser."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cmarkgfm
import composite
import pytest
from api import Api, serve
from cmarkgfm.cmark import Options
from hostile_reports import EVIL, REFUSED, SHA, SHAPES, TRICKS, report, shown
from npm import packed_file
from playwright.sync_api import Browser, Page

from nnviz_action.project.action.step import action

HEAD, BASE = "a" * 40, "b" * 40
OURS = (
    f"https://github.com/OTHER/nets/blob/{HEAD}/",
    f"https://github.com/OWNER/nets/blob/{BASE}/",
    "https://github.com/OWNER/nets/actions/runs/17",
)
TAGS = {
    "h3", "h4", "p", "ul", "li", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "strong", "sub", "details", "summary",
    "picture", "source", "img", "br", "a", "span", "div",
}  # fmt: skip
# What GitHub looks for in each piece of text that is in no code and no link.
LINKED = {
    "mention": r"@[a-z0-9]", "issue": r"#\d|\bgh-\d", "advisory": r"\bghsa-\w|\bcve-\d", "emoji": r":[a-z0-9+_-]+:",
    "commit": r"(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])", "address": r"\w://\w|www\.\w|[\w.+-]@[\w-]+\.\w|mailto:\w|xmpp:\w", "math": r"\$.+\$",
}  # fmt: skip
# Draws the charts as GitHub does, then tells what the page holds: elements with their addresses, and pieces of text.
LOOK = """async () => {
  mermaid.initialize({startOnLoad: false, securityLevel: "strict"});
  for (const [number, code] of document.querySelectorAll("pre[lang=mermaid] code").entries()) {
    const drawn = await mermaid.render(`chart${number}`, code.textContent);
    const holder = document.createElement("div");
    holder.className = "chart";
    holder.innerHTML = drawn.svg;
    code.parentElement.replaceWith(holder);
  }
  const elements = [], texts = [];
  for (const element of document.querySelectorAll("body *")) {
    const attributes = Object.fromEntries([...element.attributes].map(a => [a.name, a.value]));
    if (element.localName === "a" && element.href.baseVal === undefined) attributes.href = element.href;
    if (element.localName === "img") attributes.src = element.src;
    elements.push({tag: element.localName, chart: !!element.closest(".chart"), attributes});
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.COMMENT_NODE) elements.push({tag: "!--", chart: false, attributes: {}});
    else if (!node.parentElement.closest("code, pre, a, .chart")) texts.push(node.data);
  }
  return {elements, texts};
}"""


class Shown:
    """A page on which each comment is shown anew; `asked` are the addresses that it asks for."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked = page, list[str]()
        page.route("**/*", lambda route: (self.asked.append(route.request.url), route.abort()))
        page.set_content("<body></body>")
        page.add_script_tag(path=str(packed_file("mermaid", "11.12.0", "dist/mermaid.min.js")))

    def foreign(self, text: str) -> list[str]:
        """What is on the page of this Markdown, and is not ours."""
        self.asked.clear()
        html = cmarkgfm.github_flavored_markdown_to_html(
            text, options=Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
        )
        self.page.evaluate("html => { document.body.innerHTML = html }", html)
        found = self.page.evaluate(LOOK)
        told = [f"{what}: {piece!r}" for piece in found["texts"] for what in _linked(piece)]
        told += [f"element: {element}" for element in found["elements"] if not _is_ours(element)]
        return told + [f"asked for: {url}" for url in self.asked if not url.startswith(OURS)]


def _linked(piece: str) -> Iterator[str]:
    yield from (what for what, form in LINKED.items() if re.search(form, piece, re.IGNORECASE | re.ASCII))


def _is_ours(element: dict[str, Any]) -> bool:
    attributes = element["attributes"]
    addresses = [
        value for key, value in attributes.items() if key in ("href", "src", "srcset", "xlink:href", "action")
    ]
    if any(key.startswith("on") for key in attributes):
        return False
    if element["chart"]:
        return element["tag"] not in ("a", "image", "script", "iframe", "img") and all(a[0] == "#" for a in addresses)
    return element["tag"] in TAGS and all(address.startswith(OURS) for address in addresses)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Shown]:
    opened = browser.new_page()
    yield Shown(opened)
    opened.close()


@pytest.fixture
def api() -> Iterator[Api]:
    with serve() as server:
        head, base = ({"sha": sha, "ref": ref, "repo": {"full_name": name}}
                      for sha, ref, name in ((HEAD, "work", "OTHER/nets"), (BASE, "main", "OWNER/nets")))  # fmt: skip
        server.pulls = [{"number": 7, "state": "open", "head": head, "base": base}]
        server.files["other/nnviz.yaml"] = b"models: {}"
        yield server


def second_stage(data: Any, api: Api, folder: Path) -> tuple[int, str]:
    """The exit code and the summary of the job that posts what another found."""
    (folder / "report.json").write_text(json.dumps(data))
    return posted(folder / "report.json", api, folder)


def posted(reports: Path, api: Api, folder: Path) -> tuple[int, str]:
    """The same, of files by their pattern."""
    run = {
        "event": "pull_request",
        "head_sha": HEAD,
        "head_branch": "work",
        "head_repository": {"full_name": "OTHER/nets"},
    }
    summary = folder / "summary.md"
    files = {
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_OUTPUT": str(folder / "output"),
    }
    inputs = {
        "RUNNER_TEMP": str(folder / "temp"),
        "INPUT_MODE": "comment",
        "INPUT_REPORTS": str(reports),
    }
    environment = composite.environment(
        "workflow_run", {"workflow_run": run}, folder / "temp", GITHUB_API_URL=api.url
    )
    return action(environment | inputs, files | {"GITHUB_TOKEN": composite.TOKEN}), summary.read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(("kind", "data"), list(shown()), ids=lambda value: value if isinstance(value, str) else "")
def test_nothing_that_is_not_ours_gets_into_a_comment(
    kind: str, data: Any, api: Api, page: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, summary = second_stage(data, api, tmp_path)
    log = capsys.readouterr().out
    assert (code, len(api.comments)) == (0, 1), log
    assert {found["title"] for found in composite.obeyed(log)} <= {"nnviz%3A nothing to compare with"}
    marker, _, comment = api.comments[0]["body"].partition("\n")
    assert re.fullmatch(r"<!-- nnviz-action config=[\w./]+ -->", marker)
    assert (page.foreign(comment), page.foreign(summary)) == ([], [])
    assert "<h3>" in cmarkgfm.github_flavored_markdown_to_html(comment)


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_what_is_no_report_gets_no_comment(
    make: Any, api: Api, page: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, summary = second_stage(make(), api, tmp_path)
    assert (code, api.writes) == (2, [])
    assert [found["command"] for found in composite.obeyed(capsys.readouterr().out)] == ["error"]
    assert page.foreign(summary) == []


def _link(folder: Path) -> None:
    (folder / "kept").write_text(json.dumps(report("net")))
    (folder / "report.json").symlink_to(folder / "kept")


def _many(folder: Path) -> None:
    for number in range(1001):
        (folder / f"report-{number}.json").write_text("{}")


def _large(folder: Path) -> None:
    for number in range(20):
        with (folder / f"report-{number}.json").open("wb") as file:
            file.truncate(7_900_000)


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "report.json")


@pytest.mark.parametrize("make", [_link, _many, _large, _pipe])
def test_an_artifact_of_another_kind_gets_no_comment(
    make: Callable[[Path], None], api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a job uploads is unpacked before anybody looks at it."""
    (tmp_path / "reports").mkdir()
    make(tmp_path / "reports")
    assert posted(tmp_path / "reports" / "*.json", api, tmp_path)[0] == 2
    assert api.writes == [] and [found["command"] for found in composite.obeyed(capsys.readouterr().out)] == ["error"]


def test_there_are_enough_kinds() -> None:
    assert len(TRICKS) + len(SHAPES) + len(REFUSED) >= 60 and len({*TRICKS.values()}) == len(TRICKS)


SEEN = [
    f"[x](http://{EVIL})", f"![x](http://{EVIL}/x.png)", f"see http://{EVIL}", f"www.{EVIL}", f"someone@{EVIL}", "@someone", "#12", "GH-12", SHA, f"o/r@{SHA}",
    ":smile:", "$x$", "<b>x</b>", "<!-- x -->", f"<img src=http://{EVIL}/x>", "x[^1]\n\n[^1]: y", "> x", "- [x] y", "***",
    f'```mermaid\ngraph TD\nA-->B\nclick A "http://{EVIL}"\n```',
]  # fmt: skip


@pytest.mark.parametrize("text", SEEN)
def test_the_test_would_notice(text: str, page: Shown) -> None:
    assert page.foreign(text)


def test_each_config_of_the_base_has_a_comment_and_no_name_that_a_report_makes_up(
    api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api.files |= {
        "README.md": b"# models:",
        "setup.cfg": b"[models]\n",
        "list.yaml": b"- models",
        "odd.yaml": b"models: [a",
    }
    made_up = ["x.yaml", "", ".", "./nnviz.yaml", "other//nnviz.yaml", "other/./nnviz.yaml", "nnviz.yaml/", "NNVIZ.yaml", "other",
               *(name for name in api.files if name not in ("nnviz.yaml", "other/nnviz.yaml"))]  # fmt: skip
    for config in made_up:
        code, summary = second_stage(report("net") | {"config": config}, api, tmp_path)
        assert (code, api.writes) == (0, []), config
        assert "the branch that the pull request is for has no config" in capsys.readouterr().out
        assert "### nnviz:" in summary
    for config in ("nnviz.yaml", "other/nnviz.yaml", "nnviz.yaml"):
        assert second_stage(report("net") | {"config": config}, api, tmp_path)[0] == 0
    assert [write.partition(" ")[0] for write in api.writes] == ["POST", "POST"]
