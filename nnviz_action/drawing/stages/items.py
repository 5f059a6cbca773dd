"""Boxes → a tree of modules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.details import VIEWS
from nnviz_action.graph.numbers import NOTHING, Numbers
from nnviz_action.graph.values import Module, own_name

Modules = tuple[Module, ...]
_FLAT = ("Flatten", "Unflatten")  # torch's modules that only show a value in another shape
LAYERS = frozenset("convolution linear attention recurrent embedding control opaque".split())  # noqa: SIM905


@dataclass(eq=False)
class Item:
    """A module, a run of modules of one class, or a single box, with all boxes in it in order.

    `around` are the modules around it. `copies` tells of each box in a run in which of its modules it lies;
    `alike` is for how many it stands, one in each module of an open run. `place` is that of its first box.
    """

    around: Modules
    boxes: list[Box]
    module: Module | None = None
    children: list["Item"] = field(default_factory=list)
    copies: dict[str, int] = field(default_factory=dict)
    alike: int = 1
    place: int = 0

    @cached_property
    def numbers(self) -> Numbers:
        """Those of all its boxes."""
        return sum((box.numbers for box in self.boxes), NOTHING)

    @property
    def path(self) -> Modules:
        """The modules around its children."""
        return (*self.around, self.module) if self.module else self.around

    @cached_property
    def name(self) -> str:
        """What its author calls it, from the module around it."""
        return own_name(self.path) if self.module else self.boxes[0].title

    @cached_property
    def kind(self) -> str:
        """Its class; of a box that is no module what is called."""
        return self.module.short_kind if self.module else self.boxes[0].subtitle or self.boxes[0].title

    @property
    def repeats(self) -> bool:
        """Whether it stands for several that are alike."""
        return self.module is not None and self.module.copies > 1

    @cached_property
    def layers(self) -> list[Box]:
        """The boxes in it that multiply or hold weights, but for those that only scale."""
        return [box for box in self.boxes if is_layer(box)]

    @cached_property
    def count(self) -> int:
        """How many layers there are, all copies counted."""
        return sum(prod(m.copies for m in box.modules[len(self.around) :]) for box in self.layers)

    @cached_property
    def stack(self) -> list["Item"]:
        """Modules of one class in it that do most of its work, if there are several."""
        classes: dict[str, list[Item]] = {}
        for child in self.children:
            if child.module is not None and child.layers:
                classes.setdefault(child.kind, []).append(child)
        main = max(classes.values(), key=lambda items: _work(*items), default=[])
        several = sum(copies_of(child) for child in main) > 1 and bool(main[0].kind)
        return main if several and holds_most(main, self) else []

    @cached_property
    def is_one_layer(self) -> bool:
        """Whether it is a layer, maybe with a normalisation and an activation around it."""
        return len(self.layers) == self.alike and not any(
            m.copies > 1 for m in self.layers[0].modules[len(self.around) :]
        )


def is_layer(box: Box) -> bool:
    """Whether a box is more than a step between layers."""
    weighs = box.numbers.parameters > 1 or box.numbers.macs > 0  # a single factor is none
    return (box.kind in LAYERS and (weighs or bool(box.subtitle))) or (weighs and box.kind in ("shape", "arithmetic"))


def is_view(box: Box) -> bool:
    """Whether a box only gives the values that it takes another shape, or hands them on."""
    names = box.title.split(" · ")
    moves = box.kind == "shape" and not box.numbers.parameters
    return box.kind == "entry" or (
        moves and (box.subtitle in _FLAT if box.subtitle else all(n in VIEWS or n[:1] in ("[", "…") for n in names))
    )


def tree(boxes: Iterable[Box]) -> Item:
    """The outermost item, of no module."""
    root = Item((), [])
    items: dict[Modules, Item] = {(): root}
    for place, box in enumerate(boxes):
        for depth in range(len(box.modules) + 1):
            path = box.modules[:depth]
            if path not in items:
                items[path] = Item(path[:-1], [], path[-1], place=place)
                items[path[:-1]].children.append(items[path])
            items[path].boxes.append(box)
        items[box.modules].children.append(Item(box.modules, [box], place=place))
    return root


def _work(*items: Item) -> tuple[int, int]:
    return sum(item.numbers.macs for item in items), sum(item.numbers.parameters for item in items)


def holds_most(items: Sequence[Item], whole: Item) -> bool:
    """Whether at least half of the work or of the parameters of a module is in these."""
    return any(mine >= all_ / 2 for mine, all_ in zip(_work(*items), _work(whole), strict=True) if all_)


def copies_of(item: Item) -> int:
    """For how many modules an item stands."""
    return item.module.copies if item.module else 1
