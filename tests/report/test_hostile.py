"""Names that want to be more than names, through the comment and GitHub's own parser."""

import random
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from composite import obeyed

from nnviz_action.config import Document
from nnviz_action.freshness.verdict import Status, Verdict
from nnviz_action.github.summary import append_summary
from nnviz_action.report.annotations import annotations
from nnviz_action.report.comment import comment, sections
from nnviz_action.report.picture_places import Place, Places
from nnviz_action.report.record import Change, Keys, Link, Model, Record, Shape, Sketch
from nnviz_action.report.verdicts import Report

PIECES = """@someone @org/team #1 GH-1 o/r#2 http://evil.example https://evil.example www.evil.example a@evil.example
ftp://evil.example mailto:a@evil.example xmpp:a@evil.example <script>alert(1)</script> <img src=x onerror=y> <a href=x> </details> </summary>
<!-- --> --> <b> &lt; &#60; &#x3c; &amp; ` `` ``` ~~~ ```mermaid **b** __b__ *i* _i_ ~~s~~ ![i](http://evil.example/i) [l](http://evil.example) [l][r] [r]: http://evil.example
[^1] [^1]: | |---| || \\ \\| $x$ $$ $`x`$ :smile: :+1: - + * 1. 1) # ## > --- === *** \n \r\n \n\n \t \0 \x1b[31m \u202e \u200b \u2028 é ﹫x ＠x ﬀ 𝔘 ☃ end
graph click subgraph "] ])) %%{init:{}}%% ;; javascript:alert(1) data:text/html,x <svg/onload=x> <details open> %0A::error:: ::set-output name=x:: ${{github.token}} {{x}} <https://evil.example> a.b.c conv1 0123456789abcdef0123456789abcdef01234567 1234567 o/r@0123456 $y$""".split(
    " "
)
ADDRESS = "https://github.example/o/r/"
PLACES = Places(
    Place("https://github.example", "o/r", "a" * 40),
    Place("https://github.example", "o/r", "b" * 40),
    "https://github.example/o/r/actions/runs/1",
)
ALLOWED = {
    "h3", "h4", "p", "ul", "li", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "strong", "sub", "details", "summary",
    "picture", "source", "img", "br", "a", "span",
}  # fmt: skip


class Page(HTMLParser):
    """What the parser made of a comment: elements, and text outside of code and links."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("img", "br", "source"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["span"]:
            assert data == "$", "nothing else is in an element of its own"
        elif not {"code", "pre", "a"} & set(self.open):
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


# What GitHub looks for in the rendered text: mentions, issues, emoji, addresses, commits, formulas.
LINKED = re.compile(
    r"(?<![\w`/])@[a-z0-9]|(?<!\w)#\d|\bGH-\d|[\w.-]+/[\w.-]+#\d|:[\w+-]+:|\w+://\w|www\.\w|[\w.+-]@[\w-]+\.\w"
    r"|(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])|\$.+\$",
    re.IGNORECASE,
)


def hostile(source: random.Random) -> str:
    return source.choice(["", " "]).join(source.choices(PIECES, k=source.randint(1, 6)))


def record(source: random.Random) -> Record:
    """A record in which whatever can be a name is one that wants to be more."""

    def name() -> str:
        return hostile(source)[:250]

    def line() -> str:
        path = "".join(letter for letter in name() if letter.isprintable() and letter not in "/\\")
        return f"{path}:{source.randint(1, 999)}" if path.strip(".") else ""

    def model() -> Model:
        shape = Shape(title=name(), kind=name(), subtitle=name(), rows=[name()], modules=[(name(), name())])
        return Model(
            model=name(), status=source.choice(["fresh", "stale", "failed"]), reasons=[name(), name()],
            state=source.choice(["changed", "added", "renamed", "failed"]), headline=name(), before={"parameters": 3, name(): 1},
            after={"parameters": 5}, ends=[(f"output {name()}", name(), name())],
            changes=[Change(sign=sign, where=name(), what=name(), says=name(), size=name(), line=line()) for sign in "+-~"],
            checkpoint=name(), loads=False, keys=[Keys(state="renamed", key=name(), now=name(), says=name(), count=2)],
            sketch=Sketch(boxes=[shape, shape], arrows=[Link(source=0, target=1, label=name(), style=name())]),
            folder="diagrams/" + re.sub(r"[^a-z(){}<>\"' ]", "", name()), pictures=["forward.png", "forward-dark.png"],
            was_folder="old", was_pictures=["forward.png"],
        )  # fmt: skip

    return Record(config="nnviz.yaml", notes=[name()], failing=True, models=[model() for _ in range(3)])


@pytest.mark.parametrize("seed", range(110))
def test_no_name_becomes_more_than_a_name(seed: int, tmp_path: Path) -> None:
    """110 × 93 names, through the comment and the summary: nothing that we did not write."""
    found = record(random.Random(seed))
    pictures = {
        f"{model.model}.{view}.png": f"{ADDRESS}blob/x.png" for model in found.models for view in ("diff", "forward")
    }
    look_at(comment(found, replace(PLACES, pictures=pictures, artifacts=True)))
    append_summary(tmp_path / "summary.md", list(sections(found, PLACES)))
    look_at((tmp_path / "summary.md").read_text())


def look_at(text: str) -> None:
    """No link, image, mention, reference, emoji or HTML but ours."""
    page = Page(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    for tag, attributes in page.elements:
        assert tag in ALLOWED, (tag, text)
        for key in ("href", "src", "srcset"):
            assert (attributes.get(key) or ADDRESS).startswith(ADDRESS), attributes
        assert not any(key.startswith("on") for key in attributes)
    assert page.open == []
    found = LINKED.search("\n".join(page.text))
    assert found is None, (found, "".join(page.text))


@pytest.mark.parametrize("seed", range(20))
def test_no_name_becomes_a_workflow_command(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """20 × 500 names, in annotations as the runner reads them: the commands are ours, and their texts are the names."""
    source = random.Random(seed)
    names = [hostile(source) for _ in range(500)]
    for chunk in (names[at : at + 20] for at in range(0, 500, 20)):
        verdicts = tuple(Verdict(name, Status.STALE, (hostile(source), name)) for name in chunk[:9])
        changes = {name: [*chunk] for name in chunk}
        annotations(Report(document(tmp_path, chunk), verdicts, on_drift="fail", changes=changes))
        commands = obeyed(capsys.readouterr().out)
        assert [found["command"] for found in commands] == ["error"] * 10
        assert {key for found in commands for key in found} == {"command", "text", "file", "line", "col", "title"}
        titles = [unescaped(found["title"]) for found in commands[1:]]
        assert titles == [f"{name}: stale" for name in chunk[:9]]
        for found, verdict in zip(commands[1:], verdicts, strict=True):
            assert unescaped(found["text"]).startswith("\n".join(verdict.reasons))


def document(folder: Path, names: list[str]) -> Document:
    return Document(folder / "nnviz.yaml", "nnviz.yaml", {"models": {name: {} for name in names}})


def unescaped(text: str) -> str:
    """As the runner reads it: https://github.com/actions/runner, `ActionCommand.cs`."""
    for escape, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, sign)
    return text


def test_the_test_would_notice() -> None:
    assert LINKED.search("hello @someone") and LINKED.search("see #12") and LINKED.search(":smile:")
    page = Page(
        cmarkgfm.github_flavored_markdown_to_html(
            "[l](http://evil.example) <b>b</b>", options=Options.CMARK_OPT_UNSAFE
        )
    )
    assert [tag for tag, _ in page.elements] == ["p", "a", "b"]
