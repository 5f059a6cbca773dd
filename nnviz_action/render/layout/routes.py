"""The way of each edge of a body, and what is in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nnviz_action.render.layout.across import Places
from nnviz_action.render.layout.bodies import Body, Edge, Item
from nnviz_action.render.layout.chains import Plan, upright
from nnviz_action.render.layout.heights import ABOVE, BESIDE, FOOT, HEAD, TRACK, Below, Tracks
from nnviz_action.render.layout.patches import LINE
from nnviz_action.render.layout.taken import Taken
from nnviz_action.render.layout.values import Point

SLOT = 10.0  # between lines that enter a box from the same side
ANCHOR = 12.0  # between lines that enter or leave a box above or below
CLEAR = 3.0  # from a line to a box that it passes


@dataclass(frozen=True)
class Level:
    """A part of a way that runs across: at which height, from where to where."""

    edge: Edge
    y: float
    left: float
    right: float
    at_foot: bool  # of what the edge is from, or else near what it leads to


@dataclass
class Routes:
    """The corners of each edge's way, how many bends there are below and above the items, and what is in the way."""

    ways: dict[Edge, list[Point]] = field(default_factory=dict)
    tracks: Tracks = field(default_factory=Tracks)
    levels: list[Level] = field(default_factory=list)
    labels: dict[Edge, Point] = field(default_factory=dict)  # the upper left corner of what stands at an edge
    taken: Taken = field(default_factory=Taken)


def route(body: Body, plan: Plan, tops: Mapping[str, float], places: Places) -> Routes:
    """All edges. Straight in a chain; else down a line, to the side of a box or to its upper edge."""
    found = Routes()
    for chain in plan.chains:
        for edge in chain.edges:
            source, target = body.items[edge.source], body.items[edge.target]
            x = places.lefts[source.key] + source.exit(edge.value)
            found.ways[edge] = [(x, tops[source.key] + source.along), (x, tops[target.key])]
    lines = dict(_lines(plan, places))
    feet = _feet(body, plan, lines, places, tops, found)
    ends = _ends(body, plan, lines, places, tops, found)
    for edge, x in lines.items():
        source = body.items[edge.source]
        start, bottom = places.lefts[source.key] + source.exit(edge.value), tops[source.key] + source.along
        way: list[Point] = [(start, bottom)]
        if edge in feet and abs(start - x) > 0.1:
            way += [(start, feet[edge]), (x, feet[edge])]
            found.levels.append(Level(edge, feet[edge], min(start, x), max(start, x), at_foot=True))
        way += ends[edge]
        if len(ends[edge]) > 1:
            y = ends[edge][0][1]
            found.levels.append(Level(edge, y, min(x, ends[edge][1][0]), max(x, ends[edge][1][0]), at_foot=False))
        found.ways[edge] = way
    _label(body, plan, lines, feet, tops, found)
    return found


def _label(
    body: Body,
    plan: Plan,
    lines: Mapping[Edge, float],
    feet: Mapping[Edge, float],
    tops: Mapping[str, float],
    found: Routes,
) -> None:
    """Labels stand above the box that an arrow leads straight to; at a lane, where it begins."""
    straight = {edge for chain in plan.chains for edge in (*chain.edges, *([chain.before] if chain.before else []))}
    told: set[object] = set()
    for edge, points in found.ways.items():
        wide, tall = body.label(edge)
        if not wide or (edge not in straight and (edge.source, edge.value) in told):
            continue
        told.add((edge.source, edge.value))
        x = lines.get(edge, points[0][0])
        begin = feet.get(edge, tops[edge.source] + body.items[edge.source].along)
        y = tops[edge.target] - tall - ABOVE if edge in straight else begin + BESIDE
        found.labels[edge] = (x + LINE, y)


def _lines(plan: Plan, places: Places) -> Iterator[tuple[Edge, float]]:
    """The edges that are in no chain, and how far to the right the line is in which they go down."""
    for chain in plan.chains:
        if chain.before:
            yield chain.before, places.starts[id(chain)]
        yield from ((edge, places.tails[id(chain)]) for edge in chain.after)
    for lane in plan.lanes:
        yield from ((edge, places.lanes[id(lane)]) for edge in lane.edges)


def _feet(
    body: Body, plan: Plan, lines: Mapping[Edge, float], places: Places, tops: Mapping[str, float], found: Routes
) -> dict[Edge, float]:
    """The height of the first bend of each edge that leaves its box sideways: the farthest value nearest to it."""
    tails = {edge for chain in plan.chains for edge in chain.after}
    by_source: dict[str, dict[object, list[Edge]]] = {}
    for edge, x in lines.items():
        item = body.items[edge.source]
        if edge not in tails and abs(places.lefts[item.key] + item.exit(edge.value) - x) > 0.1:
            by_source.setdefault(edge.source, {}).setdefault(edge.value, []).append(edge)
    feet: dict[Edge, float] = {}
    for key, values in by_source.items():
        item = body.items[key]
        center = places.lefts[key] + item.across / 2
        ranked = sorted(values.values(), key=lambda edges: -max(abs(lines[edge] - center) for edge in edges))
        used, bottom = 0, tops[key] + item.along + FOOT
        for edges in ranked:
            ends = [places.lefts[key] + item.exit(edges[0].value), *(lines[edge] for edge in edges)]
            used += found.taken.first_free(bottom + TRACK * used, TRACK, min(ends), max(ends), edges[0].value)
            feet |= dict.fromkeys(edges, bottom + TRACK * used)
            used += 1
        found.tracks.feet[key] = used
    return feet


