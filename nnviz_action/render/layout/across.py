"""How far to the right each chain and each lane of a body stands: near what it belongs to, and free of all others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TypeGuard

from nnviz_action.render.layout.bodies import Body, Edge
from nnviz_action.render.layout.chains import Chain, Lane, Plan
from nnviz_action.render.layout.heights import Tracks
from nnviz_action.render.layout.patches import Patch, free, passes, patches_of, push

STEP, MOST_STEPS = 34.0, 6  # by how much, and how often, what ends here may stand lower
CROWD = 300  # patches: with more, nothing is tried lower


@dataclass
class Places:
    """Where the items' left edges are, and the lines of lanes and of what goes on behind a chain."""

    lefts: dict[str, float] = field(default_factory=dict)
    lanes: dict[int, float] = field(default_factory=dict)  # by the id of a lane
    tails: dict[int, float] = field(default_factory=dict)  # by the id of a chain
    starts: dict[int, float] = field(default_factory=dict)  # where a chain begins, by its id
    taken: list[Patch] = field(default_factory=list)
    floors: dict[str, float] = field(default_factory=dict)  # upper edges of what came to stand lower
    main: float = 0.0  # the line of the main path


def spread(body: Body, plan: Plan, tops: dict[str, float], tracks: Tracks, lowers: bool) -> Places:
    """The main chain first; then what is next to something that stands already, the shortest first.

    If it `lowers`, what nothing follows on, such as the results of a model, may come to stand lower than `tops` said:
    not so in a module, whose results go on below.
    """
    places = Places()
    lowers = lowers and not body.modules
    chain_of = {item.key: chain for chain in plan.chains for item in chain.items}
    everything: list[Chain | Lane] = [*plan.chains, *plan.lanes]
    room = {id(one): patches_of(one, body, tops, tracks) for one in everything}
    joined = _joined(body, plan, chain_of)
    for one in _in_turn(everything, chain_of, joined, [_length(room[id(one)]) for one in everything]):
        patches, axis = room[id(one)], 0.0
        if one is not everything[0]:
            start, side = _wish(one, joined[id(one)], body, chain_of, places)
            axis = free(patches, places.taken, start, side)
            if lowers and abs(axis - start) > STEP and _ends_here(one, joined[id(one)], places):
                places.floors |= _lowered(one, start, side, body, tops, tracks, places)
                tops |= places.floors
                patches = patches_of(one, body, tops, tracks)
                axis = free(patches, places.taken, start, side)
        shift = sum(body.shifts.get(item.key, 0.0) for item in one.items) if isinstance(one, Chain) else 0.0
        if shift and places.taken:
            axis = push(patches, places.taken, axis + shift, 1.0 if shift > 0 else -1.0)
        _put(one, axis, patches, places)
    return places


def _ends_here(one: Chain | Lane, joined: Sequence[Edge], places: Places) -> TypeGuard[Chain]:
    """Whether it is a chain on which nothing follows, and not one of a crowd."""
    if isinstance(one, Lane) or len(places.taken) >= CROWD:
        return False
    inside = {item.key for item in one.items}
    return not any(edge.source in inside for edge in joined)


def _lowered(
    one: Chain, start: float, side: float, body: Body, tops: Mapping[str, float], tracks: Tracks, places: Places
) -> dict[str, float]:
    """Where a chain stands nearer to what it comes from: results form a ladder, no long row."""
    found: dict[float, dict[str, float]] = {}
    for drop in (step * STEP for step in range(MOST_STEPS + 1)):
        lower = {item.key: tops[item.key] + drop for item in one.items}
        axis = free(patches_of(one, body, {**tops, **lower}, tracks), places.taken, start, side)
        found.setdefault(abs(axis - start) + drop, lower)
    return found[min(found)]


def _joined(body: Body, plan: Plan, chain_of: Mapping[str, Chain]) -> dict[int, list[Edge]]:
    """The edges that lead to or from each chain, and those of each lane, by their ids."""
    joined: dict[int, list[Edge]] = {id(lane): list(lane.edges) for lane in plan.lanes}
    joined |= {id(chain): [] for chain in plan.chains}
    for edge in body.edges:
        source, target = chain_of[edge.source], chain_of[edge.target]
        if source is not target:
            joined[id(source)].append(edge)
            joined[id(target)].append(edge)
    return joined


