"""Long bodies in columns."""

from itertools import pairwise

import pytest
from graphs import chain, scopes
from layout_faults import faults

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.render import style
from nnviz_action.render.layout.pages import lay_out
from nnviz_action.render.layout.values import Layout, Line, Rect

LONG = chain(*(f"op{i}" for i in range(60)))
MODULES = chain(*(f"m{i // 5}.op{i}" for i in range(60)))
INNER = chain("x", *(f"whole.op{i}" for i in range(60)), "y")
ALL = pytest.mark.parametrize("drawing", [LONG, MODULES, INNER], ids=["flat", "modules", "inner"])


def places(layout: Layout) -> dict[str, Rect]:
    return {card.box.key: place for card, place in layout.cards}


def bridges(layout: Layout) -> list[Line]:
    """Arrows that lead up again, to the head of the next column."""
    return [line for line in layout.lines if line.points[-1][1] < line.points[0][1]]


def columns(layout: Layout) -> int:
    return len({round(place.x + place.width / 2, 3) for _, place in layout.cards})


def test_a_short_drawing_stays_in_one_column() -> None:
    assert columns(lay_out(chain("x", "y"))) == 1


@ALL
def test_a_long_one_becomes_columns_of_like_height_that_fit_a_page(drawing: Drawing) -> None:
    found = lay_out(drawing)
    assert len(bridges(found)) > 0
    assert found.height <= style.COMFORTABLE[1] * 1.2
    assert found.width <= style.COMFORTABLE[0] * 1.2


@ALL
def test_columns_never_cut_a_module(drawing: Drawing) -> None:
    found = lay_out(drawing)
    assert len(found.clusters) == len({module for box in drawing.boxes for module in box.modules})
    for cluster in found.clusters:
        assert cluster.place.width < found.width + 0.1


@ALL
def test_an_arrow_from_column_to_column_goes_from_foot_to_head_between_the_two(drawing: Drawing) -> None:
    found, at = lay_out(drawing), places(lay_out(drawing))
    for line in bridges(found):
        source, target = at[line.arrow.source], at[line.arrow.target]
        assert line.points[0] == (source.x + source.width / 2, source.bottom)
        assert line.points[-1] == (target.x + target.width / 2, target.y)
        assert source.right < target.x
        (gutter,) = {x for x, _ in line.points[1:-1]} - {line.points[0][0], line.points[-1][0]}
        assert source.right < gutter < target.x


def test_all_other_arrows_are_straight_in_their_column() -> None:
    found = lay_out(LONG)
    others = [line for line in found.lines if line not in bridges(found)]
    assert len(others) == 59 - len(bridges(found))
    assert all(len(line.points) == 2 for line in others)


def test_where_two_values_pass_nothing_is_cut() -> None:
    boxes = [Box(f"{side}{i}", f"{side}{i}", "shape") for i in range(40) for side in "ab"]
    arrows = [Arrow(a.key, b.key, "2 f32") for a, b in zip(boxes, boxes[2:], strict=False)]
    assert bridges(lay_out(Drawing(tuple(boxes), tuple(arrows)))) == []


def test_a_shortcut_over_all_keeps_a_body_whole() -> None:
    over = (*LONG.arrows, Arrow("b0", "b59", "2×4 f32"))
    assert bridges(lay_out(Drawing(LONG.boxes, over))) == []


def test_what_a_box_tells_at_its_arrow_stays_with_it() -> None:
    """A box that gives two things says so at its arrows: no column ends there."""
    boxes = tuple(Box(f"b{i}", f"op{i}", "shape") for i in range(60))
    ends = tuple(Box(f"e{i}", "unused", "shape") for i in range(60))
    arrows = [Arrow(f"b{i}", f"b{i + 1}", "2×4 f32") for i in range(59)]
    arrows += [Arrow(f"b{i}", f"e{i}", "3 i64") for i in range(59)]
    found = lay_out(Drawing((*boxes, *ends), tuple(arrows)))
    assert sum(bool(line.label) for line in found.lines) == len(arrows)


def test_a_module_with_two_inputs_is_cut_where_one_value_passes() -> None:
    inner = [Box(f"b{i}", f"op{i}", "shape", modules=scopes("m")) for i in range(60)]
    boxes = (Box("x", "x", "io"), Box("mask", "mask", "io"), *inner)
    arrows = [
        Arrow("x", "b0"),
        Arrow("mask", "b2"),
        *(Arrow(a.key, b.key) for a, b in pairwise(inner)),
    ]
    found = lay_out(Drawing(boxes, tuple(arrows)))
    assert bridges(found)
    (frame,) = (cluster.place for cluster in found.clusters)
    assert all(frame.x < x < frame.right for line in bridges(found) for x, _ in line.points)


def test_rows_go_on_inside_a_module_and_past_a_shortcut() -> None:
    inner = INNER.boxes[1:-1]
    over = Arrow(inner[0].key, inner[-1].key, "2×4 f32")
    drawing = Drawing(INNER.boxes, (*INNER.arrows, over))
    found = lay_out(drawing, "right")
    assert found.width <= style.COMFORTABLE[0]
    assert len({round(place.y + place.height / 2, 3) for _, place in found.cards}) > 3
    assert list(faults(drawing, found)) == []
