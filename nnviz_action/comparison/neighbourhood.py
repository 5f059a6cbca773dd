"""Where parts that only one graph has stand: in which module of both graphs, and between which layers of both."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from nnviz_action.comparison.flow import Flow, Keys
from nnviz_action.comparison.matching import Matching
from nnviz_action.comparison.parts import Part

Leaves = Mapping[str, Part]


class Neighbourhood:
    """Both graphs as far as they are matched; all is told in words that both of them know."""

    def __init__(self, found: Matching, old: Leaves, new: Leaves) -> None:
        self._twins = {id(part): id(b) for a, b in found.pairs for part in (a, b)}
        self._old = {id(leaf) for leaf in old.values()}
        pairs = [(a, b) for a, b in found.leaves() if b.has_weights or b.is_end]
        self._flows = Flow(old, {a.key: b.key for a, b in pairs}), Flow(new, {b.key: b.key for _, b in pairs})
        self._ends = {b.key for _, b in pairs if b.is_end}
        self._around: dict[int, tuple[Keys, Keys]] = {}

    def home(self, part: Part) -> int:
        """The nearest module around a part that both graphs have; by the id of the new one."""
        around = part.parent
        while around is not None and id(around) not in self._twins:
            around = around.parent
        return self._twins[id(around)] if around is not None else 0

    def parent(self, part: Part) -> int | str:
        """The module around a part, of one graph by its path."""
        around = part.parent
        return "" if around is None else self._twins.get(id(around), around.path)

    def around(self, part: Part) -> tuple[Keys, Keys]:
        """The next layers with weights before a part and behind it; none at all where these are but inputs and
        outputs of the graph, between which all stands."""
        if id(part) not in self._around:
            sides = self._flow(part).around(part)
            self._around[id(part)] = sides if sides[0] | sides[1] > self._ends & (sides[0] | sides[1]) else _NOTHING
        return self._around[id(part)]

    def in_a_row(self, parts: Sequence[Part]) -> list[Part]:
        """Parts as they follow each other; none at all where one does not depend on the other."""
        flow = self._flow(parts[0])
        above = {id(part): flow.upstream(part) for part in parts}
        row = sorted(parts, key=lambda part: len(above[id(part)]))
        follows = all({leaf.key for leaf in a.leaves()} <= above[id(b)] for a, b in pairwise(row))
        return row if follows else []

    def _flow(self, part: Part) -> Flow:
        first = next(part.leaves(), None)
        return self._flows[0 if first is not None and id(first) in self._old else 1]


_NOTHING: tuple[Keys, Keys] = (frozenset(), frozenset())
