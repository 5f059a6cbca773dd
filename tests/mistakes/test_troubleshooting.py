"""docs/troubleshooting.md quotes what rows of the tables are held to, and all of them."""

import re
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

TEXT = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
FOLDER = Path(__file__).parent
MODELS = yaml.safe_load((FOLDER / "models.yaml").read_text(encoding="utf-8"))
HOSTILE = yaml.safe_load((ROOT / "tests" / "faults" / "hostile.yaml").read_text(encoding="utf-8"))
ROWS = [*MODELS.values(), *yaml.safe_load((FOLDER / "commands.yaml").read_text(encoding="utf-8"))]


def quoted() -> list[tuple[str, ...]]:
    """The parts of each message in the first column, between what differs."""
    cells = re.findall(r"^\| (`.*?`) \| ", TEXT, re.M)
    codes = (re.findall(r"`(.+?)`(?: … |$)", cell) for cell in cells)
    return [tuple(part for code in found for part in code.split("…")) for found in codes]


def says(row: dict[str, list[str]], parts: tuple[str, ...]) -> bool:
    return all(any(part in phrase for phrase in row["says"]) for part in parts)


@pytest.mark.parametrize("parts", quoted(), ids=lambda parts: "…".join(parts)[:50])
def test_each_message_is_one_that_is_really_printed(parts: tuple[str, ...]) -> None:
    assert any(says(row, parts) for row in [*ROWS, *(row for row in HOSTILE.values() if "says" in row)]), parts


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["mistake"][:50])
def test_each_mistake_is_found_by_its_message(row: dict[str, list[str]]) -> None:
    assert any(says(row, parts) for parts in quoted()), row["says"]