def _ends(
    body: Body, plan: Plan, lines: Mapping[Edge, float], places: Places, tops: Mapping[str, float], found: Routes
) -> dict[Edge, list[Point]]:
    """How each edge ends: the corners from its line on."""
    before = {chain.before for chain in plan.chains if chain.before}
    ends: dict[Edge, list[Point]] = {}
    by_side: dict[tuple[str, bool], list[Edge]] = {}
    for edge, x in lines.items():
        item, left, top = body.items[edge.target], places.lefts[edge.target], tops[edge.target]
        entry = left + item.entry(edge.value)
        if (
            edge in before
            or abs(entry - x) < 0.1
            or (item.body is None and not item.is_port and left < x < left + item.across)
        ):
            ends[edge] = [(x, top)]
        else:
            by_side.setdefault((edge.target, x > entry), []).append(edge)
    for (key, right), edges in by_side.items():
        edges = sorted(edges, key=lambda edge: abs(lines[edge] - places.lefts[key]), reverse=not right)
        ends |= _enter(edges, right, lines, body.items[key], places.lefts[key], tops[key], found)
    return ends


def _enter(
    edges: Sequence[Edge],
    right: bool,
    lines: Mapping[Edge, float],
    item: Item,
    left: float,
    top: float,
    found: Routes,
) -> dict[Edge, list[Point]]:
    """The ends of edges that come from one side, the nearest line first."""
    ends: dict[Edge, list[Point]] = {}
    beside = all(lines[edge] > left + item.across if right else lines[edge] < left for edge in edges)
    if item.body is None and not item.is_port and beside and len(edges) <= max(1, int((item.along - SLOT) / SLOT)):
        x = left + item.across if right else left
        for rank, edge in enumerate(edges, 1):
            y = top + item.along * rank / (len(edges) + 1)
            ends[edge] = [(lines[edge], y), (x, y)]
        return ends
    count, used = len(edges), 0
    room = min(ANCHOR, (item.across / 2 - 8) / (count or 1))
    for rank, edge in reversed(list(enumerate(edges))):  # the innermost is the lowest
        y, x = top, left + item.entry(edge.value)
        if item.body is None and not item.is_port:
            x += (1 if right else -1) * room * (rank + 1)
        if not item.is_port:
            near, far = min(lines[edge], x), max(lines[edge], x)
            used += found.taken.first_free(top - HEAD - TRACK * used, -TRACK, near, far, edge.value)
            y -= HEAD + TRACK * used
            used += 1
        ends[edge] = [(lines[edge], y), (x, y), (x, top)]
    if not item.is_port:
        found.tracks.heads[item.key] = max(used, found.tracks.heads.get(item.key, 0))
    return ends


def demands(
    body: Body, routes: Routes, tops: Mapping[str, float], places: Places, known: Sequence[Below]
) -> list[Below]:
    """What must stand lower, so that no line runs across a box."""
    found: list[Below] = []
    above = Order(body, known)
    boxes = [
        (places.lefts[key] - CLEAR, places.lefts[key] + item.across + CLEAR, tops[key], tops[key] + item.along, item)
        for key, item in body.items.items()
        if not item.is_port
    ]
    for level in routes.levels:
        y, ends = level.y, (level.edge.source, level.edge.target)
        for left, right, top, bottom, item in boxes:
            across = left < level.right and level.left < right
            if across and top - CLEAR < y < bottom + CLEAR and item.key not in ends:
                for one in _demand(body, level, item, tops, above):
                    found.append(one)
                    above.add(one)
    return found


def _demand(body: Body, level: Level, item: Item, tops: Mapping[str, float], above: "Order") -> Iterator[Below]:
    source, target = body.items[level.edge.source], body.items[level.edge.target]
    if level.at_foot:
        if not above.leads(item.key, source.key):
            yield Below(source.key, item.key, level.y - tops[source.key] - source.along + FOOT)
        return
    lower = tops[item.key] + item.along + FOOT - tops[target.key]
    raise_ = tops[target.key] + target.along + FOOT - tops[item.key]
    down, up = not above.leads(target.key, item.key), not above.leads(item.key, target.key)
    if down and (lower <= raise_ or not up):
        yield Below(item.key, target.key, FOOT + max(HEAD, tops[target.key] - level.y))
    elif up:
        yield Below(target.key, item.key, FOOT + HEAD)


class Order:
    """Which item stands above which in any case: by the edges of a body, and by what was demanded."""

    def __init__(self, body: Body, known: Sequence[Below]) -> None:
        self._after: dict[str, set[str]] = {}
        for edge in body.edges:
            above, below = upright(body, edge)
            self._after.setdefault(above, set()).add(below)
        for one in known:
            self.add(one)

    def add(self, one: Below) -> None:
        """From now on this counts, too."""
        self._after.setdefault(one.above, set()).add(one.below)

    def leads(self, start: str, end: str) -> bool:
        """Whether one item stands above another."""
        left, seen = [start], {start}
        while left:
            for key in self._after.get(left.pop(), ()):
                if key == end:
                    return True
                if key not in seen:
                    seen.add(key)
                    left.append(key)
        return False
