"""The parts of a model that are shown, and what passes between them.

Each box of the drawing is in one part, so an arrow leads from one part to another exactly where a value goes from a
box of the one to a box of the other; the labels of the arrow are the types of these values.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush

from nnviz_action.drawing.boxes import Arrow, Box
from nnviz_action.drawing.stages.items import Item, Modules
from nnviz_action.graph.numbers import NOTHING, Numbers

ENDS, LIGHT, LAYER, STAGE = "ends", "light", "layer", "stage"
_NUMBER = re.compile(r"\A\[\d+\] ")  # which of several results a value is
Near = dict["Part", dict[str, None]]  # neighbours, each with the types of the values on the way


@dataclass(eq=False)
class Part:
    """What becomes one box: items in order. `frame` are the repeated modules that are open around it."""

    items: list[Item]
    frame: Modules
    order: int

    @cached_property
    def numbers(self) -> Numbers:
        """Those of all its items; they change with them."""
        return sum((item.numbers for item in self.items), NOTHING)

    @cached_property
    def rank(self) -> str:
        """Whether it is an input or output, a step of no weight, one or several layers, or a stage."""
        return max((_rank(item) for item in self.items), key=[ENDS, LIGHT, LAYER, STAGE].index)

    @property
    def is_step(self) -> bool:
        """Whether it consists of functions, which may be told wherever they are used."""
        layers = any(box.numbers.parameters and (box.subtitle or box.kind == "normalisation") for box in self.boxes())
        return self.rank == LIGHT and not layers

    @property
    def is_bare(self) -> bool:
        """Whether its layers are torch's own: what the author put into a module is told as that module."""
        return all(item.module is None for item in self.items if item.layers)

    def boxes(self) -> Iterator[Box]:
        """All boxes in it."""
        return (box for item in self.items for box in item.boxes)

    def take(self, other: "Part") -> None:
        """Become one with another."""
        self.items = sorted([*self.items, *other.items], key=lambda item: item.place)
        self.order = min(self.order, other.order)
        for name in ("numbers", "rank"):
            self.__dict__.pop(name, None)


def _rank(item: Item) -> str:
    if item.boxes[0].kind == "io":
        return ENDS
    if not item.layers:
        return LIGHT
    return LAYER if item.is_one_layer else STAGE


@dataclass(eq=False)
class Web:
    """Parts, and for each those before and behind it."""

    parts: dict[Part, None] = field(default_factory=dict)
    before: dict[Part, Near] = field(default_factory=dict)
    after: dict[Part, Near] = field(default_factory=dict)

    def join(self, one: Part, other: Part, labels: Iterable[str]) -> None:
        """An arrow from one part to another, or more values on the one that there is."""
        known = self.after[one].setdefault(other, {})
        known |= dict.fromkeys(labels)
        self.before[other][one] = known

    def merge(self, one: Part, other: Part) -> None:
        """Make one part of two."""
        one.take(other)
        before, after = self.before[other], self.after[other]
        self.remove(other)
        for neighbour, labels in before.items():
            if neighbour is not one:
                self.join(neighbour, one, labels)
        for neighbour, labels in after.items():
            if neighbour is not one:
                self.join(one, neighbour, labels)

    def remove(self, part: Part) -> None:
        """Leave a part out with all that leads to it and from it."""
        self.parts.pop(part)
        for near, back in ((self.before, self.after), (self.after, self.before)):
            for neighbour in near.pop(part):
                back[neighbour].pop(part)

    def skip(self, part: Part) -> None:
        """Leave out a part that hands on what it takes: that goes to where the part led."""
        before, after = self.before[part], self.after[part]
        self.remove(part)
        for one, labels in before.items():
            for other in after:
                self.join(one, other, labels)

    def is_sole(self, one: Part, other: Part) -> bool:
        """Whether all that one gives goes to the other, and that takes nothing else."""
        return len(self.after[one]) == 1 == len(self.before[other]) and other in self.after[one]

    def may_merge(self, one: Part, other: Part) -> bool:
        """Whether both stand in one frame, and no third part is between them."""
        return one.frame == other.frame and not (self.leads(one, other) or self.leads(other, one))

    def leads(self, one: Part, other: Part) -> bool:
        """Whether a way leads from one to the other through a third."""
        return any(part is other for part in self.behind(part for part in self.after[one] if part is not other))

    def behind(self, starts: Iterable[Part]) -> Iterator[Part]:
        """All to which a way leads from some of these, each once."""
        left, seen = list(starts), set[Part]()
        while left:
            new = [other for other in self.after[left.pop()] if other not in seen]
            yield from new
            seen.update(new)
            left += new

    def in_order(self) -> list[Part]:
        """The parts so that each comes behind those that lead to it, else as they are called."""
        waits = {part: len(self.before[part]) for part in self.parts}
        left = {part.order: part for part in sorted(self.parts, key=lambda part: part.order)}
        ready = [place for place, part in left.items() if not waits[part]]
        found: list[Part] = []
        while left:
            part = left.pop(heappop(ready) if ready else next(iter(left)), None)
            if part is not None:
                found.append(part)
                for other in self.after[part]:
                    waits[other] -= 1
                    if not waits[other]:
                        heappush(ready, other.order)
        return found

    @property
    def inner(self) -> list[Part]:
        """All but inputs and outputs."""
        return [part for part in self.parts if part.rank != ENDS]

    @property
    def telling(self) -> list[Part]:
        """The layers and stages."""
        return [part for part in self.parts if part.rank in (LAYER, STAGE)]


def make_web(parts: Sequence[Part], arrows: Iterable[Arrow], copies: Mapping[str, tuple[object, int]]) -> Web:
    """The web of these parts. `copies` tells of boxes in open runs in which module of which run they lie: what passes
    from one module of a run to another is not shown."""
    web = Web(dict.fromkeys(parts), {part: {} for part in parts}, {part: {} for part in parts})
    holder = {box.key: part for part in parts for box in part.boxes()}
    for arrow in arrows:
        one, other = holder[arrow.source], holder[arrow.target]
        if one is not other and not passes_on(arrow, copies):
            web.join(one, other, [_NUMBER.sub("", arrow.value)])
    return web


def passes_on(arrow: Arrow, copies: Mapping[str, tuple[object, int]]) -> bool:
    """Whether an arrow leads from one module of an open run to another."""
    one, other = copies.get(arrow.source), copies.get(arrow.target)
    return one is not None and other is not None and one[0] == other[0] and one[1] != other[1]
