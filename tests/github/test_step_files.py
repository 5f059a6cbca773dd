from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz_action.github.summary import LARGEST, append_summary, fitted, write_outputs


def outputs(data: str) -> dict[str, str]:
    """As the runner reads them (`FileCommandManager.cs` of actions/runner, on Linux)."""
    found, lines = {}, data.split("\n")
    while lines:
        line = lines.pop(0)
        if not line:
            continue
        name, sign, end = line.partition("<<")
        assert sign and "=" not in name, f"not of this form: {line!r}"
        value = lines[: lines.index(end)]
        del lines[: len(value) + 1]
        found[name] = "\n".join(value)
    return found


def test_sections_are_added_to_what_is_there(tmp_path: Path):
    path = tmp_path / "summary.md"
    assert append_summary(path, ["# one", "two\n\n"]) == 0
    path.write_text(path.read_text() + "| a table", encoding="utf-8")
    append_summary(path, ["three"])
    assert path.read_text(encoding="utf-8") == "# one\n\ntwo\n\n| a table\n\nthree\n\n"


def test_a_summary_is_cut_by_whole_sections_and_says_so(tmp_path: Path):
    path = tmp_path / "summary.md"
    sections = ["ä" * 200_000, "ö" * 200_000, "ü" * 200_000, "short"]
    assert append_summary(path, sections) == 2
    text = path.read_text(encoding="utf-8")
    assert path.stat().st_size <= LARGEST and "ü" not in text
    assert text.endswith("ö\n\n2 more sections did not fit: GitHub shows 1 MiB of a step's summary.\n\n")


def test_what_another_step_of_ours_wrote_counts(tmp_path: Path):
    path = tmp_path / "summary.md"
    path.write_bytes(b"x" * (LARGEST - 100))
    assert append_summary(path, ["y" * 200]) == 1
    assert path.stat().st_size <= LARGEST and "1 more section" in path.read_text()


@pytest.mark.parametrize(("before", "left"), [(LARGEST - 14, 0), (LARGEST - 13, 1)])
def test_a_summary_is_filled_to_the_byte(tmp_path: Path, before: int, left: int):
    path = tmp_path / "summary.md"
    path.write_bytes(b"x" * before)
    assert append_summary(path, ["1234567890"]) == left
    assert path.stat().st_size == (before if left else LARGEST)


def test_a_full_summary_stays_as_it_is(tmp_path: Path):
    path = tmp_path / "summary.md"
    path.write_bytes(b"x" * (LARGEST + 5))
    assert append_summary(path, ["y"]) == 1 and path.stat().st_size == LARGEST + 5


def test_a_section_to_the_byte():
    assert fitted(["1234567890"], 12) == (b"1234567890\n\n", 0)
    assert fitted(["1234567890"], 11) == (b"", 1)


def test_half_a_character_does_not_stop_a_summary(tmp_path: Path):
    append_summary(tmp_path / "summary.md", ["a\ud800b"])
    assert (tmp_path / "summary.md").read_bytes() == b"a?b\n\n"


HOSTILE = [
    "",
    "\n",
    "a\nb",
    "x<<EOF\ny\nEOF",
    "a=b\nstale=false",
    "\r",
    "end-0\nevil=1",
    "::set-output name=x::y",
    "%0A",
]


def test_outputs_are_what_was_written_and_nothing_more(tmp_path: Path):
    path = tmp_path / "output"
    path.write_text("before<<E\n1\nE\n")
    values = {f"name-{index}": value for index, value in enumerate(HOSTILE)}
    write_outputs(path, values)
    assert outputs(path.read_bytes().decode()) == {"before": "1", **values}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.from_regex(r"\A[a-z_][a-z_-]{0,5}\Z"), st.text()))
def test_no_value_sets_another_output(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]):
    path = tmp_path_factory.mktemp("outputs") / "output"
    write_outputs(path, values)
    assert outputs(path.read_bytes().decode() if path.exists() else "") == values


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a\nb", "a<<b", "1a"])
def test_an_output_has_a_plain_name(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="is no name of an output"):
        write_outputs(tmp_path / "output", {name: "x"})
