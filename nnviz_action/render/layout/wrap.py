"""A long body in columns: it is cut where few values pass, and the pieces stand side by side."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from nnviz_action.render.layout.bodies import Body, Edge
from nnviz_action.render.layout.chains import Chain
from nnviz_action.render.layout.pieces import BEND, Cut, Pieces, Way, crossings
from nnviz_action.render.layout.routes import Routes
from nnviz_action.render.layout.settle import Settled

MOST_LINES = 4  # that may lead from one row to the next
FULL = 0.6  # of a row: it ends no earlier where fewer lines pass
SEEN = 5.0  # pixels that a line runs on between two turns
SLIGHT = 0.4  # of the tallest column: a shorter one helps nobody


def wrap(body: Body, main: Chain, settled: Settled, columns: int) -> Settled | None:
    """The body in so many columns; None where it cannot be cut into pieces of like height, where one value passes."""
    tops, _, routes = settled
    bottom = max(tops[item.key] + item.along for item in body.items.values())
    cuts = _even([cut for cut in _cuts(body, main, tops, routes) if cut.lines == 1], bottom, columns)
    return Pieces(body, main, settled, cuts).settled() if cuts else None


def fill(body: Body, main: Chain, settled: Settled, limit: float) -> Settled | None:
    """The body in pieces as long as `limit` admits, as words fill lines; few values may pass from each to the next.

    None where it cannot be cut at all.
    """
    tops, _, routes = settled
    bottom = max(tops[item.key] + item.along for item in body.items.values() if not item.is_port)
    found = [cut for cut in _cuts(body, main, tops, routes) if cut.lines <= MOST_LINES]
    cuts: list[Cut] = []
    start = 0.0
    while bottom - start > limit:
        after = [cut for cut in found if cut.low > start + BEND]
        fitting = [cut for cut in after if cut.high - start <= limit - 3 * BEND]
        late = [cut for cut in fitting if cut.high - start > FULL * (fitting[-1].high - start)]
        if not after:
            break
        cuts.append(min(reversed(late), key=lambda cut: cut.lines) if late else after[0])
        start = cuts[-1].low
    return Pieces(body, main, settled, cuts).settled() if cuts else None


def _cuts(body: Body, main: Chain, tops: Mapping[str, float], routes: Routes) -> Iterator[Cut]:
    """Where no box stands, and all lines that pass run along, from the first to the last."""
    boxes = Spans((tops[i.key], tops[i.key] + i.along) for i in body.items.values() if not i.is_port)
    labels = Spans((y, y + body.label(edge)[1]) for edge, (_, y) in routes.labels.items())
    levels = sorted({y for way in routes.ways.values() for (_, y), (_, end) in pairwise(way) if abs(y - end) < 0.1})
    reaches = list(_reaches(body, tops))
    back = Spans((end, start + 1) for start, end, _ in reaches if end < start)
    waiting = sorted((reach for reach in reaches if reach[0] < reach[1]), key=lambda reach: -reach[0])
    passing: list[tuple[float, float, Edge]] = []
    for edge in main.edges:
        source, target = body.items[edge.source], body.items[edge.target]
        high, low = tops[edge.source] + source.along, tops[edge.target]
        while waiting and waiting[-1][0] < low - 0.1:
            passing.append(waiting.pop())
        passing = [reach for reach in passing if reach[1] >= low - 0.1]
        if source.is_port or target.is_port or any(body.label(edge)):
            continue
        heights = [high, *levels[bisect_right(levels, high) : bisect_left(levels, low)], low]
        gaps = list(pairwise(heights))  # the first in which a line can be seen to run on, before it turns
        gap = next((gap for gap in gaps if gap[1] - gap[0] >= SEEN), max(gaps, key=lambda gap: gap[1] - gap[0]))
        free = not boxes.pass_by(high, low) and not back.pass_by(low, low) and not labels.pass_by(*gap)
        cut = _cut_at(low, *gap, {edge: routes.ways[edge] for _, _, edge in passing}) if free else None
        if cut is not None:
            yield cut


def _reaches(body: Body, tops: Mapping[str, float]) -> Iterator[tuple[float, float, Edge]]:
    """From how far down to how far down each edge leads. A port can stand at the head or foot of any column: an edge
    to one reaches nowhere, and those from one begin where the first of them ends."""
    firsts: dict[str, float] = {}
    for edge in body.edges:
        firsts[edge.source] = min(tops[edge.target], firsts.get(edge.source, tops[edge.target]))
    for edge in body.edges:
        start = firsts[edge.source] if body.items[edge.source].is_port else tops[edge.source]
        yield start, start if body.items[edge.target].is_port else tops[edge.target], edge


def _cut_at(y: float, high: float, low: float, ways: Mapping[Edge, Way]) -> Cut | None:
    """The cut between two heights; None where not all ways simply pass, or two values would be on one line."""
    found = {edge: crossings(way, high, low) for edge, way in ways.items()}
    if any(len(xs) != 1 for xs in found.values()):
        return None
    values = {(round(xs[0]), edge.value) for edge, xs in found.items()}
    places = sorted({x for x, _ in values}, reverse=True)
    ranks = {edge: places.index(round(xs[0])) for edge, xs in found.items()}
    return Cut(y, high, low, ranks) if len(values) == len(places) else None


class Spans:
    """Tells quickly whether any of many spans passes between two heights."""

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        ordered = sorted(spans)
        self._tops = [top for top, _ in ordered]
        self._lowest = list(accumulate((bottom for _, bottom in ordered), max))

    def pass_by(self, high: float, low: float) -> bool:
        """Whether one begins above `low` and ends below `high`."""
        count = bisect_left(self._tops, low - 0.1)
        return count > 0 and self._lowest[count - 1] > high + 0.1


def _even(cuts: Sequence[Cut], height: float, columns: int) -> list[Cut] | None:
    """The cuts nearest to pieces of one height."""
    chosen: list[Cut] = []
    for number in range(1, columns):
        left = [cut for cut in cuts if not chosen or cut.y > chosen[-1].y]
        if not left:
            return None
        chosen.append(min(left, key=lambda cut: abs(cut.y - height * number / columns)))
    heights = [b - a for a, b in pairwise([0.0, *(cut.y for cut in chosen), height])]
    return chosen if min(heights) >= SLIGHT * max(heights) else None
