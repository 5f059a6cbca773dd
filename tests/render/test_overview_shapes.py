"""An overview's sheet: a U looks like a U, two ways stand side by side, and all fits a page."""

from dataclasses import replace

import pytest
from graphs import chain, row

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.overview import MOST
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module
from nnviz_action.render.card import cards_of
from nnviz_action.render.layout.side_by_side import side_by_side
from nnviz_action.render.layout.u_shape import u_shape
from nnviz_action.render.layout.values import Layout, Line, Rect
from nnviz_action.render.overview import CARDS, SIDE, draw_overview
from nnviz_action.render.review import flaws
from nnviz_action.render.sheet import Heading, compose

HEADING = Heading("net", ("9 parameters · 90 MACs",))
Places = dict[str, Rect]


def drawn(*arrows: str, frame: str = "", light: str = "") -> Drawing:
    """Boxes and arrows from `a > b > c`; those named in `frame` repeat, those in `light` hold no weights."""
    pairs = [pair for text in arrows for pair in zip(text.split(" > "), text.split(" > ")[1:], strict=False)]
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    modules = (Module("blocks", "Block", title="blocks", copies=3),)
    boxes = tuple(
        Box(n, n, "module", modules=modules if n in frame else (), numbers=Numbers() if n in light else Numbers(9, 9))
        for n in _sorted(names, pairs)
    )
    return Drawing(boxes, tuple(Arrow(a, b, "2×4 f32") for a, b in pairs))


def _sorted(names: list[str], pairs: list[tuple[str, str]]) -> list[str]:
    found: list[str] = []
    while left := [name for name in names if name not in found]:
        found.append(next(n for n in left if all(a in found for a, b in pairs if b == n)))
    return found


def places_of(layout: Layout) -> Places:
    return {card.title.split()[-1]: place for card, place in layout.cards}


def line(layout: Layout, source: str, target: str) -> Line:
    return next(one for one in layout.lines if (one.arrow.source, one.arrow.target) == (source, target))


def is_straight(one: Line) -> bool:
    return len(one.points) == 2 and any(abs(one.points[0][i] - one.points[1][i]) < 0.01 for i in (0, 1))


def unflawed(layout: Layout) -> None:
    assert flaws(compose(layout, HEADING, legend=False), MOST) == []


UNET = drawn("x > d1 > d2 > d3 > bottom > u3 > u2 > u1 > y", "d1 > u1", "d2 > u2", "d3 > u3")


def shaped(drawing: Drawing, shape: object = u_shape) -> Layout:
    assert callable(shape)
    found = shape(drawing, cards_of(drawing, CARDS))
    assert isinstance(found, Layout)
    return found


def test_a_unet_goes_down_on_the_left_and_up_on_the_right() -> None:
    layout = shaped(UNET)
    at = places_of(layout)
    assert at["x"].y < at["d1"].y < at["d2"].y < at["d3"].y < at["bottom"].y > at["u3"].y > at["u2"].y > at["u1"].y
    assert max(at[name].right for name in ("x", "d1", "d2", "d3")) < min(
        at[name].x for name in ("u1", "u2", "u3", "y")
    )
    for number in "123":
        skip = line(layout, f"d{number}", f"u{number}")
        assert is_straight(skip) and skip.points[0][1] == skip.points[1][1]
    unflawed(layout)


@pytest.mark.parametrize(
    "drawing",
    [
        drawn("x > d1 > d2 > a > b > u2 > u1 > y", "d1 > u1", "d2 > u2"),
        drawn("x > d1 > d2 > bottom > u2 > more > u1 > y", "d1 > u1", "d2 > u2"),
        drawn("x > d1 > d2 > bottom > u2 > u1 > y", "d1 > u1", "d2 > u2", "bottom > label"),
        drawn("x > d1 > d2 > bottom > u2 > u1 > y", "d1 > u1", "d2 > u2", "t > time > d1"),
        drawn("x > d1 > d2 > d3 > bottom > u2 > u1 > y", "d1 > u1", "d2 > u1", "d2 > u2", "d3 > u2"),
    ],
    ids=["two at the bottom", "one more", "a second output", "a second input", "two skips to one"],
)
def test_what_is_nearly_a_unet_looks_like_one_too(drawing: Drawing) -> None:
    unflawed(shaped(drawing))


