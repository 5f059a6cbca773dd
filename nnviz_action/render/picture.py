"""Drawing → files: folded until it can be read, laid out within a time limit, in all themes and formats asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnviz_action.drawing import Drawing
from nnviz_action.fold import BUDGET, EVERYTHING, Opening, fold
from nnviz_action.outputs import picture_name
from nnviz_action.render import style
from nnviz_action.render.columns import lay_out_in_columns
from nnviz_action.render.engine import LayoutTimeoutError
from nnviz_action.render.layout import Layout
from nnviz_action.render.png import to_png
from nnviz_action.render.sheet import Heading, Sheet, compose
from nnviz_action.render.svg import to_svg
from nnviz_action.repeats import fold_leaves, fold_repeats

SECONDS = 10.0  # for one layout
COARSEST = 8
HEADING = 150  # pixels that heading and legend may take
MOST_ARROWS = 2.4  # a box: beyond this neither dot nor a reader follows them


@dataclass(frozen=True)
class Drawn:
    """A sheet, and a note where it shows less than was to be expected."""

    sheet: Sheet
    note: str = ""


def draw_sheet(drawing: Drawing, heading: Heading, budget: int = BUDGET, opening: Opening = EVERYTHING) -> Drawn:
    """The sheet with as many boxes as the budget, the paper and the time for its layout admit.

    Where the user says what is to be open, that counts more than the size of the paper.
    """
    short = fold_repeats(drawing)
    if len(short.boxes) > budget:
        short = fold_leaves(drawing)
    ours = (budget, opening) == (BUDGET, EVERYTHING)
    late, smallest = False, None
    for boxes in _budgets(budget):
        folded = fold(short, boxes, opening)
        if ours and len(folded.arrows) > MOST_ARROWS * budget and boxes > COARSEST:
            continue
        try:
            layout = lay_out_in_columns(folded, SECONDS)
        except LayoutTimeoutError:
            late = True
            continue
        smallest = layout if smallest is None or _excess(layout) < _excess(smallest) else smallest
        if not ours or _excess(layout) <= 1:
            break
    if smallest is None:
        raise LayoutTimeoutError
    note = f"a layout took longer than {SECONDS:g} s: drawn with fewer modules open" if late else ""
    return Drawn(compose(smallest, heading), note)


def _budgets(most: int) -> Iterator[int]:
    budget = most
    while budget > COARSEST:
        yield budget
        budget = budget * 4 // 5
    yield min(most, COARSEST)


def _excess(layout: Layout) -> float:
    """By how much it is too large for a sheet, or too much of a strip: 1 is just right."""
    wide, tall = layout.width + 2 * style.MARGIN, layout.height + 2 * style.MARGIN + HEADING
    strip = tall / wide / style.SLIMMEST if tall > style.LONG else 0
    return max(wide / style.WIDEST, tall / style.TALLEST, strip)


def paint(sheet: Sheet, name: str, digest: str, themes: Sequence[str], formats: Sequence[str]) -> dict[str, bytes]:
    """The pictures by file name: `forward.png`, `forward-dark.svg` …"""
    found: dict[str, bytes] = {}
    for theme in themes:
        svg = to_svg(sheet, style.THEMES[theme], digest)
        data = {"svg": svg.encode(), "png": b""}
        if "png" in formats:
            data["png"] = to_png(svg, style.THEMES[theme], digest)
        found |= {picture_name(name, theme, form): data[form] for form in formats}
    return found
