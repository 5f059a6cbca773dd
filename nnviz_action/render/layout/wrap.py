"""A long body in columns: it is cut where one value alone passes, and the pieces stand side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nnviz_action.render.layout.across import Places
from nnviz_action.render.layout.bodies import Body, Edge
from nnviz_action.render.layout.chains import Chain
from nnviz_action.render.layout.routes import Routes
from nnviz_action.render.layout.values import Point

GUTTER = 44.0  # between two columns
BEND = 10.0  # from the last box of a column to where the line turns
SLIGHT = 0.4  # of the tallest column: a shorter one helps nobody


@dataclass(frozen=True)
class _Cut:
    """Between two items of the main path: its edge, and how far down it is."""

    edge: Edge
    y: float


def wrap(
    body: Body, main: Chain, tops: dict[str, float], places: Places, routes: Routes, columns: int
) -> tuple[dict[str, float], Places, Routes] | None:
    """The body in so many columns; None where it cannot be cut into pieces of like height."""
    bottom = max(tops[item.key] + item.along for item in body.items.values())
    cuts = _even(_cuts(body, main, tops, routes), bottom, columns)
    if cuts is None:
        return None
    moved, lefts, ways = dict(tops), dict(places.lefts), dict(routes.ways)
    labels: dict[Edge, Point] = {}
    rights: list[float] = []
    column_of = _columns(body, tops, cuts)
    offset = 0.0
    for number in range(len(cuts) + 1):
        keys = {key for key, column in column_of.items() if column == number}
        edges = [edge for edge in ways if edge.source in keys and edge.target in keys]
        xs = [x for edge in edges for x, _ in routes.ways[edge]]
        xs += [x for key in keys for x in (places.lefts[key], places.lefts[key] + body.items[key].across)]
        dx, dy = offset - min(xs), BEND * 2 - cuts[number - 1].y if number else 0.0
        for key in keys:
            lefts[key] = places.lefts[key] + dx
            moved[key] = tops[key] + dy if tops[key] + dy > 0 else 0.0
        ways |= {edge: [(x + dx, max(y + dy, 0.0)) for x, y in routes.ways[edge]] for edge in edges}
        labels |= {e: (x + dx, y + dy) for e, (x, y) in routes.labels.items() if e in edges}
        rights.append(offset + max(xs) - min(xs))
        offset = rights[-1] + GUTTER
    lowest = max(moved[item.key] + item.along for item in body.items.values() if not item.is_port)
    for item in body.items.values():
        if item.is_port and item.order > 0:
            moved[item.key] = max(lowest + BEND, moved[item.key])
    for cut, right in zip(cuts, rights, strict=False):
        ways[cut.edge] = _bridge(cut.edge, body, moved, lefts, right + GUTTER / 2, lowest + BEND)
    return (
        moved,
        Places(lefts, taken=places.taken, main=lefts[main.items[0].key] + _line(main)),
        Routes(ways, routes.tracks, routes.levels, labels),
    )


def _line(main: Chain) -> float:
    """Where the line of the main path is, from the left edge of its first item."""
    item = main.items[0]
    return item.exit(main.edges[0].value) if main.edges else item.across / 2


def _cuts(body: Body, main: Chain, tops: dict[str, float], routes: Routes) -> list[_Cut]:
    """Where nothing but the edge of the main path passes."""
    spans = [(edge, min(y for _, y in way), max(y for _, y in way)) for edge, way in routes.ways.items()]
    found = []
    for edge in main.edges:
        source, target = body.items[edge.source], body.items[edge.target]
        if source.is_port or target.is_port or any(body.label(edge)):
            continue
        high, low = tops[edge.source] + source.along, tops[edge.target]
        boxes = any(
            tops[i.key] < low - 0.1 and tops[i.key] + i.along > high + 0.1
            for i in body.items.values()
            if not i.is_port
        )
        lines = any(
            other != edge and start < low - 0.1 and end > high + 0.1 and not _follows(other, body, tops, low)
            for other, start, end in spans
        )
        if not boxes and not lines:
            found.append(_Cut(edge, low))
    return found


def _follows(edge: Edge, body: Body, tops: dict[str, float], low: float) -> bool:
    """Whether an edge that passes a cut leads from or to a port that can stand at the head or foot of its column."""
    if body.items[edge.target].is_port:
        return True
    targets = [other.target for other in body.edges if other.source == edge.source]
    return body.items[edge.source].is_port and all(tops[key] >= low - 0.1 for key in targets)


def _columns(body: Body, tops: dict[str, float], cuts: Sequence[_Cut]) -> dict[str, int]:
    """The column of each item. A port stands in that of what is next to it."""
    found = {key: sum(tops[key] >= cut.y - 0.1 for cut in cuts) for key in tops}
    for edge in body.edges:
        if body.items[edge.target].is_port:
            found[edge.target] = found[edge.source]
    for edge in reversed(list(body.edges)):
        if body.items[edge.source].is_port:
            found[edge.source] = found[edge.target]
    return found


def _even(cuts: Sequence[_Cut], height: float, columns: int) -> list[_Cut] | None:
    """The cuts nearest to pieces of one height."""
    chosen: list[_Cut] = []
    for number in range(1, columns):
        left = [cut for cut in cuts if not chosen or cut.y > chosen[-1].y]
        if not left:
            return None
        chosen.append(min(left, key=lambda cut: abs(cut.y - height * number / columns)))
    heights = [b - a for a, b in pairwise([0.0, *(cut.y for cut in chosen), height])]
    return chosen if min(heights) >= SLIGHT * max(heights) else None


def _bridge(
    edge: Edge, body: Body, tops: dict[str, float], lefts: dict[str, float], gutter: float, lowest: float
) -> list[Point]:
    """From the foot of a column to the head of the next."""
    source, target = body.items[edge.source], body.items[edge.target]
    start = lefts[edge.source] + source.exit(edge.value), tops[edge.source] + source.along
    end = lefts[edge.target] + target.entry(edge.value), tops[edge.target]
    low, high = start[1] + BEND, end[1] - BEND
    return [start, (start[0], low), (gutter, low), (gutter, high), (end[0], high), end]
