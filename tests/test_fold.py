"""Folding to a budget."""

import pytest
from graphs import chain
from hypothesis import given
from hypothesis import strategies as st

from nnviz_action.drawing import Drawing
from nnviz_action.fold import fold


def titles(drawing: Drawing) -> list[str]:
    return [box.title for box in drawing.boxes]


def test_a_small_drawing_is_shown_whole() -> None:
    drawing = chain("a.x", "a.y", "z")
    assert fold(drawing, 10) == drawing


def test_the_largest_module_opens_first() -> None:
    drawing = chain(*(f"big.c{i}" for i in range(6)), *(f"small.d{i}" for i in range(3)))
    assert titles(fold(drawing, 7)) == ["c0", "c1", "c2", "c3", "c4", "c5", "small"]


def test_a_closed_module_says_what_it_holds() -> None:
    (box,) = fold(chain("a.x", "a.x", "a.y"), 1).boxes
    assert (box.title, box.kind, box.subtitle) == ("a", "module", "A")
    assert box.rows == ("x ×2 · y",)
    assert box.parameters == 3


def test_arrows_between_closed_modules_keep_their_labels() -> None:
    (arrow,) = fold(chain("a.x", "a.y", "b.x", "b.y"), 2).arrows
    assert arrow.label == "2×4 f32"


def test_a_long_chain_without_modules_is_grouped() -> None:
    folded = fold(chain(*(f"op{i}" for i in range(5000))), 60)
    assert len(folded.boxes) <= 60
    assert sum(box.parameters for box in folded.boxes) == 5000
    assert folded.boxes[0].title.startswith("op0 …") or folded.boxes[0].title == "op0"


@pytest.mark.parametrize("budget", [1, 5, 20])
def test_nested_modules_keep_to_the_budget(budget: int) -> None:
    drawing = chain(*(f"net.stage{s}.block{b}.op{o}" for s in range(4) for b in range(6) for o in range(5)))
    assert len(fold(drawing, budget).boxes) <= budget


paths = st.lists(st.sampled_from(["x", "a.x", "a.b.x", "a.c.y", "d.x", "d.e.f.z"]), min_size=1, max_size=80)


@given(paths, st.integers(6, 40))
def test_nothing_is_lost_and_every_arrow_has_its_ends(names: list[str], budget: int) -> None:
    drawing = chain(*names)
    folded = fold(drawing, budget)
    keys = {box.key for box in folded.boxes}
    assert len(keys) == len(folded.boxes)
    assert all(a.source in keys and a.target in keys and a.source != a.target for a in folded.arrows)
    assert sum(box.parameters for box in folded.boxes) == len(names)
