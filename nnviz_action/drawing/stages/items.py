"""Boxes → a tree of modules, and the runs of one class in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod

from nnviz_action.drawing.boxes import Box
from nnviz_action.graph.numbers import NOTHING, Numbers
from nnviz_action.graph.values import Module, own_name

Modules = tuple[Module, ...]
LAYERS = frozenset("convolution linear attention recurrent embedding control opaque".split())  # noqa: SIM905
ALIKE = 0.9  # of the work of another module: with so much it does the same
LONGEST = 6  # modules of one class in a row: more of them are one in any case


@dataclass(eq=False)
class Item:
    """A module, a run of modules of one class, or a single box, with all boxes in it in order.

    `around` are the modules around it. `copies` tells of each box in a run in which of its modules it lies;
    `alike` is for how many it stands, one in each module of an open run.
    """

    around: Modules
    boxes: list[Box]
    module: Module | None = None
    children: list["Item"] = field(default_factory=list)
    copies: dict[str, int] = field(default_factory=dict)
    alike: int = 1

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
        several = sum(_copies(child) for child in main) > 1 and bool(main[0].kind)
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


def tree(boxes: Iterable[Box]) -> Item:
    """The outermost item, of no module."""
    root = Item((), [])
    items: dict[Modules, Item] = {(): root}
    for box in boxes:
        for depth in range(len(box.modules) + 1):
            path = box.modules[:depth]
            if path not in items:
                items[path] = Item(path[:-1], [], path[-1])
                items[path[:-1]].children.append(items[path])
            items[path].boxes.append(box)
        items[box.modules].children.append(Item(box.modules, [box]))
    return root


def grouped(children: Sequence[Item], shapes: dict[str, str], level: int) -> Iterator[Item]:
    """The children with runs of one class as one item: at level 0 those that are long or repeat already, at 1 all
    that give one shape, at 2 all. `shapes` are what boxes give, by their keys."""
    place = 0
    while place < len(children):
        run = _run(children, place, shapes, level)
        yield together(run) if len(run) > 1 else run[0]
        place += len(run)


def _run(children: Sequence[Item], place: int, shapes: dict[str, str], level: int) -> Sequence[Item]:
    first = children[place]
    if first.module is None or not first.kind or first.module.aside:
        return [first]
    end = place + 1
    while end < len(children) and _is_like(first, children[end]):
        end += 1
    run = children[place:end]
    same = next((i for i, item in enumerate(run) if _gives(item, shapes) != _gives(first, shapes)), len(run))
    eager = sum(_copies(item) for item in run) > LONGEST or any(item.repeats for item in run[:same])
    eager = eager or _cost_alike(run[:same])
    if level == 2 or (level == 0 and eager and same == len(run)):
        return run
    return run[:same] if level == 1 or eager else run[:1]


def _is_like(one: Item, other: Item) -> bool:
    return (
        other.module is not None
        and not other.module.aside
        and one.module is not None
        and one.module.kind == other.module.kind
        and one.is_one_layer == other.is_one_layer
    )


def _cost_alike(run: Sequence[Item]) -> bool:
    """Whether modules do the same work, but for a trifle: the first of a T5 has a table that the others lack."""
    work = [item.numbers.macs or item.numbers.parameters for item in run]
    return len(run) > 1 and min(work) > ALIKE * max(work)


def _gives(item: Item, shapes: dict[str, str]) -> str:
    return next((shapes[box.key] for box in reversed(item.boxes) if shapes.get(box.key)), "")


def _work(*items: Item) -> tuple[int, int]:
    return sum(item.numbers.macs for item in items), sum(item.numbers.parameters for item in items)


def holds_most(items: Sequence[Item], whole: Item) -> bool:
    """Whether at least half of the work or of the parameters of a module is in these."""
    return any(mine >= all_ / 2 for mine, all_ in zip(_work(*items), _work(whole), strict=True) if all_)


def _copies(item: Item) -> int:
    return item.module.copies if item.module else 1


def together(run: Sequence[Item]) -> Item:
    """One item for several modules of one class. It can be opened where the same is in each."""
    first, last = run[0], run[-1]
    assert first.module is not None
    start, end = first.name.partition(" … ")[0], last.name.rpartition(" … ")[2]
    end = end if " … " in last.name else end.rpartition(".")[2]
    count = sum(_copies(item) for item in run)
    module = replace(first.module, title=f"{start} … {end}", copies=count, shared=False)
    boxes = [box for item in run for box in item.boxes]
    copies = {box.key: number for number, item in enumerate(run) for box in item.boxes}
    inner = [[child for child in item.children if child.layers] for item in run]
    alike = len({tuple((c.name if c.module else "", c.kind) for c in children) for children in inner}) == 1
    return Item(first.around, boxes, module, _merged(run, inner) if alike else [], copies)


def _merged(run: Sequence[Item], inner: Sequence[Sequence[Item]]) -> list[Item]:
    """The children of the first, each with the boxes of those like it in the others; what is light stays with it."""
    merged: list[Item] = []
    for alike in zip(*inner, strict=True):
        boxes = [box for item in alike for box in item.boxes]
        merged.append(Item(alike[0].around, boxes, alike[0].module, alike=len(run)))
    known = {box.key for item in merged for box in item.boxes}
    merged += [Item(box.modules, [box]) for item in run for box in item.boxes if box.key not in known]
    order = {box.key: place for place, box in enumerate(box for item in run for box in item.boxes)}
    return sorted(merged, key=lambda item: order[item.boxes[0].key])
