"""An encoder beside its decoder."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nnviz_action.render.layout.across import Places
from nnviz_action.render.layout.bodies import Body, Edge, Item
from nnviz_action.render.layout.chains import Chain, is_back
from nnviz_action.render.layout.heights import FOOT
from nnviz_action.render.layout.pieces import BEND, GUTTER
from nnviz_action.render.layout.routes import Routes
from nnviz_action.render.layout.settle import Settled, settle
from nnviz_action.render.layout.values import Point

LIKE = 0.35  # of the height of one, that the other has at least
AHEAD = 0.4  # of a decoder's column: more above the decoder itself is a tower of its own


@dataclass(frozen=True)
class _Column:
    """One of the two, laid out as if it were alone."""

    body: Body
    tops: dict[str, float]
    lefts: dict[str, float]
    ways: dict[Edge, list[Point]]
    labels: dict[Edge, Point]

    @property
    def boxes(self) -> list[Item]:
        """All but its ports."""
        return [item for item in self.body.items.values() if not item.is_port]

    @property
    def foot(self) -> float:
        """How far down it reaches."""
        return max(self.tops[item.key] + item.along for item in self.boxes)

    def extent(self) -> tuple[float, float]:
        """From where to where it reaches across."""
        xs = [x for way in self.ways.values() for x, _ in way]
        xs += [x for key, left in self.lefts.items() for x in (left, left + self.body.items[key].across)]
        xs += [x + self.body.label(edge)[0] for edge, (x, _) in self.labels.items()]
        return min(xs), max(xs)

    def moved(self, dx: float, dy: float) -> "_Column":
        """The same elsewhere; values still enter it from the upper edge of all."""
        tops = {key: y + (0.0 if self.body.items[key].is_entrance else dy) for key, y in self.tops.items()}
        ways = {edge: [(x + dx, y + dy) for x, y in way] for edge, way in self.ways.items()}
        labels = {edge: (x + dx, y + dy) for edge, (x, y) in self.labels.items()}
        return _Column(self.body, tops, {key: x + dx for key, x in self.lefts.items()}, ways, labels)


def set_beside(body: Body, _: Chain, settled: Settled) -> Settled | None:
    """An encoder and its decoder side by side; None where the body is none of these, all in one column."""
    found = parting(body, settled[0])
    if found is None:
        return None
    edge, behind = found
    encoder = _alone(body, {key for key in body.items if key not in behind})
    decoder = _alone(body, set(behind))
    end = encoder.extent()[1]
    decoder = decoder.moved(end + GUTTER - decoder.extent()[0], 2 * BEND)
    tops, lefts = encoder.tops | decoder.tops, encoder.lefts | decoder.lefts
    lowest = max(encoder.foot, decoder.foot)
    tops |= {item.key: lowest + BEND for item in body.items.values() if item.is_outlet}
    over = _over(body, edge, tops, lefts, end + GUTTER / 2, encoder.foot + BEND)
    ways = {**encoder.ways, **decoder.ways, edge: over}
    return tops, Places(lefts), Routes(ways, labels=encoder.labels | decoder.labels)


def _alone(body: Body, keys: set[str]) -> _Column:
    """Some of the items with the edges between them. They are copies: where values leave a box is found anew."""
    items = {key: replace(item) for key, item in body.items.items() if key in keys}
    edges = {edge: None for edge in body.edges if {edge.source, edge.target} <= keys}
    part = Body(body.modules, body.labels, body.sole, items, edges, body.shifts)
    _, (tops, places, routes) = settle(part)
    return _Column(part, tops, places.lefts, routes.ways, routes.labels)


def _over(
    body: Body, edge: Edge, tops: Mapping[str, float], lefts: Mapping[str, float], gutter: float, foot: float
) -> list[Point]:
    """From the foot of the encoder up through the gutter, and over all that is above the decoder, if that is free."""
    source, target = body.items[edge.source], body.items[edge.target]
    start = lefts[edge.source] + source.exit(edge.value), tops[edge.source] + source.along
    end = lefts[edge.target] + target.entry(edge.value), tops[edge.target]
    boxes = [item for item in body.items.values() if not item.is_port]
    below = [item for item in boxes if lefts[item.key] < gutter and tops[item.key] > start[1] - 1]
    above = [item for item in boxes if lefts[item.key] > gutter and tops[item.key] < end[1]]
    low = start[1] + FOOT if any(_is_at(item, start[0], lefts) for item in below) else foot
    high = end[1] - BEND if any(_is_at(item, end[0], lefts) for item in above) else BEND
    return [start, (start[0], low), (gutter, low), (gutter, high), (end[0], high), end]


def _is_at(item: Item, x: float, lefts: Mapping[str, float]) -> bool:
    return lefts[item.key] - BEND < x < lefts[item.key] + item.across + BEND


def parting(body: Body, tops: Mapping[str, float]) -> tuple[Edge, frozenset[str]] | None:
    """The one value that an open module takes from all that is above it, and the module with what belongs to it.

    That is what follows on it, and inputs that lead nowhere else. None where no such module has inputs of its own, or
    the two would differ too much in height.
    """
    for edge in body.edges:
        source, target = body.items[edge.source], body.items[edge.target]
        is_bare = not source.is_port and not any(body.label(edge))
        if target.body is not None and is_bare and not is_back(body, edge):
            behind = _behind(body, edge)
            if behind is not None and _is_like(body, edge, behind, tops):
                return edge, behind
    return None


def _behind(body: Body, parted: Edge) -> frozenset[str] | None:
    """What belongs to the target of an edge, where nothing else leads there from the rest."""
    after: dict[str, set[str]] = {key: set() for key in body.items}
    before: dict[str, set[str]] = {key: set() for key in body.items}
    for edge in body.edges:
        after[edge.source].add(edge.target)
        before[edge.target].add(edge.source)
    behind, ahead = _reached(parted.target, after), _reached(parted.source, before)
    own = _inputs(after, behind, ahead)
    inside = behind | own
    crossing = [edge for edge in body.edges if edge.target in inside and edge.source not in inside]
    return frozenset(inside) if own and crossing == [parted] else None


def _reached(start: str, steps: Mapping[str, set[str]]) -> set[str]:
    found, left = {start}, [start]
    while left:
        new = steps[left.pop()] - found
        found |= new
        left += new
    return found


def _inputs(after: Mapping[str, set[str]], behind: set[str], ahead: set[str]) -> set[str]:
    """All that leads to what is behind, and nowhere else."""
    own: set[str] = set()
    while new := {key for key, ends in after.items() if ends and ends <= behind | own} - behind - own - ahead:
        own |= new
    return own


def _is_like(body: Body, edge: Edge, behind: frozenset[str], tops: Mapping[str, float]) -> bool:
    """Whether both columns have about one height, and the target begins at the head of its own."""
    first, second = (
        [body.items[key] for key in body.items if (key in behind) == is_second and not body.items[key].is_port]
        for is_second in (False, True)
    )
    heads = [min(tops[item.key] for item in column) for column in (first, second)]
    heights = [
        max(tops[item.key] + item.along for item in column) - head
        for column, head in zip((first, second), heads, strict=True)
    ]
    return min(heights) >= LIKE * max(heights) and tops[edge.target] - heads[1] <= AHEAD * heights[1]
