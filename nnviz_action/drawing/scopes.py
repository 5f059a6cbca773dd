"""A drawing as a tree: modules, in them modules and boxes, each with what tells whether it is worth its room."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from math import prod

from nnviz_action.drawing.auxiliary import FEWEST, FUNCTIONS, is_auxiliary, join, root_of
from nnviz_action.drawing.boxes import LOUD, Box, Drawing
from nnviz_action.drawing.stage_borders import cuts
from nnviz_action.graph.values import Module, own_name

WIDEST = 24  # groups into which a module is opened that has more children than twice this
CONTAINERS = "torch.nn.modules.container."
_LAYERS, _LIGHT = 0.5, 0.05  # what the number of layers, and of all boxes, counts beside the share of their work
_SMALL = ("shape", "arithmetic")  # kinds of functions that share a box where there is little room
_SIZES = re.compile(r"\d+")


@dataclass(eq=False)
class Scope:
    """A module, or a group of consecutive children of one, with all that is in it, in order.

    `weight` is its share of the model, 0 … 1; `variant` is equal for scopes of one class that hold the same but for
    sizes and numbers of copies.
    """

    module: Module | None
    parents: tuple[Module, ...] = ()
    children: list["Scope | Box"] = field(default_factory=list)
    is_group: bool = False
    weight: float = 0.0
    variant: int = -1

    def boxes(self) -> Iterator[Box]:
        """All boxes in it, in order."""
        for child in self.children:
            if isinstance(child, Box):
                yield child
            else:
                yield from child.boxes()

    def scopes(self) -> Iterator["Scope"]:
        """All scopes in it, each after those inside it."""
        for child in self.children:
            if isinstance(child, Scope):
                yield from child.scopes()
                yield child

    @property
    def depth(self) -> int:
        """How many modules are around its children."""
        return len(self.parents) + 1

    @property
    def inside(self) -> int:
        """At which place among their modules those of its boxes begin that lie in it."""
        return len(self.parents) + (not self.is_group)

    @property
    def kind(self) -> str:
        """The class of its module; empty for a group."""
        return self.module.kind if self.module and not self.is_group else ""

    @property
    def is_glue(self) -> bool:
        """Whether it is a frame around index arithmetic, a mask or a table."""
        return self.module is not None and not self.is_group and is_auxiliary(self.module)

    @property
    def is_row(self) -> bool:
        """Whether it is a row of functions that the author put into no module."""
        return self.module is not None and self.is_group and is_auxiliary(self.module)

    @property
    def is_own(self) -> bool:
        """Whether its class says what it does: not so of a group, or of a mere list of modules."""
        return bool(self.kind) and not self.kind.startswith(CONTAINERS) and not self.is_glue

    @cached_property
    def paths(self) -> frozenset[str]:
        """Its own path and those of all modules in it."""
        return frozenset(m.path for box in self.boxes() for m in box.modules[len(self.parents) :])


def tree(drawing: Drawing, widest: int = WIDEST) -> Scope:
    """The scope of all that is drawn; none has more than twice `widest` children beside inputs and outputs."""
    root = Scope(None)
    scopes: dict[tuple[Module, ...], Scope] = {(): root}
    for box in drawing.boxes:
        for depth in range(1, len(box.modules) + 1):
            path = box.modules[:depth]
            if path not in scopes:
                scopes[path] = Scope(path[-1], path[:-1])
                scopes[path[:-1]].children.append(scopes[path])
        scopes[box.modules].children.append(box)
    for scope in scopes.values():
        _group(scope, drawing, widest)
    _weigh(root, drawing)
    return root


def _group(scope: Scope, drawing: Drawing, widest: int) -> None:
    """Put functions in a row into groups, then consecutive children, until no level has more than can be shown.

    A layer of torch's own that is so large inside, an unrolled LSTM, is better closed than told in pieces.
    """
    if scope.kind.startswith("torch.nn.") and not scope.kind.startswith(CONTAINERS):
        return
    if not scope.is_glue:
        rows = [(is_row, list(row)) for is_row, row in groupby(scope.children, key=_is_function)]
        scope.children = [item for is_row, row in rows for item in (_rows(scope, row, drawing) if is_row else row)]
    ends = [child for child in scope.children if isinstance(child, Box) and child.kind == "io"]
    ends = ends if len(ends) <= WIDEST else []  # a reader looks for the inputs and outputs by their names
    children = [child for child in scope.children if child not in ends]
    while len(children) > max(widest, widest * 2 - len(ends)):
        keys = [[child.key] if isinstance(child, Box) else [b.key for b in child.boxes()] for child in children]
        places = cuts(drawing, keys, widest)
        chunks = [children[start:end] for start, end in zip([0, *places], [*places, None], strict=True)]
        children = [_grouped(scope, chunk) if len(chunk) > 1 else chunk[0] for chunk in chunks]
        scope.children = [*ends, *children]


def _is_function(child: Scope | Box) -> bool:
    """Whether it is a function that only moves values or computes with single ones."""
    if isinstance(child, Scope) or child.subtitle or child.kind not in _SMALL:
        return False
    return not child.numbers.parameters and not child.numbers.macs


def _rows(scope: Scope, row: Sequence[Scope | Box], drawing: Drawing) -> Iterator[Scope | Box]:
    """Functions in a row, those that hand on a value to each other together, unless they are few."""
    boxes = {child.key: child for child in row if isinstance(child, Box)}
    group = {key: key for key in boxes}
    for arrow in drawing.arrows_within(boxes):
        join(group, arrow.source, arrow.target)
    members: dict[str, list[Scope | Box]] = {}
    for key, box in boxes.items():
        members.setdefault(root_of(group, key), []).append(box)
    for key, box in boxes.items():
        found = members[root_of(group, key)]
        if len(found) < FEWEST:
            yield box
        elif found[0] is box:
            yield _grouped(scope, found, f"{len(found)}{FUNCTIONS}")


def _grouped(scope: Scope, row: Sequence[Scope | Box], kind: str = "") -> Scope:
    inside = (*scope.parents, scope.module) if scope.module else ()
    path = f"{inside[-1].path}." if inside and inside[-1].path else ""
    names = [_name(child) for child in row]
    told = _range(names) if kind or _is_numbered(names) else _few(names)
    return Scope(Module(f"{path}{told}", kind), inside, list(row), is_group=True)


def _is_numbered(names: Sequence[str]) -> bool:
    """Whether they differ by numbers alone, as `layers.0` and `layers.1` do."""
    return len({_SIZES.sub("", end) for name in names for end in name.split(" … ")}) == 1


def _range(names: Sequence[str]) -> str:
    """The first and the last; what the group holds says the rest."""
    return f"{names[0].partition(' … ')[0]} … {names[-1].rpartition(' … ')[2]}"


def _few(names: Sequence[str]) -> str:
    """What siblings go by that have no name in common."""
    return ", ".join(names) if len(names) == 2 else f"{names[0]}, {len(names) - 1} more"


def _name(item: Scope | Box) -> str:
    if isinstance(item, Box):
        return item.title
    return own_name((*item.parents, item.module)) if item.module else ""


def _weigh(root: Scope, drawing: Drawing) -> None:
    """Give each scope its share of the model and its variant, from the inside out."""
    worth = _worth(drawing)
    numbers: dict[object, int] = {}
    for scope in (*root.scopes(), root):
        scopes = [child for child in scope.children if isinstance(child, Scope)]
        boxes = [child for child in scope.children if isinstance(child, Box)]
        weight = sum(child.weight for child in scopes) + sum(worth[box.key] for box in boxes)
        scope.weight = 0.0 if scope.is_glue else weight
        scope.variant = numbers.setdefault((scope.kind, *_signature(scope)), len(numbers))


def _worth(drawing: Drawing) -> Mapping[str, float]:
    """The share of each box of parameters and multiply-accumulates, and a little for being there.

    What changed counts before all else.
    """
    copies = {box.key: prod(m.copies for m in box.modules) * (box.kind != "io") for box in drawing.boxes}
    layers = {box.key: copies[box.key] * bool(box.numbers.parameters or box.numbers.macs) for box in drawing.boxes}
    totals = drawing.numbers.parameters, drawing.numbers.macs, sum(layers.values()), sum(copies.values())
    factors = (1.0, 1.0, _LAYERS, _LIGHT)
    together = sum(factor for factor, total in zip(factors, totals, strict=True) if total) or 1
    found = {}
    for box in drawing.boxes:
        parts = box.numbers.parameters, box.numbers.macs, layers[box.key], copies[box.key]
        shares = [f * part / total for f, part, total in zip(factors, parts, totals, strict=True) if total]
        found[box.key] = sum(shares) / together + (box.kind in LOUD)
    return found


def _signature(scope: Scope) -> Iterable[object]:
    """What it holds, where modules that follow each other and are the same count once."""
    before: object = None
    for child in scope.children:
        if isinstance(child, Scope):
            if child.variant != before:
                yield child.variant
            before = child.variant
        elif child.kind != "entry":
            before = None
            yield child.kind, child.subtitle or _SIZES.sub("", child.title)
