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
from nnviz_action.render.picture import Drawn
from nnviz_action.render.sheet import Heading, compose

SIDE = 900  # pixels that a sheet may be wide, and high
ROOM = (SIDE - 2 * style.MARGIN, SIDE - 2 * style.MARGIN - 62)  # without its margin and heading
CARDS = replace(WIDE, every_shape=True)
SLIM = replace(NARROW, every_shape=True)  # where branches stand side by side
FEWEST = 2  # boxes
UPRIGHT = 0.35  # by how much more a pixel costs where a picture is twice as high as wide


def draw_overview(drawing: Drawing, heading: Heading) -> Drawn:
    """The sheet of the stages of a whole model, in as many boxes as it has room for."""
    short = shortened(drawing)
    for most in range(MOST, FEWEST - 1, -1):
        stages = overview(short, most)
        sheet = compose(min(_layouts(stages), key=_cost), heading, legend=False)
        if max(sheet.width, sheet.height) <= SIDE:
            break
    return Drawn(sheet, stages)


def _layouts(drawing: Drawing) -> Iterator[Layout]:
    cards = cards_of(drawing, CARDS)
    for shape in (u_shape, side_by_side):
        layout = shape(drawing, cards)
        if layout is not None and _fits(layout):
            yield layout
            return
    found = [lay_out(drawing, direction, CARDS, ROOM) for direction in ("right", "down")]
    yield from found
    if not any(_fits(layout) for layout in found):
        yield lay_out(drawing, "down", SLIM, ROOM)


def _fits(layout: Layout) -> bool:
    return layout.width <= ROOM[0] and layout.height <= ROOM[1]


def _cost(layout: Layout) -> tuple[float, float]:
    """By how much it is too large, then its area; what is wide is read more easily."""
    excess = max(layout.width / ROOM[0], layout.height / ROOM[1], 1.0)
    return excess, layout.width * layout.height * (1 + UPRIGHT * max(0.0, layout.height / layout.width - 1))
