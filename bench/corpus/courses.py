"""How the arrows of a layout run: which are straight, which stay in the frame that they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from main_paths import Ends, far_ends, main_paths

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.graph.values import Module
from nnviz_action.render.layout.values import Layout, Line, Rect

SLACK = 0.5  # pixels by which a straight line may be off


def is_straight(line: Line, right: bool) -> bool:
    """Whether it keeps to one vertical, or to one horizontal where the drawing runs to the right."""
    places = [point[1 if right else 0] for point in line.points]
    return max(places) - min(places) <= SLACK


@dataclass(frozen=True)
class Courses:
    """The arrows of one picture that a bar speaks of, each with whether it is as it should be."""

    pairs: dict[Ends, bool]  # between two boxes that have no other neighbour on that side
    cut: int  # such pairs that stand in two columns
    spines: dict[Ends, bool]  # of main paths that a shortcut goes around
    projected: dict[Ends, bool]  # of those where the shortcut itself has a layer
    framed: dict[Ends, bool]  # both ends in one module: whether all of it lies in that module's frame


def courses(drawing: Drawing, layout: Layout) -> Courses:
    """All of them. An arrow from the foot of one column to the head of the next cannot be straight: it is left out."""
    right = layout.flows_right
    places = {card.box.key: place for card, place in layout.cards}
    lines = {(line.arrow.source, line.arrow.target): line for line in layout.lines}
    keys = {box.key for box in drawing.boxes}
    lines = {ends: line for ends, line in lines.items() if keys >= {*ends}}
    straight = {
        ends: is_straight(line, right)
        for ends, line in lines.items()
        if not _changes_column(places[ends[0]], places[ends[1]], right)
    }
    pairs = list(_pairs(drawing))
    spines, projected = main_paths(drawing, straight)
    return Courses(
        pairs={ends: straight[ends] for ends in pairs if ends in straight},
        cut=sum(ends not in straight for ends in pairs),
        spines={ends: straight[ends] for ends in spines if ends in straight},
        projected={ends: straight[ends] for ends in projected if ends in straight},
        framed=dict(_framed(drawing, layout, lines)),
    )


def _changes_column(source: Rect, target: Rect, right: bool) -> bool:
    """Whether the target stands before the source, and beside it: within a column boxes stand as they run."""
    if right:
        return target.x < source.right - SLACK and (target.bottom < source.y or target.y > source.bottom)
    return target.y < source.bottom - SLACK and (target.right < source.x or target.x > source.right)


def _pairs(drawing: Drawing) -> Iterator[Ends]:
    for ends in dict.fromkeys((a.source, a.target) for a in drawing.arrows):
        after, before = far_ends(drawing.leaving(ends[0]), 1), far_ends(drawing.entering(ends[1]), 0)
        if (after, before) == ({ends[1]}, {ends[0]}):
            yield ends


def _framed(drawing: Drawing, layout: Layout, lines: dict[Ends, Line]) -> Iterator[tuple[Ends, bool]]:
    modules = {box.key: box.modules for box in drawing.boxes}
    places = {card.box.key: place for card, place in layout.cards}
    for ends, line in lines.items():
        if _common(modules[ends[0]], modules[ends[1]]):
            frame = _frame(layout, [places[key] for key in ends])
            if frame is not None:
                yield ends, all(_holds(frame, Rect(x, y, 0, 0)) for x, y in line.points)


def _common(one: Sequence[Module], other: Sequence[Module]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _frame(layout: Layout, places: Sequence[Rect]) -> Rect | None:
    """The smallest frame around both; None where a column parts them, or none is drawn."""
    around = [c.place for c in layout.clusters if all(_holds(c.place, place) for place in places)]
    return min(around, key=lambda place: place.width * place.height, default=None)


def _holds(outer: Rect, inner: Rect) -> bool:
    return (
        inner.x >= outer.x - SLACK
        and inner.y >= outer.y - SLACK
        and inner.right <= outer.right + SLACK
        and inner.bottom <= outer.bottom + SLACK
    )
