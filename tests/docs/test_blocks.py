"""No block of code in the documentation goes unchecked: a language without a test is a failure here."""

import re

from conftest import ROOT
from doc_blocks import BLOCKS, PAGES, Block, of

from nnviz_action import __version__

# Where the blocks of each language are checked.
CHECKED = {
    "sh": "test_shell.py",
    "text": "test_output.py",
    "yaml": "test_yaml.py",
    "html": "test_files.py",
    "json": "test_graph_format.py",
    "toml": "test_files.py",
    "python": "test_python.py",
    "gitattributes": "test_files.py",
}


def unchecked(blocks: list[Block]) -> list[str]:
    return [f"{block}: {block.language or 'no language'}" for block in blocks if block.language not in CHECKED]


def test_every_language_has_a_test() -> None:
    assert unchecked(BLOCKS) == []
    for language, file in CHECKED.items():
        assert of(language), f"no block is {language} any more"
        assert f'of("{language}")' in (ROOT / "tests" / "docs" / file).read_text()


def test_another_language_would_be_told() -> None:
    assert unchecked([Block("new.md", 3, "ruby", "x = 1\n"), Block("new.md", 9, "", "x\n")]) == [
        "new.md:3: ruby",
        "new.md:9: no language",
    ]


def test_the_parser_finds_every_fence() -> None:
    """Also those in lists and quotes: as many as there are lines that open one."""
    for page in PAGES:
        fences = re.findall(r"^[ >]*```", page.read_text(encoding="utf-8"), re.MULTILINE)
        found = [block for block in BLOCKS if block.page == str(page.relative_to(ROOT))]
        assert 2 * len(found) == len(fences), page.name


def test_what_is_to_be_copied_names_this_version() -> None:
    for block in of("yaml"):
        versions = re.findall(r"nnviz-action@0{40} # v(\S+)|rev: v(\S+)", block.text)
        assert {a or b for a, b in versions} <= {__version__}, str(block)
