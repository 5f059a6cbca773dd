"""Body → chains: items that stand in one straight line, the main path first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnviz_action.render.layout.bodies import HEAVY, Body, Edge, Item

EASE = 0.002  # how much a path counts more for each module that it enters or leaves on that one's main path
LOST = 0.4  # of the weight of what follows: a straight path is taken that is lighter than another by no more
NEAR = 30.0  # pixels from a module's main path, at which a chain may still enter it


@dataclass(eq=False)
class Chain:
    """Items in a row, and the edge from each to the next.

    `before` is an edge that comes down to the first from elsewhere in the line of the chain, `after` are those that
    go on down from the last to join others.
    """

    items: list[Item]
    edges: list[Edge]
    before: Edge | None = None
    after: tuple[Edge, ...] = ()


@dataclass(eq=False)
class Lane:
    """A straight line of its own for a value that passes by others, from `source` to all of `edges`."""

    source: Item
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Plan:
    """Which way each edge of a body goes: in a chain, before or behind one, or in a lane."""

    chains: list[Chain]
    lanes: list[Lane]


def plan(body: Body) -> Plan:
    """The chains of a body, and lanes for what is left."""
    chains = _chains(body)
    put_middle_first(body, chains)
    chain_of = {item.key: chain for chain in chains for item in chain.items}
    inside = {edge for chain in chains for edge in chain.edges}
    lanes: dict[tuple[str, object], list[Edge]] = {}
    for edge in body.edges:
        if edge not in inside:
            lanes.setdefault((edge.source, edge.value), []).append(edge)
    left: list[Lane] = []
    for edges in lanes.values():
        source, chain = body.items[edges[0].source], chain_of[edges[0].source]
        if any(is_back(body, edge) for edge in edges):
            left.append(Lane(source, tuple(edges)))
        elif chain.items[-1] is source and not chain.after:
            chain.after = tuple(edges)
        else:
            rest = [edge for edge in edges if not _begins(chain_of[edge.target], edge)]
            left += [Lane(source, tuple(rest))] if rest else []
    return Plan(chains, left)


def put_middle_first(body: Body, chains: list[Chain]) -> None:
    """Of an odd number of alike branches the middle one becomes part of the main path: the others stand around it."""
    main = chains[0]
    places = {item.key: place for place, item in enumerate(main.items)}
    groups: dict[tuple[str, str], list[Chain]] = {}
    for chain in chains[1:]:
        into = [edge for edge in body.edges if edge.target == chain.items[0].key]
        out = [edge for edge in body.edges if edge.source == chain.items[-1].key]
        if len(into) == 1 == len(out) and into[0].source in places and out[0].target in places:
            groups.setdefault((into[0].source, out[0].target), []).append(chain)
    for (fork, merge), branches in groups.items():
        first, last = places[fork] + 1, places[merge]
        run = main.items[first:last]
        alike = [chain for chain in branches if _told(chain.items) == _told(run)]
        ranked = sorted([run[0].order, *(chain.items[0].order for chain in alike)] if run else [])
        if run and len(ranked) % 2:
            chosen = next((c for c in alike if c.items[0].order == ranked[len(ranked) // 2]), None)
            if chosen is not None:
                _exchange(body, main, first, last, chosen)


def _told(items: Sequence[Item]) -> list[object]:
    """What branches are alike by: their layers, or all that is in them where they have none."""
    return [item.alike for item in items if item.weight >= HEAVY] or [item.alike for item in items]


def _exchange(body: Body, main: Chain, first: int, last: int, other: Chain) -> None:
    items, edges = main.items[first:last], main.edges[first : last - 1]
    ends = [edge for edge in body.edges if edge.target == other.items[0].key or edge.source == other.items[-1].key]
    main.items[first:last] = other.items
    main.edges[first - 1 : last] = [ends[0], *other.edges, ends[-1]]
    other.items, other.edges = items, edges


def _begins(chain: Chain, edge: Edge) -> bool:
    """Whether an edge comes down in the line of a chain to its first item; if so, it is kept there."""
    if chain.items[0].key != edge.target or chain.before is not None:
        return False
    chain.before = edge
    return True


def is_back(body: Body, edge: Edge) -> bool:
    """Whether an edge goes up: what it leads to comes before where it is from."""
    return body.items[edge.source].order >= body.items[edge.target].order


def upright(body: Body, edge: Edge) -> tuple[str, str]:
    """The upper and the lower end of an edge."""
    return (edge.target, edge.source) if is_back(body, edge) else (edge.source, edge.target)


def _chains(body: Body) -> list[Chain]:
    """The heaviest path, then the heaviest of what is left, until nothing is."""
    order = sorted(body.items.values(), key=lambda item: item.order)
    into: dict[str, list[Edge]] = {item.key: [] for item in order}
    for edge in body.edges:
        if not is_back(body, edge):
            into[edge.target].append(edge)
    free, found = {item.key for item in order}, list[Chain]()
    while free:
        chain = _heaviest([item for item in order if item.key in free], into, body)
        parts = list(_parts(chain, body))
        found += parts if found else sorted(parts, key=lambda part: -sum(item.weight for item in part.items))
        free -= {item.key for item in chain.items}
    return found


def _parts(chain: Chain, body: Body) -> Iterator[Chain]:
    """A chain, cut where it would bend."""
    start = 0
    for place, edge in enumerate(chain.edges):
        if _bends(body, edge) and edge.value not in body.sole:
            yield Chain(chain.items[start : place + 1], chain.edges[start:place])
            start = place + 1
    yield Chain(chain.items[start:], chain.edges[start:])


def _bends(body: Body, edge: Edge) -> bool:
    """Whether an edge enters or leaves a module far from that module's own main path."""
    source, target = body.items[edge.source], body.items[edge.target]
    return _is_aside(source, source.exit(edge.value)) or _is_aside(target, target.entry(edge.value))


