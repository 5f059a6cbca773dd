"""Of many rows, what a reader sees first, and what is told together."""

import pytest

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.checkpoint import Checkpoint, KeyChange
from nnviz_action.comparison.folding import MOST, fold
from nnviz_action.comparison.grouping import group_changes
from nnviz_action.comparison.severity import most_severe_first, severity
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import TensorType
from nnviz_action.report.changes import sentence


def changed(path: str, *details: str, what: str = "Conv") -> Change:
    return Change("changed", path, what, details)


def folded(*changes: Change) -> list[Change]:
    return fold(changes, (), group_changes)


OTHERS = [changed(f"a{i}.x", f"dim {name}", what="Cat") for i, name in enumerate(("one", "two", "three"))]


def test_few_rows_are_all_told():
    rows = [changed("a", "in 8 → 16"), changed("b", "out 8 → 16", what="Linear")]
    assert folded(*rows) == rows


def test_layers_that_only_have_other_sizes_are_one_row_of_many():
    rows = [
        changed("stem", "out 8 → 16"),
        changed("body.conv", "in, out 8 → 16", "groups 8 → 16"),
        changed("body.norm", "weight, bias 8 → 16", what="Norm"),
        changed("head", "in 8 → 16", what="Linear"),
    ]
    first, *rest = folded(*rows, *OTHERS)
    assert sentence(first) == "~ {stem,head}, body.{conv,norm} (×4): sizes 8 → 16 of Conv ×2, Norm and Linear"
    assert (first.folded, rest) == (tuple(rows), OTHERS)


@pytest.mark.parametrize("said", ["kernel 3 → 5", "groups 1 → 8", "in 8 → 16, pad 1 → 2"])
def test_what_has_more_than_other_sizes_stays_a_row(said: str):
    odd = changed("odd", "in 8 → 16", said)
    rows = [changed(f"{name}.c", "in 8 → 16", what=name) for name in "abc"]
    assert odd in folded(*rows, odd, *OTHERS)


def test_many_rows_of_one_module_are_told_of_the_module():
    rows = [changed(f"net.{name}", f"eps {name}", what=f"Norm{name}") for name in "abcdefghi"]
    (one,) = folded(*rows)
    assert sentence(one) == "~ net: 9 changes: Norma eps a, Normb eps b, Normc eps c, Normd eps d, 5 more"
    assert one.folded == tuple(rows)
    assert len(rows) > MOST


def test_rows_of_many_modules_are_all_told():
    rows = [changed(f"{name}.{name}", f"eps {name}", what=f"Norm{name}") for name in "abcdefghi"]
    assert folded(*rows) == rows


def key(state: str, name: str, now: str) -> KeyChange:
    kind = TensorType("f32", (8,))
    return KeyChange(state, name, now, kind if name else None, kind if now else None)  # type: ignore[arg-type]


FOUND = Checkpoint((), (key("renamed", "old.w", "new.w"), key("gone", "gone.w", "")), False)


@pytest.mark.parametrize(
    ("change", "rank"),
    [
        (Change("added", "y", "output", ("2 f32",)), 0),
        (Change("renamed", "new", "Linear", was="old"), 0),
        (Change("removed", "gone", "Linear"), 0),
        (Change("changed", "a", "Linear", ("in 8 → 16",), before=Numbers(8), after=Numbers(16)), 0),
        (changed("", "wrapped by torch.compile, which is in its keys: _orig_mod"), 0),
        (changed("a", "kernel 3 → 5"), 1),
        (Change("removed", "relu()", ""), 1),
        (changed("act", "ReLU → GELU", what="GELU"), 1),
        (changed("block", "Block → Stage", what="Stage"), 2),
        (changed("block", "Llama* → Qwen2*, 6 classes", what=""), 2),
        (changed("a", "frozen"), 2),
        (changed("", "all weights frozen but those of head"), 2),
        (Change("renamed", "n", "ReLU", was="m"), 2),
    ],
)
def test_how_severe_a_change_is(change: Change, rank: int):
    assert severity(FOUND, ("", "block")).rank(change) == rank


def test_the_most_severe_comes_first_and_the_others_stay_in_order():
    rows = [changed("a", "frozen"), changed("b", "p 0.1"), Change("removed", "gone", "Linear"), changed("c", "p 0.2")]
    assert [change.path for change in most_severe_first(rows, severity(FOUND, ()))] == ["gone", "b", "c", "a"]