def _in_turn(
    everything: Sequence[Chain | Lane],
    chain_of: Mapping[str, Chain],
    joined: Mapping[int, list[Edge]],
    lengths: Sequence[float],
) -> Iterator[Chain | Lane]:
    """The main chain; then always the shortest of what is next to something that came before.

    A chain is so where anything that it is joined to has come, a lane where all has.
    """
    ranks = {id(one): rank for rank, one in enumerate(everything)}
    waits: list[set[int]] = []
    after: dict[int, list[int]] = {}
    for rank, one in enumerate(everything):
        ends = {ranks[id(chain_of[key])] for edge in joined[id(one)] for key in (edge.source, edge.target)}
        waits.append(ends - {rank})
        for other in ends - {rank}:
            after.setdefault(other, []).append(rank)
    left, ready = dict.fromkeys(range(len(everything))), list[tuple[float, int]]()
    while left:
        rank = heappop(ready)[1] if ready and len(left) < len(everything) else next(iter(left))
        if rank not in left:
            continue
        del left[rank]
        yield everything[rank]
        for other in after.get(rank, ()):
            waits[other].discard(rank)
            if other in left and (isinstance(everything[other], Chain) or not waits[other]):
                heappush(ready, (lengths[other], other))


def _length(patches: Sequence[Patch]) -> float:
    return max(p.bottom for p in patches) - min(p.top for p in patches)


def _wish(
    one: Chain | Lane, joined: Sequence[Edge], body: Body, chain_of: Mapping[str, Chain], places: Places
) -> tuple[float, float]:
    """Where it would best begin, and to which side it goes from there: -1 is left, 1 right."""
    if isinstance(one, Lane):
        return places.lefts[one.source.key] + one.source.exit(one.edges[0].value), 1.0
    keys = {item.key for item in one.items}
    into = [edge for edge in joined if edge.target in keys and edge.source in places.lefts]
    out = [edge for edge in joined if edge.source in keys and edge.target in places.lefts]
    forks = [edge for edge in into if edge.target == one.items[0].key] or into
    side = _side(one, chain_of, forks, out, body, places)
    for edge in out:
        if edge in one.after:
            target, wide = body.items[edge.target], any(item.body is not None for item in one.items)
            line = target.axis if target.body is not None and wide else target.entry(edge.value)
            return places.lefts[edge.target] + line - _shift(one), side
    for edge in forks:
        source = body.items[edge.source]
        ends = edge in chain_of[edge.source].after and source.body is not None and not one.items[0].is_port
        return places.lefts[edge.source] + (source.axis if ends else source.exit(edge.value)), side
    for edge in out:
        return places.lefts[edge.target] + body.items[edge.target].entry(edge.value), side
    return 0.0, side


def _side(
    one: Chain,
    chain_of: Mapping[str, Chain],
    forks: Sequence[Edge],
    out: Sequence[Edge],
    body: Body,
    places: Places,
) -> float:
    """In the author's order from left to right; what belongs to a branch goes on outwards."""
    if not forks and not out:
        return 1.0
    base = chain_of[forks[0].source if forks else out[0].target]
    axis = places.starts[id(base)]
    if axis:
        return 1.0 if axis > 0 else -1.0
    if forks:
        item = body.items[forks[0].source]
        beside = next((other for other in base.items if other.order > item.order), item)
    else:
        beside = base.items[0]
    return -1.0 if one.items[0].order < beside.order and not one.items[0].is_port else 1.0


def _shift(chain: Chain) -> float:
    """By how much the line of a chain ends to the right of where it begins."""
    axis = 0.0
    for index, item in enumerate(chain.items):
        entry, leave = passes(chain, index, item)
        axis += leave - entry
    return axis


def _put(one: Chain | Lane, axis: float, patches: Sequence[Patch], places: Places) -> None:
    places.taken += [Patch(axis + p.left, axis + p.right, p.top, p.bottom) for p in patches]
    if isinstance(one, Lane):
        places.lanes[id(one)] = axis
        return
    places.starts[id(one)] = axis
    for index, item in enumerate(one.items):
        entry, leave = passes(one, index, item)
        places.lefts[item.key] = axis - entry
        axis += leave - entry
    places.tails[id(one)] = axis
