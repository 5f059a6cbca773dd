"""The parts of a model that are shown, and what passes between them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from nnviz_action.drawing.boxes import Arrow, Box
from nnviz_action.drawing.stages.items import Item, Modules
from nnviz_action.graph.numbers import NOTHING, Numbers

ENDS, LIGHT, LAYER, STAGE = "ends", "light", "layer", "stage"


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

    def boxes(self) -> Iterator[Box]:
        """All boxes in it."""
        return (box for item in self.items for box in item.boxes)

    def take(self, other: "Part") -> None:
        """Become one with another."""
        self.items = [*self.items, *other.items] if self.order < other.order else [*other.items, *self.items]
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
    before: dict[Part, dict[Part, None]] = field(default_factory=dict)
    after: dict[Part, dict[Part, None]] = field(default_factory=dict)

    def merge(self, one: Part, other: Part) -> None:
        """Make one part of two."""
        one.take(other)
        for near, back in ((self.before, self.after), (self.after, self.before)):
            for neighbour in near.pop(other):
                back[neighbour].pop(other)
                if neighbour is not one:
                    near[one][neighbour] = None
                    back[neighbour][one] = None
        self.parts.pop(other)

    def remove(self, part: Part) -> None:
        """Leave a part out with all that leads to it and from it."""
        self.parts.pop(part)
        for near, back in ((self.before, self.after), (self.after, self.before)):
            for neighbour in near.pop(part):
                back[neighbour].pop(part)

    def skip(self, part: Part) -> None:
        """Leave a part out: what it took goes to where it led."""
        for one in self.before[part]:
            for other in self.after[part]:
                self.after[one][other] = None
                self.before[other][one] = None
        self.remove(part)

    def is_sole(self, one: Part, other: Part) -> bool:
        """Whether all that one gives goes to the other, and that takes nothing else."""
        return len(self.after[one]) == 1 == len(self.before[other]) and other in self.after[one]

    def may_merge(self, one: Part, other: Part) -> bool:
        """Whether both stand in one frame, and no third part is between them."""
        return one.frame == other.frame and not (self.leads(one, other) or self.leads(other, one))

    def leads(self, one: Part, other: Part) -> bool:
        """Whether a way leads from one to the other through a third."""
        left = [part for part in self.after[one] if part is not other]
        seen = set(left)
        while left:
            for part in self.after[left.pop()]:
                if part is other:
                    return True
                if part not in seen:
                    seen.add(part)
                    left.append(part)
        return False

    def in_order(self) -> list[Part]:
        """The parts so that each comes behind those that lead to it, else as they are called."""
        waits = {part: len(self.before[part]) for part in self.parts}
        left = sorted(self.parts, key=lambda part: part.order)
        found: list[Part] = []
        while left:
            part = next((part for part in left if not waits[part]), left[0])
            left.remove(part)
            found.append(part)
            for other in self.after[part]:
                waits[other] -= 1
        return found

    @property
    def inner(self) -> list[Part]:
        """All but inputs and outputs."""
        return [part for part in self.parts if part.rank != ENDS]


def make_web(parts: Sequence[Part], arrows: Iterable[Arrow], copies: Mapping[str, tuple[object, int]]) -> Web:
    """The web of these parts. `copies` tells of boxes in open runs in which module of which run they lie: what passes
    from one module of a run to another is not shown."""
    web = Web(dict.fromkeys(parts), {part: {} for part in parts}, {part: {} for part in parts})
    holder = {box.key: part for part in parts for box in part.boxes()}
    for arrow in arrows:
        if arrow.source not in holder or arrow.target not in holder or passes_on(arrow, copies):
            continue
        one, other = holder[arrow.source], holder[arrow.target]
        if one is not other:
            web.after[one][other] = None
            web.before[other][one] = None
    return web


def passes_on(arrow: Arrow, copies: Mapping[str, tuple[object, int]]) -> bool:
    """Whether an arrow leads from one module of an open run to another."""
    one, other = copies.get(arrow.source), copies.get(arrow.target)
    return one is not None and other is not None and one[0] == other[0] and one[1] != other[1]
