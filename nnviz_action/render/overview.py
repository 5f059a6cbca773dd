"""A model's stages → a sheet that fits a page of GitHub at a glance."""

from collections.abc import Iterator
from dataclasses import replace

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.overview import MOST, overview, shortened
from nnviz_action.render import style
from nnviz_action.render.card import NARROW, WIDE, cards_of
from nnviz_action.render.layout.pages import lay_out
from nnviz_action.render.layout.side_by_side import side_by_side
from nnviz_action.render.layout.u_shape import u_shape
from nnviz_action.render.layout.values import Layout
from nnviz_action.render.picture import Drawn, hash_of
from nnviz_action.render.shades import Cost
from nnviz_action.render.sheet import Heading, compose

SIDE = 900  # pixels that a sheet may be wide, and high
ROOM = (SIDE - 2 * style.MARGIN, SIDE - 2 * style.MARGIN - 62)  # without its margin and heading
CARDS = replace(WIDE, every_shape=True)
SLIM = replace(NARROW, every_shape=True)  # where branches stand side by side
FEWEST = 2  # boxes
UPRIGHT = 0.35  # by how much more a pixel costs where a picture is twice as high as wide


def draw_overview(
    drawing: Drawing, heading: Heading, direction: str | None = None, cost: Cost | None = None
) -> Drawn:
    """The sheet of the stages of a whole model, in as many boxes as it has room for.

    It flows in a `direction`, down or right, or as it is read best where none is given; with a `cost` boxes have the
    colour of their share of it.
    """
    short = shortened(drawing)
    for most in range(MOST, FEWEST - 1, -1):
        stages = overview(short, most)
        sheet = compose(min(_layouts(stages, direction), key=_cost), heading, cost, legend=False)
        if max(sheet.width, sheet.height) <= SIDE:
            break
    return Drawn(sheet, stages, hash_of("overview", drawing, heading, direction, cost))


def _layouts(drawing: Drawing, direction: str | None) -> Iterator[Layout]:
    cards = cards_of(drawing, replace(CARDS, several=True))
    for shape in (u_shape, side_by_side) if direction != "right" else ():
        layout = shape(drawing, cards)
        if layout is not None and _fits(layout):
            yield layout
            return
    directions = (direction,) if direction else ("right", "down")
    found = [lay_out(drawing, way, CARDS, ROOM) for way in directions]
    yield from found
    if not any(_fits(layout) for layout in found):
        yield lay_out(drawing, directions[-1], SLIM, ROOM)


def _fits(layout: Layout) -> bool:
    return layout.width <= ROOM[0] and layout.height <= ROOM[1]


def _cost(layout: Layout) -> tuple[float, float]:
    """By how much it is too large, then its area; what is wide is read more easily."""
    excess = max(layout.width / ROOM[0], layout.height / ROOM[1], 1.0)
    return excess, layout.width * layout.height * (1 + UPRIGHT * max(0.0, layout.height / layout.width - 1))
