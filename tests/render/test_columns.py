"""Long chains side by side."""

from itertools import pairwise

import pytest
from graphs import chain
from nnviz_action.render.columns import lay_out_in_columns

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.render import style
from nnviz_action.render.layout import Layout

LONG = chain(*(f"op{i}" for i in range(60)))


def columns(layout: Layout) -> int:
    return 1 + sum(line.straight for line in layout.lines)


def keys(layout: Layout) -> list[str]:
    return [card.box.key for card, _ in layout.cards if card.box.kind != "port"]


def test_a_short_drawing_stays_in_one_column() -> None:
    assert columns(lay_out_in_columns(chain("x", "y"), 20)) == 1


def test_a_long_chain_becomes_columns_that_hold_every_box_once() -> None:
    found = lay_out_in_columns(LONG, 20)
    assert columns(found) > 1
    assert keys(found) == [box.key for box in LONG.boxes]
    assert found.height <= style.COMFORTABLE[1] * 1.2


def test_a_bridge_joins_the_foot_of_a_column_to_the_head_of_the_next() -> None:
    found = lay_out_in_columns(LONG, 20)
    ports = {card.box.key: place for card, place in found.cards if card.box.kind == "port"}
    bridges = [line for line in found.lines if line.straight]
    for number, bridge in enumerate(bridges):
        start, end = ports[f"port out {number}"], ports[f"port in {number + 1}"]
        assert bridge.points[0] == (start.x + start.width / 2, start.bottom)
        assert bridge.points[-1] == (end.x + end.width / 2, end.y)
        assert start.right < end.x
    assert len(ports) == 2 * len(bridges)


def test_every_arrow_is_drawn_in_the_column_of_its_ends() -> None:
    found = lay_out_in_columns(LONG, 20)
    inside = {(line.arrow.source, line.arrow.target) for line in found.lines if not line.straight}
    crossing = {f"port out {i}" for i in range(columns(found) - 1)} | {
        f"port in {i + 1}" for i in range(columns(found))
    }
    assert {pair for pair in inside if not crossing & set(pair)} < {(a.source, a.target) for a in LONG.arrows}
    assert len(inside) == len(LONG.arrows) + columns(found) - 1, "an arrow that is cut has two parts"


def test_labels_on_both_sides_of_a_cut() -> None:
    assert all(line.label == ("2×4 f32",) for line in lay_out_in_columns(LONG, 20).lines if not line.straight)


def ladder(steps: int) -> Drawing:
    """Two values pass everywhere: there is no place to cut."""
    boxes = [Box(f"{side}{i}", f"{side}{i}", "shape") for i in range(steps) for side in "ab"]
    arrows = [Arrow(a.key, b.key, "2 f32") for a, b in zip(boxes, boxes[2:], strict=False)]
    return Drawing(tuple(boxes), tuple(arrows))


def skipping(steps: int) -> Drawing:
    """A chain whose first value is used at the end once more."""
    boxes = [Box(f"b{i}", f"op{i}", "shape") for i in range(steps)]
    return Drawing(tuple(boxes), (*(Arrow(a.key, b.key) for a, b in pairwise(boxes)), Arrow("b0", f"b{steps - 1}")))


@pytest.mark.parametrize("drawing", [ladder(40), skipping(60)], ids=["ladder", "skipping"])
def test_where_two_values_pass_nothing_is_cut(drawing: Drawing) -> None:
    assert columns(lay_out_in_columns(drawing, 20)) == 1


def test_a_cut_parts_no_layer_from_what_follows_it() -> None:
    kinds = ("convolution", "normalisation", "activation")
    boxes = tuple(Box(f"b{i}", f"op{i}", kinds[i % 3]) for i in range(60))
    found = lay_out_in_columns(Drawing(boxes, tuple(Arrow(a.key, b.key, "2 f32") for a, b in pairwise(boxes))), 20)
    by_key = {box.key: box.kind for box in boxes}
    heads = [line.arrow.target for line in found.lines if line.arrow.source.startswith("port in")]
    assert heads and {by_key[key] for key in heads} == {"convolution"}


def test_open_modules_are_rather_not_torn() -> None:
    found = lay_out_in_columns(chain(*(f"m{i // 3}.op{i}" for i in range(69))), 20)
    assert columns(found) > 1
    assert len(found.clusters) == 23, "a module that is torn is drawn in both columns"