@pytest.mark.parametrize(
    "drawing",
    [
        drawn("x > a > b > c > y", "a > c"),
        drawn("x > a > b > c > d > e > y", "a > c", "c > e"),
        drawn("x > d1 > d2 > bottom > u2 > u1 > y", "d1 > u1", "d2 > u2", frame="d2"),
        drawn("x > d1 > d2 > bottom > u2 > u1 > y", "d1 > u1", "d2 > u2", "p > d1", "p > u1"),
    ],
    ids=["one skip", "one behind the other", "repeated", "a box at two"],
)
def test_what_is_none_is_not_bent_into_one(drawing: Drawing) -> None:
    assert u_shape(drawing, cards_of(drawing)) is None


def test_an_encoder_stands_beside_its_decoder() -> None:
    layout = shaped(drawn("source > embed > encoder > decoder > head > y", "target > shift > decoder"), side_by_side)
    at = places_of(layout)
    assert at["encoder"].right < at["decoder"].x and at["target"].y < at["shift"].y < at["decoder"].y
    across = line(layout, "encoder", "decoder")
    assert is_straight(across) and across.points[0][1] == across.points[1][1]
    unflawed(layout)


def test_repeated_layers_keep_their_frame_beside_each_other() -> None:
    two = drawn("source > attend > feed > cross > out > y", "target > own > cross", frame="attend feed")
    layout = shaped(two, side_by_side)
    (frame,) = layout.clusters
    at = places_of(layout)
    assert frame.kind == "Block ×3"
    assert frame.place.y < at["attend"].y and at["feed"].bottom < frame.place.bottom < at["source"].y + 900
    unflawed(layout)


def test_two_towers_meet_below_both() -> None:
    towers = drawn("image > vision > score > y", "words > text > score", light="score y")
    layout = shaped(towers, side_by_side)
    at = places_of(layout)
    assert at["vision"].right < at["text"].x and abs(at["vision"].bottom - at["text"].bottom) < 20
    middle = at["score"].x + at["score"].width / 2
    assert at["score"].y > at["vision"].bottom and at["vision"].x < middle < at["text"].right
    unflawed(layout)


def test_one_way_has_nothing_to_stand_beside() -> None:
    assert side_by_side(chain("a", "b", "c"), cards_of(chain("a", "b", "c"))) is None


@pytest.mark.parametrize(
    "drawing",
    [
        row(Box("in x", "x", "io"), Box("out x", "x", "io")),
        row(
            Box("in x", "x", "io"), Box("fc", "fc", "linear", "Linear", numbers=Numbers(9, 9)), Box("out", "y", "io")
        ),
        chain(*(f"op{index}" for index in range(1000))),
        chain(*(f"a{'long' * 20}{index}.b.c{'wide' * 20}" for index in range(30))),
        row(*(Box(f"in {'input' * 40}{i}", "input" * 40, "io") for i in range(2))),
        Drawing(tuple(Box(f"in {i}", f"x{i}", "io") for i in range(60)), ()),
    ],
    ids=["nothing", "one layer", "flat", "long names", "long inputs", "loose"],
)
def test_every_overview_fits(drawing: Drawing) -> None:
    found = draw_overview(drawing, HEADING)
    assert max(found.sheet.width, found.sheet.height) <= SIDE and len(found.drawing.boxes) <= MOST
    assert found.sheet.legend == ()


@pytest.mark.parametrize(("count", "said"), [(2, "→ 1×4, 2×4"), (3, "→ 1×4, 2×4, 3×4"), (4, "→ 1×4 … 4×4")])
def test_where_no_arrow_has_a_label_the_card_says_all_that_it_gives(count: int, said: str) -> None:
    names = ["d1", *(f"u{place}" for place in range(count))]
    arrows = tuple(Arrow("d1", name, f"{place}×4 f32") for place, name in enumerate(names[1:], 1))
    drawing = Drawing(tuple(Box(name, name, "module") for name in names), arrows)
    assert cards_of(drawing, replace(CARDS, several=True))["d1"].gives == said
    assert cards_of(drawing, CARDS)["d1"].gives == ""
