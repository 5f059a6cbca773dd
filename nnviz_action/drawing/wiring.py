"""What each copy of a run of equal blocks receives and gives, in terms of the first copy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.copies import Copies, Members, Run

_ENDS = ("io", "output")  # kinds of boxes of which each copy may have its own


class Taken(NamedTuple):
    """What a copy receives: from which of its boxes so many copies before, or, where `back` is 0, from which box
    outside; and in which of its own."""

    source: str
    back: int
    target: str
    label: str
    style: str


class Given(NamedTuple):
    """What a copy gives to a box behind the run: `end` is that; empty for a result of its own."""

    source: str
    end: str
    label: str
    style: str


@dataclass(frozen=True)
class Wiring:
    """A run and the arrows of its copies; the first copies that receive alike count, all else is outside."""

    run: Run
    drawing: Drawing
    inside: Members

    @cached_property
    def _copies(self) -> Copies:
        return Copies.of(self.run, self.inside)

    @cached_property
    def keys(self) -> list[list[str]]:
        """The boxes of each copy, in order."""
        found: list[list[str]] = [[] for _ in range(self.run.count)]
        for key, number in self._copies.number.items():
            found[number].append(key)
        return found

    def taken(self, copy: int) -> frozenset[Taken]:
        """What a copy receives."""
        number, first = self._copies.number, self._copies.first
        found: set[Taken] = set()
        for key in self.keys[copy]:
            for a in self.drawing.entering(key):
                other = number.get(a.source)
                if other is None:
                    found.add(Taken(a.source, 0, first[key], a.label, a.style))
                elif other != copy:
                    found.add(Taken(first[a.source], copy - other, first[key], a.label, a.style))
        return frozenset(found)

    @cached_property
    def second(self) -> frozenset[Taken]:
        """What the second copy receives."""
        return self.taken(1)

    @cached_property
    def fed(self) -> int:
        """How many copies are alike in themselves, and in what they receive, but for what the first one does."""
        if self._within(1) != self._within(0):
            return 1
        rest = range(2, self.run.count)
        return 2 + sum(1 for _ in takewhile(self._is_as_second, rest))

    def _is_as_second(self, copy: int) -> bool:
        return self.taken(copy) == self.second and self._within(copy) == self._within(0)

    def _within(self, copy: int) -> frozenset[Arrow]:
        """The arrows between several blocks that make up a copy, as they are in the first."""
        if self.run.period == 1:
            return frozenset()
        first, arrows = self._copies.first, self.drawing.arrows_within(dict.fromkeys(self.keys[copy]))
        return frozenset(replace(a, source=first[a.source], target=first[a.target]) for a in arrows)

    def given(self, copy: int) -> dict[Given, int]:
        """What a copy gives to what is behind the run, with the place of that."""
        found: dict[Given, int] = {}
        for key in self.keys[copy]:
            for a in self.drawing.leaving(key):
                if self._copies.number.get(a.target, self.fed) >= self.fed:
                    own = Given(self._copies.first[key], "", a.label, a.style)
                    end = own if self._is_own(a.target) and own not in found else own._replace(end=a.target)
                    found[end] = self.drawing.place(a.target)
        return found

    def _is_own(self, key: str) -> bool:
        return self.drawing.box(key).kind in _ENDS and len(self.drawing.entering(key)) == 1

    def block(self, key: str) -> Sequence[Box]:
        """The boxes of the block that a box is in; none where that is no neighbour of the copies."""
        return self.inside.get(self.drawing.box(key).modules[: self.run.depth], ())

    def last_values(self, copy: int) -> set[tuple[str, str]]:
        """The values, by source and label, that the last box gives of all that give something to behind a copy."""
        keys, first, number = self.keys[copy], self._copies.first, self._copies.number
        for key in reversed(keys):
            values = {(first[key], a.label) for a in self.drawing.leaving(key) if number.get(a.target, -1) != copy}
            if values:
                return values
        return set()
