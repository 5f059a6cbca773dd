"""No link inside the repository leads nowhere: files, pictures and headings, by GitHub's rules."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import ROOT
from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKDOWN = MarkdownIt("commonmark").enable("table")


class Tags(HTMLParser):
    """Where the HTML inside of Markdown leads, and the anchors that it sets."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("href", "src", "srcset") if name in given]
        self.anchors |= {given[name] for name in ("id", "name") if name in given}


def tokens(text: str) -> Iterator[Token]:
    for token in MARKDOWN.parse(text):
        yield token
        yield from token.children or ()


def tags(text: str) -> Tags:
    found = Tags()
    for token in tokens(text):
        if token.type in ("html_block", "html_inline"):
            found.feed(token.content)
    return found


def links(text: str) -> list[str]:
    """All of them, in words and in pictures."""
    found = [token.attrs.get("href", token.attrs.get("src")) for token in tokens(text)]
    return [str(link) for link in (*found, *tags(text).links) if link]


def anchors(text: str) -> set[str]:
    """The ids that GitHub gives to headings: small letters, no punctuation, - for a space, a number for the second."""
    seen: Counter[str] = Counter()
    found = tags(text).anchors
    parsed = MARKDOWN.parse(text)
    for before, token in pairwise(parsed):
        if before.type == "heading_open":
            words = "".join(child.content for child in token.children or () if child.type != "html_inline")
            slug = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return found


@cache
def tracked() -> frozenset[str]:
    """The files of the repository, and the folders that they lie in."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    files = [Path(name) for name in done.stdout.split("\0") if name and (ROOT / name).exists()]
    return frozenset(str(path) for file in files for path in (file, *file.parents))


def dead(page: str, text: str) -> list[str]:
    """Links of a page, by its path in the repository, that lead nowhere in it."""
    return [link for link in links(text) if not re.match(r"[a-z]+:", link) and not leads(page, link, text)]


def leads(page: str, link: str, text: str) -> bool:
    place, _, anchor = unquote(link).partition("#")
    target = (ROOT / page).parent / place if place else ROOT / page
    name = str(Path(*target.resolve().parts[len(ROOT.parts) :])) if target.resolve().is_relative_to(ROOT) else ""
    if name not in tracked():
        return False
    return not anchor or anchor in anchors(text if not place else (ROOT / name).read_text(encoding="utf-8"))


PAGES = sorted(name for name in tracked() if name.endswith(".md"))


@pytest.mark.parametrize("page", PAGES)
def test_no_link_is_dead(page: str) -> None:
    assert dead(page, (ROOT / page).read_text(encoding="utf-8")) == []


def test_the_pages_have_links() -> None:
    count = sum(len(links((ROOT / page).read_text(encoding="utf-8"))) for page in PAGES)
    assert {"README.md", "docs/usage.md", "examples/diagrams/resnet18/summary.md"} <= set(PAGES)
    assert count > 50


def test_a_dead_one_would_be_found() -> None:
    text = (
        "# Some `words`, twice!\n\n# Some words twice\n\n[a](#some-words-twice) [b](#some-words-twice-1) [c](#some)\n\n"
        "[d](usage.md#netron) [e](usage.md#netscape) [f](../README.md) [g](gone.md) ![h](pictures/gone.png)\n\n"
        '<img src="pictures/comment.png"> <a href="../../outside.md">i</a> [j](https://example.com/x) [k][l]\n\n'
        "[l]: ../LICENCE\n"
    )
    wrong = ["#some", "usage.md#netscape", "gone.md", "pictures/gone.png", "../LICENCE", "../../outside.md"]
    assert dead("docs/config.md", text) == wrong
