"""The same in several places is said once; and many places in a few words."""

import pytest

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.grouping import group_changes
from nnviz_action.comparison.path_ranges import in_short
from nnviz_action.report.changes import sentence


def said(*changes: Change) -> list[str]:
    return [sentence(change) for change in group_changes(changes)]


def changed(path: str, *details: str, what: str = "Conv") -> Change:
    return Change("changed", path, what, details)


@pytest.mark.parametrize(
    ("places", "text"),
    [
        (["a"], "a"),
        (["b.0.c", "b.1.c"], "b.{0,1}.c"),
        (["b.0.c", "b.1.c", "b.2.c"], "b.{0…2}.c"),
        (["b.0.n1", "b.0.n2", "b.1.n1", "b.1.n2"], "b.{0,1}.n{1,2}"),
        (["b.0.c", "b.2.c", "b.1.d"], "b.{0,2}.c, b.1.d"),
        (["s.0.0.c", "s.0.1.c", "s.1.0.c", "s.1.1.c", "s.1.2.c"], "s.0.{0,1}.c, s.1.{0…2}.c"),
        (["b.0.q", "b.0.k", "b.1.q", "b.1.k"], "b.{0,1}.{q,k}"),
        (["stem", "b.0.n", "b.1.n"], "stem, b.{0,1}.n"),
        (["a.b", "c.d", "e.f", "g.h"], "a.b … g.h"),
        ([f"b.{i}.c" for i in (4, 5, 6, 11, 12, 13, 14, 15)], "b.{4…6,11…15}.c"),
        ([f"b.{i}" for i in range(0, 20, 2)], "b.{0,2,4,…,18}"),
        (["b.add()", "b.add()#2", "b.add()#3"], "b.add()"),
        (["b.add()#2", "b.add()#3"], "b.add()#{2,3}"),
    ],
)
def test_places_in_short(places: list[str], text: str):
    assert in_short(places) == text


def test_the_same_in_equal_blocks_is_one_change():
    assert said(*(changed(f"b.{i}.c", "kernel 3 → 5") for i in range(24))) == [
        "~ b.{0…23}.c (Conv ×24): kernel 3 → 5"
    ]


def test_the_same_anywhere_is_one_change():
    assert said(changed("stem", "bias removed"), changed("b.0.c", "bias removed")) == [
        "~ stem, b.0.c (Conv ×2): bias removed"
    ]


def test_other_numbers_in_equal_places_go_together():
    parallel = [changed(f"s{i}.c", f"out {2**i} → {2 ** (i + 1)}") for i in (3, 4, 5)]
    assert said(*parallel) == ["~ s{3…5}.c (Conv ×3): out 8 → 16 … 32 → 64"]


def test_other_numbers_in_one_row_do_not():
    assert len(said(changed("s.0", "out 8 → 16"), changed("s.3", "out 16 → 32"))) == 2


def test_layers_of_unlike_options_are_said_apart():
    added = [Change("added", f"f.{i}", "Conv", (about,)) for i, about in enumerate(("1×1, 8→8", "3×3, pad 1, 8→8"))]
    assert len(said(*added)) == 2


def test_names_that_shift_together_are_one_change():
    shifted = [Change("renamed", f"c.{i}", kind, was=f"c.{i + 1}") for i, kind in ((2, "Linear"), (3, "ReLU"))]
    assert said(*shifted) == ["~ c.{2,3} (×2): was c.{3,4}"]


def test_one_name_for_another_in_all_blocks():
    renamed = [Change("renamed", f"b.{i}.up", "Linear", was=f"b.{i}.fc1") for i in range(3)]
    assert said(*renamed) == ["~ b.{0…2}.up (Linear ×3): was b.{0…2}.fc1"]


def test_what_moved_alike_in_equal_blocks_is_one_move():
    moved = [
        Change("moved", f"{i}.se", "SE", was=str(i), who="a, b and c", how="put around") for i in range(4)
    ]  # fmt: skip
    assert said(*moved) == ["~ {0…3}.se (SE ×4): put around a, b and c"]


def test_the_sentence_has_no_empty_parts():
    assert said(Change("added", "relu()", "")) == ["+ relu()"]
