"""A body with its bodies → sizes and places: from the innermost module outwards."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from nnviz_action.render.layout.across import Places
from nnviz_action.render.layout.bodies import Body, Edge, Item, Modules, Value, enters, leaves
from nnviz_action.render.layout.chains import Chain, Plan, is_back
from nnviz_action.render.layout.routes import Routes
from nnviz_action.render.layout.settle import Settled, settle
from nnviz_action.render.layout.values import Point

Split = Callable[[Body, Chain, Settled], Settled | None]
Splits = Callable[[Body, Chain, Settled, float], Iterator[Settled | None]]
SHIFTS = 3  # in which ports move to where the arrow outside of them is straight


@dataclass(frozen=True)
class Frame:
    """What an open module needs around its body: room before and behind it, on both sides, and in all across."""

    before: float
    after: float
    left: float
    right: float
    least_across: float = 0.0
    least_along: float = 0.0


@dataclass
class Arranged:
    """A body as it is laid out, from its own left and upper edge, in pixels."""

    body: Body
    lefts: Mapping[str, float]
    tops: Mapping[str, float]
    ways: Mapping[Edge, list[Point]]
    across: float
    along: float
    labels: Mapping[Edge, Point]
    axis: float
    inner: dict[str, "Arranged"] = field(default_factory=dict)
    is_wrapped: bool = False


@dataclass
class Arranger:
    """Arranges a body as often as is wanted; `frame` says what an open module needs around it."""

    frame: Callable[[Modules], Frame]
    settled: dict[Modules, tuple[Settled, Chain]] = field(default_factory=dict)
    done: dict[Modules, Arranged] = field(default_factory=dict)

    def arrange(self, body: Body, place: Modules | None = None, split: Split | None = None) -> Arranged:
        """All that is in a body; `split` sets that of the module at `place` side by side, where it can.

        What is not around that module is not arranged again.
        """
        path = body.modules
        if path in self.done and (place is None or place[: len(path)] != path):
            return self.done[path]
        inner = {
            key: self.arrange(item.body, place, split) for key, item in body.items.items() if item.body is not None
        }
        if path == place and split is not None:
            _take_sizes(body, inner)
            settled, main = self.settled[path]
            return self._framed(body, inner, split(body, main, settled) or settled)
        planned, settled = self._settled(body, inner)
        if place is None:
            planned, settled = self._straightened(body, inner, planned, settled)
        done = self._framed(body, inner, settled)
        if place is None:
            self.settled[path], self.done[path] = (settled, planned.chains[0]), done
        return done

    def within(self, body: Body, limit: float, splits: Splits) -> Arranged:
        """All that is in a body, each that is longer than `limit` in pieces side by side, the innermost first."""
        frame = self.frame(body.modules)
        room = limit - frame.before - frame.after
        inner = {
            key: self.within(item.body, room, splits) for key, item in body.items.items() if item.body is not None
        }
        planned, settled = self._settled(body, inner)
        best = self._framed(body, inner, settled)
        if best.along > limit:
            for found in splits(body, planned.chains[0], settled, room):
                other = self._framed(body, inner, found) if found else best
                best = replace(other, is_wrapped=True) if other.along < best.along else best
        return best

    def _straightened(
        self, body: Body, inner: dict[str, Arranged], planned: Plan, settled: Settled
    ) -> tuple[Plan, Settled]:
        """The same with ports of open modules where the arrows outside are straight, as far as that helps."""
        for _ in range(SHIFTS):
            wanted = _shifts(body, settled[2])
            if not wanted:
                break
            former = {key: inner[key].body.shifts for key in wanted}
            bent = _bent(body, settled[2])
            planned, settled = self._shifted(body, inner, wanted)
            if _bent(body, settled[2]) >= bent:
                return self._shifted(body, inner, former)
        return planned, settled

    def _shifted(
        self, body: Body, inner: dict[str, Arranged], shifts: Mapping[str, dict[str, float]]
    ) -> tuple[Plan, Settled]:
        for key, found in shifts.items():
            module = inner[key].body
            module.shifts = found
            self.done.pop(module.modules)
            inner[key] = self.arrange(module)
        return self._settled(body, inner)

    def _settled(self, body: Body, inner: Mapping[str, Arranged]) -> tuple[Plan, Settled]:
        _take_sizes(body, inner)
        return settle(body)

    def _framed(self, body: Body, inner: dict[str, Arranged], settled: Settled) -> Arranged:
        done = _framed(body, *settled, self.frame(body.modules))
        done.inner = inner
        return done


def _take_sizes(body: Body, inner: Mapping[str, Arranged]) -> None:
    """Open modules are as large as they were arranged last."""
    for key, found in inner.items():
        item = body.items[key]
        item.across, item.along, item.axis = found.across, found.along, found.axis
        item.is_wrapped = found.is_wrapped
        item.ins, item.outs = _ports(found, enters), _ports(found, leaves)


def _aside(body: Body, routes: Routes) -> Iterator[tuple[Edge, float]]:
    """Edges that should be straight, as nothing else joins what they join, and how far to the right they bend."""
    for edge, way in routes.ways.items():
        distance = way[-1][0] - way[0][0]
        if edge.value in body.sole and abs(distance) > 0.1 and len(way) > 2 and not is_back(body, edge):
            yield edge, distance


def _bent(body: Body, routes: Routes) -> float:
    return sum(abs(distance) for _, distance in _aside(body, routes))


def _shifts(body: Body, routes: Routes) -> dict[str, dict[str, float]]:
    """By how much the ports of open modules ought to move, by the key of the module and that of the port."""
    found: dict[str, dict[str, float]] = {}
    for edge, distance in _aside(body, routes):
        ends = (edge.source, leaves(edge.value), distance), (edge.target, enters(edge.value), -distance)
        for key, port, shift in ends:
            item = body.items[key]
            moves = _moves(item, edge, port, shift) if item.body is not None else {}
            if item.body is not None and moves:
                shifts = found.setdefault(key, dict(item.body.shifts))
                shifts.update({name: shifts.get(name, 0.0) + by for name, by in moves.items()})
                break
    return found


def _moves(item: Item, edge: Edge, port: str, shift: float) -> dict[str, float]:
    """How far ports of a module ought to move: this one, or those beside it where it is that of the main path."""
    line = item.exit(edge.value) if port == leaves(edge.value) else item.entry(edge.value)
    if abs(line - item.axis) > 0.1:
        return {port: shift}
    others = [(leaves(value), x) for value, x in item.outs.items()] + [(enters(v), x) for v, x in item.ins.items()]
    return {key: -shift for key, x in others if abs(x - item.axis) > 0.1 and (x < item.axis) == (shift > 0)}


def _ports(done: Arranged, key: Callable[[Value], str]) -> dict[Value, float]:
    values = {edge.value for edge in done.body.edges}
    return {value: done.lefts[key(value)] for value in values if key(value) in done.lefts}


def _framed(body: Body, tops: Mapping[str, float], places: Places, routes: Routes, frame: Frame) -> Arranged:
    """The body moved into its frame; ports move to the frame's edges."""
    rights = [places.lefts[item.key] + item.across for item in body.items.values()]
    rights += [x + body.label(edge)[0] for edge, (x, _) in routes.labels.items()]
    xs = [x for way in routes.ways.values() for x, _ in way]
    ys = [y for way in routes.ways.values() for _, y in way]
    ys += [end for edge, (_, y) in routes.labels.items() for end in (y, y + body.label(edge)[1])]
    left = min([*places.lefts.values(), *xs])
    right = max([*rights, *xs])
    top = min([0.0, *ys])  # an arrow back may lead around the first box
    bottom = max([tops[item.key] + item.along for item in body.items.values()] + ys)
    spare = max(0.0, frame.least_across - (right - left) - frame.left - frame.right)
    dx, dy = frame.left + spare / 2 - left, frame.before - top
    across = right - left + spare + frame.left + frame.right
    along = max(frame.least_along, bottom - top + frame.before + frame.after)
    lefts = {key: x + dx for key, x in places.lefts.items()}
    moved = {key: y + dy for key, y in tops.items()}
    ways = {edge: [(x + dx, y + dy) for x, y in way] for edge, way in routes.ways.items()}
    for edge, way in ways.items():
        if body.items[edge.source].is_port:
            way[0] = (way[0][0], 0.0)
        if body.items[edge.target].is_port:
            way[-1] = (way[-1][0], along)
    labels = {edge: (x + dx, y + dy) for edge, (x, y) in routes.labels.items()}
    return Arranged(body, lefts, moved, ways, across, along, labels, places.main + dx)
