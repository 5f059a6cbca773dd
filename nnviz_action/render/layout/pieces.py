"""A body in pieces side by side, and the lines from the foot of each to the head of the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nnviz_action.render.layout.across import Places
from nnviz_action.render.layout.bodies import Body, Edge
from nnviz_action.render.layout.chains import Chain
from nnviz_action.render.layout.heights import TRACK
from nnviz_action.render.layout.routes import Routes
from nnviz_action.render.layout.settle import Settled
from nnviz_action.render.layout.values import Point

GUTTER = 32.0  # between two columns
BEND = 10.0  # from the last box of a column to where the line turns
CLEAR = 14.0  # from a line that passes to what stands beside it
Way = list[Point]


@dataclass(frozen=True)
class Cut:
    """Between two items of the main path. From `high` to `low` all lines that pass run along the flow; `ranks` count
    them from the right to the left, by their edges. `y` is how far down what follows begins."""

    y: float
    high: float
    low: float
    ranks: Mapping[Edge, int]

    @property
    def lines(self) -> int:
        """How many pass; edges of one value may share a line."""
        return len({*self.ranks.values()})


class Pieces:
    """A body that is cut: its pieces side by side, and the lines from the foot of each to the head of the next."""

    def __init__(self, body: Body, main: Chain, settled: Settled, cuts: Sequence[Cut]) -> None:
        self.body, self.main, self.cuts = body, main, cuts
        self.tops, self.places, self.routes = settled
        self.column = _column_of(body, self.tops, cuts)
        self.pieces = {edge: self._cut(edge, way) for edge, way in self.routes.ways.items()}
        self.pieces = {edge: list(self._near(edge, pieces)) for edge, pieces in self.pieces.items()}
        self.shifts: list[Point] = []
        self.rights: list[float] = []
        offset = 0.0
        for number in range(len(cuts) + 1):
            left, right = self._extent(number)
            self.shifts.append((offset - left, self._head(number)))
            self.rights.append(offset + right - left)
            lines = cuts[number].lines if number < len(cuts) else 0
            offset = self.rights[-1] + GUTTER + TRACK * max(0, lines - 1)

    def settled(self) -> Settled:
        """All of it."""
        moved = {key: self._top(key) for key in self.tops}
        lefts = {key: x + self.shifts[self.column[key]][0] for key, x in self.places.lefts.items()}
        ways = {edge: self._joined(edge, pieces) for edge, pieces in self.pieces.items()}
        labels = dict(self._labels())
        foot = max(moved[item.key] + item.along for item in self.body.items.values() if not item.is_port)
        feet = (cut.high + dy + TRACK * (cut.lines - 1) for cut, (_, dy) in zip(self.cuts, self.shifts, strict=False))
        foot = max(foot, *feet)
        for item in self.body.items.values():
            if item.is_outlet:
                moved[item.key] = max(foot + BEND, moved[item.key])
        axis = self.places.main + self.shifts[self.column[self.main.items[0].key]][0]
        return moved, Places(lefts, main=axis), Routes(ways, labels=labels)

    def _head(self, number: int) -> float:
        """By how much a column moves down: all that passes has turned above its first box."""
        if not number:
            return 0.0
        cut = self.cuts[number - 1]
        return 2 * BEND + TRACK * (cut.lines - 1) - cut.low

    def _top(self, key: str) -> float:
        return max(0.0, self.tops[key] + self.shifts[self.column[key]][1])

    def _extent(self, number: int) -> tuple[float, float]:
        xs = [x for pieces in self.pieces.values() for at, piece in pieces if at == number for x, _ in piece]
        for key, column in self.column.items():
            left = self.places.lefts[key]
            xs += [left, left + self.body.items[key].across] if column == number else []
        return min(xs), max(xs)

    def _cut(self, edge: Edge, way: Way) -> list[tuple[int, Way]]:
        """The pieces of a way, each with its column."""
        found, rest = [], way
        first, last = self.column[edge.source], self.column[edge.target]
        for number in range(first, last):
            cut = self.cuts[number]
            x = _crossing(way, cut.high, cut.low)
            found.append((number, [*(point for point in rest if point[1] <= cut.high), (x, cut.high)]))
            rest = [(x, cut.low), *(point for point in rest if point[1] >= cut.low)]
        return [*found, (max(first, last), rest)]

    def _near(self, edge: Edge, pieces: Sequence[tuple[int, Way]]) -> Iterator[tuple[int, Way]]:
        """The pieces of a way. Where one comes from another column, or leads there, it runs no farther from the main
        path than what stands beside it."""
        for place, (number, piece) in enumerate(pieces):
            into, out = place > 0, place < len(pieces) - 1
            if edge not in self.main.edges and (into or out):
                if into and (out or len(piece) > 2):
                    x = self._nearer(edge, number, piece[0], piece[1])
                    piece = [(x, piece[0][1]), (x, piece[1][1]), *piece[2:]]
                if out and len(piece) > 2:
                    x = self._nearer(edge, number, piece[-2], piece[-1])
                    piece = [*piece[:-2], (x, piece[-2][1]), (x, piece[-1][1])]
            yield number, piece

    def _nearer(self, edge: Edge, number: int, start: Point, end: Point) -> float:
        """Where a line may run along that is joined to another column at one end."""
        boxes = (item for item in self.main.items if not item.is_port and self.column[item.key] == number)
        x, first = start[0], next(boxes, None)
        if first is None:
            return x
        axis = self.places.lefts[first.key] + (first.axis if first.body else first.across / 2)
        right = x > axis
        sides = [s for s in self._sides(edge, number, start[1], end[1], right) if (s < x if right else s > x)]
        near = (max(sides) + CLEAR if right else min(sides) - CLEAR) if sides else x
        return near if abs(near - axis) < abs(x - axis) else x

    def _sides(self, edge: Edge, number: int, top: float, end: float, right: bool) -> Iterator[float]:
        """How far to one side all reaches that stands in a column between two heights."""
        for key, item in self.body.items.items():
            left, upper = self.places.lefts[key], self.tops[key]
            if self.column[key] == number and upper < end + CLEAR and upper + item.along > top - CLEAR:
                yield left + item.across if right else left
        for other, pieces in self.pieces.items():
            for at, piece in pieces if other is not edge else ():
                for (x, y), (to, lower) in pairwise(piece) if at == number else ():
                    if min(y, lower) < end + CLEAR and max(y, lower) > top - CLEAR:
                        yield max(x, to) if right else min(x, to)

    def _joined(self, edge: Edge, pieces: Sequence[tuple[int, Way]]) -> Way:
        found: Way = []
        for number, piece in pieces:
            dx, dy = self.shifts[number]
            found += [(x + dx, max(y + dy, 0.0)) for x, y in piece]
            if (number, piece) != pieces[-1]:
                rank = self.cuts[number].ranks[edge]
                low, high = found[-1][1] + BEND + TRACK * rank, BEND + TRACK * rank
                lane = self.rights[number] + GUTTER / 2 + TRACK * rank
                x = next(piece[0][0] for at, piece in pieces if at == number + 1)
                found[-1:] = [(found[-1][0], low), (lane, low), (lane, high), (x + self.shifts[number + 1][0], high)]
        return found

    def _labels(self) -> Iterator[tuple[Edge, Point]]:
        for edge, (x, y) in self.routes.labels.items():
            dx, dy = self.shifts[sum(y >= cut.high for cut in self.cuts)]
            yield edge, (x + dx, y + dy)


def crossings(way: Way, high: float, low: float) -> list[float]:
    """Where a way passes along from one height to another."""
    return [x for (x, y), (_, end) in pairwise(way) if min(y, end) <= high + 0.1 and max(y, end) >= low - 0.1]


def _crossing(way: Way, high: float, low: float) -> float:
    return crossings(way, high, low)[0]


def _column_of(body: Body, tops: Mapping[str, float], cuts: Sequence[Cut]) -> dict[str, int]:
    """The column of each item. A port stands in that of what is next to it, of several the first."""
    found = {key: sum(tops[key] >= cut.y - 0.1 for cut in cuts) for key in tops}
    entered: dict[str, int] = {}
    for edge in body.edges:
        if body.items[edge.target].is_port:
            found[edge.target] = found[edge.source]
    for edge in body.edges:
        if body.items[edge.source].is_port:
            entered[edge.source] = min(found[edge.target], entered.get(edge.source, len(cuts)))
    return found | entered
