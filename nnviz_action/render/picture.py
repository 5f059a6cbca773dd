"""Drawing → files: folded until it can be read, laid out, in all themes and formats asked for."""

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from hashlib import sha256

from nnviz_action.drawing.boxes import Drawing, digest
from nnviz_action.drawing.fold import BUDGET, EVERYTHING, Opening, fold
from nnviz_action.drawing.pairs import join_pairs
from nnviz_action.drawing.repeats import fold_leaves, fold_repeats
from nnviz_action.drawing.scopes import WIDEST
from nnviz_action.errors import ModelError
from nnviz_action.freshness.outputs import picture_name
from nnviz_action.render import style
from nnviz_action.render.card import NARROW, SLIM
from nnviz_action.render.layout.pages import discomfort, lay_out
from nnviz_action.render.layout.values import Layout
from nnviz_action.render.png import to_png
from nnviz_action.render.shades import Cost
from nnviz_action.render.sheet import Heading, Sheet, compose
from nnviz_action.render.svg import to_svg

COARSEST = 8
HEADING = 150  # pixels that heading and legend may take
MOST_PIXELS = 60e6  # a sheet beyond this is not painted, whatever was asked for
MOST_ARROWS = 2.4  # a box: beyond this no reader follows them
BARELY = 1.16  # times what a page admits, at which text can still be read there
SLIGHTLY = 1.05  # the same for an encoder beside its decoder
MOST = 1.18  # the same for what a reader still reads there, with an effort
POOR = 0.5  # of the boxes of a picture that is barely too wide: with fewer than these it tells too little
ALMOST, EASIER = 0.8, 0.7  # of the boxes, and of the scrolling, of a long picture: such a shorter one is taken
LITTLE = 0.34  # of those of one that can just be painted: with fewer it tells next to nothing


@dataclass(frozen=True)
class Drawn:
    """A sheet, the drawing that it shows, and notes where that is less than was to be expected.

    `source` is the hash of what it was made from.
    """

    sheet: Sheet
    drawing: Drawing
    source: str
    notes: tuple[str, ...] = ()


def draw_sheet(
    drawing: Drawing,
    heading: Heading,
    budget: int = BUDGET,
    opening: Opening = EVERYTHING,
    direction: str | None = None,
    cost: Cost | None = None,
) -> Drawn:
    """The sheet with as many boxes as the budget and the paper admit; `direction` is down, right, or None: down, and
    right where only that fits.

    With a `cost` boxes have the colour of their share of it instead of their kind.

    Where the user says what is to be open, that counts more than the size of the paper. Raises `ModelError` where
    that makes it too large.
    """
    joint = join_pairs(drawing)
    short = fold_repeats(joint)
    if len(short.boxes) > budget:
        short = fold_leaves(joint)
    notes = tuple(_unmatched(short, opening))
    ours = budget <= BUDGET and opening == EVERYTHING
    found = list(_tried(_candidates(short, budget, opening), direction or "down", budget if ours else None))
    layout, folded = _best(found)
    if ours and direction is None and not _fits(layout):
        layout, folded = _turned(found, (layout, folded))
    if _pixels(layout) > MOST_PIXELS:
        raise ModelError(
            "no picture: its sheet would be too large to paint", hint="a smaller  max_nodes:, or less under  expand:"
        )
    source = hash_of("sheet", drawing, heading, budget, opening, direction, cost)
    return Drawn(compose(layout, heading, cost), folded, source, notes)


def _turned(found: Sequence[tuple[Layout, Drawing]], best: tuple[Layout, Drawing]) -> tuple[Layout, Drawing]:
    """The richest that fits when it flows to the right, in rows, if it has about as many boxes as the best.

    Where that is much too wide, any that fits better.
    """
    right = [(_fitting(drawing, "right"), drawing) for _, drawing in found]
    rich = next((one for one in right if _fits(one[0]) and _boxes(one) >= ALMOST * _boxes(best)), None)
    if rich is None and _excess(best[0]) > BARELY:
        return _best([_best(right), best])
    return rich or best


def _tried(candidates: Iterator[Drawing], direction: str, budget: int | None) -> Iterator[tuple[Layout, Drawing]]:
    """Layouts until one fits and is not long, or can be painted where no `budget` is ours. Too many arrows are passed
    over, unless in the end all have them: then inputs and outputs alone are joined by more."""
    crowded: Drawing | None = None
    least = 0.0
    for folded in candidates:
        if budget and len(folded.arrows) > MOST_ARROWS * budget and len(folded.boxes) > COARSEST:
            crowded = folded
            continue
        if len(folded.boxes) < least:
            return
        crowded, layout = None, _fitting(folded, direction)
        yield layout, folded
        if not budget and _pixels(layout) <= MOST_PIXELS:
            return
        if _fits(layout):
            if layout.height <= style.LONG:
                return
            least = least or ALMOST * len(folded.boxes)
    if crowded:
        yield _fitting(crowded, direction), crowded


