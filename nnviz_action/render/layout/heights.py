"""How far down each item of a body stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from nnviz_action.render.layout.bodies import Body, Edge, Item
from nnviz_action.render.layout.chains import Chain, Plan, upright

FOOT, HEAD, TRACK = 6.0, 12.0, 6.0  # from a box to the first bend below and above it; from one bend to the next
STRAIGHT = 14.0  # between two boxes with nothing but an arrow
PORT = 4.0  # between the port where a value enters and what is next to it
ABOVE = HEAD / 2  # from a label to the box that its arrow leads straight to
BESIDE = 2.0  # from where the line of an arrow begins to the label there


@dataclass
class Tracks:
    """How many bends are below and above each item, by its key."""

    feet: dict[str, int] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)

    def with_room_for(self, other: "Tracks") -> "Tracks":
        """As many of each as either has."""
        return Tracks(
            {key: max(n, self.feet.get(key, 0)) for key, n in (self.feet | other.feet).items()},
            {key: max(n, self.heads.get(key, 0)) for key, n in (self.heads | other.heads).items()},
        )

    def gap(self, above: Item, below: Item) -> float:
        """The least distance between two items that follow each other."""
        feet, heads = self.feet.get(above.key, 0), self.heads.get(below.key, 0)
        room = (FOOT + TRACK * (feet - 1) if feet else 0) + (HEAD + TRACK * (heads - 1) if heads else 0)
        least = PORT if above.is_port else 0.0 if below.is_port else STRAIGHT
        return max(least, room + (TRACK if heads and feet else HEAD if feet else 0))


@dataclass(frozen=True)
class Below:
    """That one item stands below another for the sake of a line between them."""

    above: str
    below: str
    gap: float


def stand(
    body: Body, plan: Plan, tracks: Tracks, demands: Iterable[Below], floors: Mapping[str, float]
) -> dict[str, float]:
    """The upper edge of each item; of those in `floors` it is not above that."""
    wanted = [Below(*upright(body, edge), _gap(edge, body, tracks)) for edge in body.edges]
    wanted += demands
    tops = _down(body.items, wanted, floors)
    ends = [item for item in body.items.values() if item.is_outlet]
    if ends:
        lowest = max((tops[i.key] + i.along for i in body.items.values() if not i.is_port), default=0.0)
        lowest = max(lowest, *(tops[item.key] for item in ends))
        tops |= {item.key: lowest for item in ends}
    _sink(body, plan, wanted, tops)
    return tops


def _gap(edge: Edge, body: Body, tracks: Tracks) -> float:
    above, below = upright(body, edge)
    return tracks.gap(body.items[above], body.items[below]) + body.label(edge)[1]


def order_of(items: Mapping[str, Item], wanted: Iterable[Below]) -> list[str]:
    """The items so that each comes after what it must stand below; in a circle, by their own order."""
    after: dict[str, set[str]] = {key: set() for key in items}
    waits = dict.fromkeys(items, 0)
    for one in wanted:
        if one.below not in after[one.above]:
            after[one.above].add(one.below)
            waits[one.below] += 1
    ranked = sorted(items, key=lambda key: items[key].order)
    ranks = {key: rank for rank, key in enumerate(ranked)}
    ready = [rank for rank, key in enumerate(ranked) if not waits[key]]
    left, found = dict.fromkeys(ranked), list[str]()
    while left:
        key = ranked[heappop(ready)] if ready else next(iter(left))
        if key not in left:
            continue
        del left[key]
        found.append(key)
        for other in after[key]:
            waits[other] -= 1
            if not waits[other]:
                heappush(ready, ranks[other])
    return found


def _down(items: Mapping[str, Item], wanted: Iterable[Below], floors: Mapping[str, float]) -> dict[str, float]:
    above: dict[str, list[Below]] = {key: [] for key in items}
    for one in wanted:
        above[one.below].append(one)
    tops: dict[str, float] = {}
    for key in order_of(items, wanted):
        ends = (tops[one.above] + items[one.above].along + one.gap for one in above[key] if one.above in tops)
        tops[key] = max([floors.get(key, 0.0), *ends])
    return tops


def _sink(body: Body, plan: Plan, wanted: Sequence[Below], tops: dict[str, float]) -> None:
    """Chains that nothing leads to stand near what they lead to, but for the main one."""
    reached = {one.below for one in wanted}
    loose = [chain for chain in plan.chains[1:] if not reached & {item.key for item in chain.items[:1]}]
    from_item, to_item = _by(wanted, "above"), _by(wanted, "below")
    lowest = max((tops[item.key] + item.along for item in body.items.values() if not item.is_port), default=0.0)
    for chain in sorted(loose, key=lambda chain: -tops[chain.items[-1].key]):
        if not chain.items[0].is_port:
            into = [one for item in chain.items for one in to_item.get(item.key, ())]
            out = [one for item in chain.items for one in from_item.get(item.key, ())]
            _lower(chain, body, into, out, lowest, tops)


def _by(wanted: Iterable[Below], end: str) -> dict[str, list[Below]]:
    found: dict[str, list[Below]] = {}
    for one in wanted:
        found.setdefault(getattr(one, end), []).append(one)
    return found


def _lower(
    chain: Chain,
    body: Body,
    into: Iterable[Below],
    out: Iterable[Below],
    lowest: float,
    tops: dict[str, float],
) -> None:
    inside = {item.key for item in chain.items}
    if any(one.above not in inside for one in into):
        return
    bottom = max(tops[item.key] + item.along for item in chain.items if not item.is_port)
    gaps = [
        tops[one.below] - one.gap - tops[one.above] - body.items[one.above].along
        for one in out
        if one.below not in inside
    ]
    slack = min([*gaps, lowest - bottom]) if gaps else 0.0
    for key in inside:
        tops[key] += max(0.0, slack)
