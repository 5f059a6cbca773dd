"""Long chains in columns: a drawing is cut where one value passes, and the pieces stand side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.render import style
from nnviz_action.render.layout import Layout, Line, Point, lay_out

MOST_COLUMNS = 4
TORN = 200  # penalty for each open module that a cut tears apart
PARTED = 80  # and for parting a layer from what follows it
_FOLLOWERS = ("activation", "normalisation")
UNEVEN = 0.8  # a piece with more than this part of the whole height gains too little


def lay_out_in_columns(drawing: Drawing, timeout: float) -> Layout:
    """The layout of a drawing, in as many columns as make it fit a page best."""
    whole = lay_out([drawing], timeout)[0]
    if whole.height <= style.COMFORTABLE[1]:
        return whole
    cuts = _cuts(drawing, whole)
    plans = dict.fromkeys(filter(None, (_plan(cuts, whole.height, n) for n in range(2, MOST_COLUMNS + 1))))
    pieces = [_split(drawing, plan) for plan in plans]
    done = iter(lay_out([part for parts in pieces for part in parts], timeout) if pieces else [])
    candidates = [whole, *(_side_by_side([next(done) for _ in parts]) for parts in pieces)]
    return min(candidates, key=_discomfort)


def _discomfort(layout: Layout) -> float:
    """How far a reader has to scroll or to zoom."""
    wide, tall = style.COMFORTABLE
    return float(max(layout.width / wide, 1) ** 1.5) * max(layout.height / tall, 1)


@dataclass(frozen=True)
class _Cut:
    """A place in the order of boxes where a single value passes: its height in the uncut layout, and by how many
    pixels a cut may miss its place rather than be here."""

    index: int
    y: float
    penalty: int


def _cuts(drawing: Drawing, whole: Layout) -> list[_Cut]:
    places = {box.key: i for i, box in enumerate(drawing.boxes)}
    bottoms = {card.box.key: place.bottom for card, place in whole.cards}
    passing: list[set[str]] = [set() for _ in drawing.boxes]
    for arrow in drawing.arrows:
        first, last = sorted((places[arrow.source], places[arrow.target]))
        for index in range(first + 1, last + 1):
            passing[index].add(arrow.source if places[arrow.source] == first else "back")
    found, lowest = [], 0.0
    for index, box in enumerate(drawing.boxes):
        if index and len(passing[index]) == 1 and "back" not in passing[index]:
            torn = TORN * _shared(drawing.boxes[index - 1], box) + (PARTED if box.kind in _FOLLOWERS else 0)
            found.append(_Cut(index, lowest, torn))
        lowest = max(lowest, bottoms[box.key])
    return found


def _shared(one: Box, other: Box) -> int:
    return sum(a == b for a, b in zip(one.modules, other.modules, strict=False))


def _plan(cuts: Sequence[_Cut], height: float, columns: int) -> tuple[int, ...]:
    """The cuts nearest to even pieces; empty where these would be too uneven."""
    chosen: list[_Cut] = []
    for number in range(1, columns):
        left = [cut for cut in cuts if not chosen or cut.y > chosen[-1].y]
        if not left:
            return ()
        ideal = height * number / columns
        chosen.append(min(left, key=lambda cut: abs(cut.y - ideal) + cut.penalty))
    heights = [b - a for a, b in pairwise([0.0, *(cut.y for cut in chosen), height])]
    return tuple(cut.index for cut in chosen) if max(heights) < UNEVEN * height else ()


def _split(drawing: Drawing, cuts: Sequence[int]) -> list[Drawing]:
    """The pieces; where an arrow is cut, each side ends in a port."""
    places = {box.key: i for i, box in enumerate(drawing.boxes)}
    pieces = []
    bounds = [0, *cuts, len(drawing.boxes)]
    for number, (first, end) in enumerate(pairwise(bounds)):
        boxes, arrows = list(drawing.boxes[first:end]), []
        entering = Box(f"port in {number}", "", "port")
        leaving = Box(f"port out {number}", "", "port")
        for arrow in drawing.arrows:
            inside = [first <= places[key] < end for key in (arrow.source, arrow.target)]
            if all(inside):
                arrows.append(arrow)
            elif inside[1]:
                arrows.append(replace(arrow, source=entering.key))
            elif inside[0]:
                arrows.append(Arrow(arrow.source, leaving.key, arrow.label, arrow.style))
        boxes = [entering, *boxes] if first else boxes
        pieces.append(Drawing(tuple([*boxes, leaving] if end < len(drawing.boxes) else boxes), _once(arrows)))
    return pieces


def _once(arrows: Sequence[Arrow]) -> tuple[Arrow, ...]:
    return tuple(dict.fromkeys(arrows))


def _side_by_side(pieces: Sequence[Layout]) -> Layout:
    x, moved = 0.0, []
    for piece in pieces:
        moved.append(_moved(piece, x))
        x += piece.width + style.COLUMN_GAP
    height = max(piece.height for piece in pieces) + 16
    lines = [line for piece in moved for line in piece.lines]
    left = 0.0
    for one, other in pairwise(moved):
        left += one.width + style.COLUMN_GAP
        lines.append(_bridge(one, other, left - style.COLUMN_GAP / 2))
    return Layout(
        tuple(card for piece in moved for card in piece.cards),
        tuple(cluster for piece in moved for cluster in piece.clusters),
        tuple(lines),
        x - style.COLUMN_GAP,
        height,
    )


def _moved(piece: Layout, dx: float) -> Layout:
    return Layout(
        tuple((card, place.moved(dx, 10)) for card, place in piece.cards),
        tuple(replace(cluster, place=cluster.place.moved(dx, 10)) for cluster in piece.clusters),
        tuple(line.moved(dx, 10) for line in piece.lines),
        piece.width,
        piece.height,
    )


def _bridge(one: Layout, other: Layout, gutter: float) -> Line:
    """From the port at the foot of a column to the port at the head of the next."""
    start = next(place for card, place in one.cards if card.box.key.startswith("port out"))
    end = next(place for card, place in other.cards if card.box.key.startswith("port in"))
    x1, x2 = start.x + start.width / 2, end.x + end.width / 2
    low, high = start.bottom + 8, end.y - 8
    points: tuple[Point, ...] = (
        (x1, start.bottom),
        (x1, low),
        (gutter, low),
        (gutter, high),
        (x2, high),
        (x2, end.y),
    )
    return Line(Arrow("", ""), points, None, straight=True)