def _fitting(drawing: Drawing, direction: str) -> Layout:
    """The layout, with narrow cards where it would be too wide or too long for a page."""
    layout = lay_out(drawing, direction)
    if layout.width > style.COMFORTABLE[0] or layout.height > style.COMFORTABLE[1]:
        layout = min(layout, lay_out(drawing, direction, NARROW), key=_trouble)
    if layout.width > style.COMFORTABLE[0]:
        layout = min(layout, lay_out(drawing, direction, SLIM), key=_trouble)
    return layout


def _fits(layout: Layout) -> bool:
    return _excess(layout) <= (SLIGHTLY if layout.is_beside else 1)


def _trouble(layout: Layout) -> tuple[bool, float]:
    """Of those that fit, how far a reader has to scroll; of the others, by how much they do not."""
    fits = _fits(layout)
    return not fits, _toil(layout) if fits else _excess(layout)


def _best(found: Sequence[tuple[Layout, Drawing]]) -> tuple[Layout, Drawing]:
    """The first that fits, or a shorter one that is much easier to read; a richer one that nearly fits where that has
    lost too much, and a wider one where that has lost nearly all and does not even fit."""
    best = min(found, key=lambda one: max(_excess(one[0]), 1.0))
    fitting = [one for one in found if _fits(one[0])]
    if fitting:
        short = min(fitting, key=lambda one: _toil(one[0]))
        best = short if _toil(short[0]) < EASIER * _toil(fitting[0][0]) else fitting[0]
    near = [one for one in found if _excess(one[0]) <= BARELY]
    most = 0.0 if _excess(best[0]) <= 1 else MOST
    large = [one for one in found if one[0].width <= style.WIDEST - 2 * style.MARGIN and _excess(one[0]) <= most]
    for others, share in ((near, POOR), (large, LITTLE)):
        rich = max(others, key=_boxes, default=best)
        if _boxes(best) < share * _boxes(rich):
            return rich
    return best


def _toil(layout: Layout) -> float:
    return discomfort(layout.width, layout.height, style.COMFORTABLE)


def _boxes(one: tuple[Layout, Drawing]) -> int:
    return len(one[1].boxes)


def _unmatched(drawing: Drawing, opening: Opening) -> Iterator[str]:
    paths = {module.path for box in drawing.boxes for module in box.modules}
    for name in ("expand", "collapse"):
        for pattern in getattr(opening, name):
            if not fnmatch.filter(paths, pattern):
                near = get_close_matches(pattern, sorted(paths), 2)
                like = f"; like it: {', '.join(near)}" if near else ""
                yield f"{name}: {pattern!r} matches no module (a folded block goes by its first name){like}"


def _candidates(short: Drawing, budget: int, opening: Opening) -> Iterator[Drawing]:
    """From what was asked for to the coarsest, each only once; in the end without regard to what must be open."""
    before: Drawing | None = None
    most, widest = min(budget, len(short.boxes)), min(WIDEST, max(2, budget // 2))
    for wanted in (opening, EVERYTHING):
        for boxes in _budgets(most):
            folded = fold(short, boxes, wanted, widest if wanted == EVERYTHING else WIDEST)
            if folded != before:
                yield folded
            before = folded


def _budgets(most: int) -> Iterator[int]:
    boxes = most
    while boxes > COARSEST:
        yield boxes
        boxes = boxes * 5 // 6
    yield min(most, COARSEST)


def _pixels(layout: Layout) -> float:
    return layout.width * layout.height


def _excess(layout: Layout) -> float:
    """By how much it is too wide for a page, too long, or too much of a strip: 1 is just right."""
    wide, tall = layout.width + 2 * style.MARGIN, layout.height + 2 * style.MARGIN + HEADING
    strip = tall / wide / style.SLIMMEST if tall > style.LONG else 0
    return max(wide / (style.COMFORTABLE[0] + 2 * style.MARGIN), tall / style.TALLEST, strip)


def hash_of(kind: str, drawing: Drawing, heading: Heading, *asked: object) -> str:
    """A hash of all that a picture is painted from, the same whichever layout, fonts and colours there are.

    Without what training saves, which no picture shows, and other versions of torch count otherwise.
    """
    boxes = tuple(replace(box, numbers=replace(box.numbers, saved=0)) for box in drawing.boxes)
    said = (kind, digest(Drawing(boxes, drawing.arrows)), *map(repr, (heading, *asked)))
    return sha256("\n".join(said).encode(errors="surrogatepass")).hexdigest()


def paint(drawn: Drawn, name: str, digest: str, themes: Sequence[str], formats: Sequence[str]) -> dict[str, bytes]:
    """The pictures by file name: `forward.png`, `forward-dark.svg` …

    Each carries the digest of its graph and the hash of what it was made from.
    """
    found: dict[str, bytes] = {}
    for theme in themes:
        svg = to_svg(drawn.sheet, style.THEMES[theme], digest, drawn.source)
        data = {"svg": svg.encode(), "png": b""}
        if "png" in formats:
            data["png"] = to_png(svg, style.THEMES[theme], digest, drawn.source)
        found |= {picture_name(name, theme, form): data[form] for form in formats}
    return found