def _ease(edge: Edge, items: Mapping[str, Item]) -> float:
    """What counts for a path that leaves and enters modules on their own main paths."""
    source, target = items[edge.source], items[edge.target]
    return EASE * sum(
        (not _is_aside(source, source.exit(edge.value)), not _is_aside(target, target.entry(edge.value)))
    )


def _is_aside(item: Item, x: float) -> bool:
    return item.body is not None and not item.is_wrapped and abs(x - item.axis) > NEAR


def _heaviest(order: Sequence[Item], into: Mapping[str, list[Edge]], body: Body) -> Chain:
    below = _below(order, into)
    weights: dict[str, float] = {}
    through: dict[str, Edge | None] = {}
    for item in order:
        edges = [edge for edge in into[item.key] if edge.source in weights]
        best = _best(edges, weights, LOST * below[item.key], body)
        weights[item.key] = item.weight + (weights[best.source] + _ease(best, body.items) if best else 0)
        through[item.key] = best
    last = max(weights, key=lambda key: weights[key])
    chain = Chain([body.items[last]], [])
    while (edge := through[chain.items[0].key]) is not None:
        chain.items.insert(0, body.items[edge.source])
        chain.edges.insert(0, edge)
    return chain


def _below(order: Sequence[Item], into: Mapping[str, list[Edge]]) -> dict[str, float]:
    """The weight of the heaviest path from each item on, itself included."""
    following: dict[str, float] = {}
    found: dict[str, float] = {}
    for item in reversed(order):
        found[item.key] = item.weight + following.get(item.key, 0.0)
        for edge in into[item.key]:
            following[edge.source] = max(found[item.key], following.get(edge.source, 0.0))
    return found


def _best(edges: Sequence[Edge], weights: Mapping[str, float], most_lost: float, body: Body) -> Edge | None:
    """The edge at the end of the heaviest path; where it bends, that of a straight one that is not much lighter."""
    best = max(edges, key=lambda edge: weights[edge.source], default=None)
    if best is None or not _bends(body, best):
        return best
    straight = [edge for edge in edges if not _bends(body, edge)]
    other = max(straight, key=lambda edge: weights[edge.source], default=best)
    return other if weights[best.source] - weights[other.source] <= most_lost else best
