"""A long body in columns: it is cut where one value alone passes, and the pieces stand side by side."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from nnviz_action.render.layout.across import Places
from nnviz_action.render.layout.bodies import Body, Edge
from nnviz_action.render.layout.chains import Chain
from nnviz_action.render.layout.routes import Routes
from nnviz_action.render.layout.settle import Settled
from nnviz_action.render.layout.values import Point

GUTTER = 32.0  # between two columns
BEND = 10.0  # from the last box of a column to where the line turns
SLIGHT = 0.4  # of the tallest column: a shorter one helps nobody


@dataclass(frozen=True)
class _Cut:
    """Between two items of the main path: its edge, and how far down it is."""

    edge: Edge
    y: float


def wrap(body: Body, main: Chain, settled: Settled, columns: int) -> Settled | None:
    """The body in so many columns; None where it cannot be cut into pieces of like height."""
    tops, places, routes = settled
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
        edges = dict.fromkeys(edge for edge in ways if edge.source in keys and edge.target in keys)
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
        if item.is_outlet:
            moved[item.key] = max(lowest + BEND, moved[item.key])
    for cut, right in zip(cuts, rights, strict=False):
        ways[cut.edge] = _bridge(cut.edge, body, moved, lefts, right + GUTTER / 2)
    first = main.items[0].key
    return moved, Places(lefts, main=places.main + lefts[first] - places.lefts[first]), Routes(ways, labels=labels)


def _cuts(body: Body, main: Chain, tops: dict[str, float], routes: Routes) -> list[_Cut]:
    """Where nothing but the edge of the main path passes."""
    boxes = _Spans((tops[i.key], tops[i.key] + i.along) for i in body.items.values() if not i.is_port)
    lines = _Spans(_spans(body, main, tops, routes))
    found = []
    for edge in main.edges:
        source, target = body.items[edge.source], body.items[edge.target]
        if source.is_port or target.is_port or any(body.label(edge)):
            continue
        high, low = tops[edge.source] + source.along, tops[edge.target]
        if not boxes.pass_by(high, low) and not lines.pass_by(high, low):
            found.append(_Cut(edge, low))
    return found


def _spans(body: Body, main: Chain, tops: dict[str, float], routes: Routes) -> Iterator[tuple[float, float]]:
    """From where to where each edge beside the main path goes down. A port can stand at the head or foot of any
    column: an edge to one is in nobody's way, and those from one begin where the first of them ends."""
    firsts: dict[str, float] = {}
    for edge in body.edges:
        firsts[edge.source] = min(tops[edge.target], firsts.get(edge.source, tops[edge.target]))
    inside = set(main.edges)
    for edge, way in routes.ways.items():
        if edge not in inside and not body.items[edge.target].is_port:
            ys = [y for _, y in way]
            first = firsts[edge.source] if body.items[edge.source].is_port else min(ys)
            yield max(first, min(ys)), max(ys)


class _Spans:
    """Tells quickly whether any of many spans passes between two heights."""

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        ordered = sorted(spans)
        self._tops = [top for top, _ in ordered]
        self._lowest = list(accumulate((bottom for _, bottom in ordered), max))

    def pass_by(self, high: float, low: float) -> bool:
        """Whether one begins above `low` and ends below `high`."""
        count = bisect_left(self._tops, low - 0.1)
        return count > 0 and self._lowest[count - 1] > high + 0.1


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


def _bridge(edge: Edge, body: Body, tops: dict[str, float], lefts: dict[str, float], gutter: float) -> list[Point]:
    """From the foot of a column to the head of the next."""
    source, target = body.items[edge.source], body.items[edge.target]
    start = lefts[edge.source] + source.exit(edge.value), tops[edge.source] + source.along
    end = lefts[edge.target] + target.entry(edge.value), tops[edge.target]
    low, high = start[1] + BEND, end[1] - BEND
    return [start, (start[0], low), (gutter, low), (gutter, high), (end[0], high), end]
