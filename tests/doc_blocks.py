"""The blocks of code in the documentation, as a Markdown parser sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT
from markdown_it import MarkdownIt

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


@dataclass(frozen=True)
class Block:
    """One block: the page, the line that it begins in, its language, its text."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def first(self) -> str:
        """Its first line, by which a test names it."""
        return self.text.partition("\n")[0]


def blocks_of(path: Path) -> Iterator[Block]:
    """All blocks of a page; one without a language has an empty one."""
    for token in MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8")):
        if token.type in ("fence", "code_block"):
            assert token.map is not None
            yield Block(str(path.relative_to(ROOT)), token.map[0] + 1, token.info.strip(), token.content)


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def of(language: str) -> list[Block]:
    """Those in one language, in the order of the pages."""
    return [block for block in BLOCKS if block.language == language]
