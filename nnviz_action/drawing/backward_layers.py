"""Drawing → Drawing in which the backward functions of one layer are one card, with its parameters inside.

`backward_groups` tells which boxes become one. A parameter that is used in several places stays a box, outside of
the modules that use it. Views and transposes in a row become one pill.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, takewhile

from nnviz_action.drawing.backward_groups import PARAMETRIZED, VIEWS, Group, Modules, function_name, groups, home_of
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.details import weight_row
from nnviz_action.drawing.fold import open_single
from nnviz_action.drawing.forward import join_views
from nnviz_action.drawing.pairs import JOINT
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import TensorType, Weight, own_name

MOST_NAMES = 4  # functions that a card names


def shown(recorded: Drawing, each: bool) -> Drawing:
    """What a picture shows of the graph: a card a layer, or `each` function as it was recorded."""
    return open_single(recorded) if each else join_layers(recorded)


def join_layers(drawing: Drawing) -> Drawing:
    """A card for each layer, and one for each function outside of one; arrows as they were, but for those inside."""
    found = _Grouped(drawing)
    boxes = {group: found.card(group) for group in found.members}
    arrows = (Arrow(boxes[one].key, boxes[other].key, label, style) for one, other, label, style in found.arrows)
    ordered = tuple(boxes[group] for group in sorted(boxes, key=found.place))
    return join_views(_without_single_frames(Drawing(ordered, tuple(arrows))), _once)


@dataclass(frozen=True)
class _Grouped:
    """A drawing and what becomes one in it."""

    drawing: Drawing

    @cached_property
    def group_of(self) -> dict[str, Group]:
        return groups(self.drawing)

    @cached_property
    def members(self) -> dict[Group, list[Box]]:
        """The boxes of each group, in order."""
        found: dict[Group, list[Box]] = {}
        for box in self.drawing.boxes:
            found.setdefault(self.group_of[box.key], []).append(box)
        return found

    @cached_property
    def arrows(self) -> list[tuple[Group, Group, str, str]]:
        """From group to group, with label and style."""
        ends = ((self.group_of[a.source], self.group_of[a.target], a.label, a.style) for a in self.drawing.arrows)
        return list(dict.fromkeys(one for one in ends if one[0] != one[1]))

    @cached_property
    def modules(self) -> dict[Group, Modules]:
        """Those around each group; those around all that use it where it is a parameter."""
        layers = {group for group in self.members if isinstance(group, tuple)}
        found = {group: _outside(home_of(inside[-1]), layers) for group, inside in self.members.items()}
        found |= {layer: layer[:-1] for layer in layers}
        users: dict[Group, list[Modules]] = {}
        for source, target, *_ in self.arrows:
            users.setdefault(source, []).append(found[target])
        parameters = (group for group in users if _is_parameter(self.members[group]))
        return found | {group: _common(users[group]) for group in parameters}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {box.key: number for number, box in enumerate(self.drawing.boxes)}

    @cached_property
    def _first(self) -> dict[Modules, int]:
        """Where the first box in each module stands, parameters that several use aside."""
        found: dict[Modules, int] = {}
        for group, modules in self.modules.items():
            if not _is_parameter(self.members[group]):
                for depth in range(1, len(modules) + 1):
                    number = self._numbers[self.members[group][-1].key]
                    found[modules[:depth]] = min(number, found.get(modules[:depth], number))
        return found

    def place(self, group: Group) -> float:
        """Where a group stands among the others: a parameter before the first module that uses it."""
        number = self._numbers[self.members[group][-1].key]
        if not _is_parameter(self.members[group]):
            return number
        depth = len(self.modules[group]) + 1
        users = (self.modules[target][:depth] for source, target, *_ in self.arrows if source == group)
        return min([number, *(self._first[user] for user in users if len(user) == depth)]) - 0.5

    def card(self, group: Group) -> Box:
        """The box of a group; its key is that of the last of them."""
        inside, modules = self.members[group], self.modules[group]
        if _is_parameter(inside):
            return _parameters(inside, modules)
        if inside[-1].kind != "function":
            return replace(inside[-1], modules=modules)
        return _functions(inside, modules, group if isinstance(group, tuple) else ())


def _is_parameter(inside: Sequence[Box]) -> bool:
    return inside[0].kind == "leaf" and inside[-1].kind != "function"


def _outside(modules: Modules, layers: set[Modules]) -> Modules:
    """The modules that are open around a box."""
    depth = next((d for d in range(1, len(modules) + 1) if modules[:d] in layers), len(modules) + 1)
    return modules[: depth - 1]


def _common(paths: Sequence[Modules]) -> Modules:
    same = takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False))
    return tuple(level[0] for level in same)


def _functions(inside: Sequence[Box], modules: Modules, layer: Modules) -> Box:
    """The card of a layer, or of a function outside of one."""
    names = [function_name(box.title) for box in inside if box.kind == "function"]
    weights = [box for box in inside if box.kind == "leaf"]
    around = layer or modules
    kind = layer[-1].short_kind if layer else ""
    told = _told(names)
    silent = _says(kind, told) if layer else len(told) == 1
    row = _row(weights, around[-1].path if around else "", short=bool(layer))
    return Box(
        inside[-1].key,
        own_name(layer) if layer else names[-1],
        "function" if weights or not VIEWS.issuperset(names) else "shape",
        kind,
        tuple(filter(None, ("" if silent else JOINT.join(told), row))),
        modules,
        sum((box.numbers for box in inside), Numbers()),
    )


def _parameters(inside: Sequence[Box], modules: Modules) -> Box:
    """The box of parameters that are used in several places, called as they are from the modules around it."""
    leaves = [box for box in inside if box.kind == "leaf"]
    prefix = f"{modules[-1].path}." if modules else ""
    numbers = sum((box.numbers for box in leaves), Numbers())
    box = replace(leaves[0], key=inside[-1].key, modules=modules, numbers=numbers)
    if len(leaves) == 1:
        rows = (_shape(box),) if numbers.parameters else box.rows
        return replace(box, title=box.title.removeprefix(prefix), rows=rows)
    owner = leaves[0].title.rpartition(".")[0]
    return replace(box, title=owner.removeprefix(prefix) or "parameters", rows=(_row(leaves, owner),))


def _row(weights: Sequence[Box], path: str, short: bool = False) -> str:
    """`weight 64×3×7×7 · bias 64`, the largest first; `short` is for those of a layer."""
    ranked = sorted(weights, key=lambda box: -box.numbers.parameters)
    return weight_row(
        [Weight(_called(b.title, path, short), TensorType("f32", _sizes(b)), "parameter") for b in ranked]
    )


def _called(name: str, path: str, short: bool) -> str:
    """A parameter's name from the module around it. A layer may go by another path, as where it is in two lists."""
    own = name.removeprefix(f"{path}.").removeprefix(f"{PARAMETRIZED}.")
    return own.rpartition(".")[2] if short and own == name else own


def _sizes(box: Box) -> tuple[int, ...]:
    """Of a tensor whose shape stands on its box as `(64, 3, 7, 7)`."""
    return tuple(map(int, re.findall(r"\d+", box.rows[0]))) if box.rows else ()


def _shape(box: Box) -> str:
    return "×".join(map(str, _sizes(box))) or "scalar"


def _says(kind: str, names: Sequence[str]) -> bool:
    """Whether the class of a layer says which function it calls: `BatchNorm2d`, `Conv2d` and `ReLU` do."""
    one, other = re.sub(r"\d+d\Z", "", kind.lower()), names[0].lower()
    return len(names) == 1 and bool(one) and (one.startswith(other) or other.startswith(one))


def _told(names: Sequence[str]) -> list[str]:
    """Functions in the order in which they ran, without those that only move data; a transpose is told where few are.

    A linear layer is `Transpose · Addmm`, however many dimensions its input has.
    """
    working = _counted(name for name in names if name not in VIEWS)
    turned = _counted(name for name in names if name not in VIEWS or name == "Transpose")
    found = _counted(names) if not working else turned if len(turned) <= MOST_NAMES else working
    return found if len(found) <= MOST_NAMES else [*found[: MOST_NAMES - 2], "…", found[-1]]


def _counted(names: Iterable[str]) -> list[str]:
    """Those in a row together: `Mul ×2`."""
    return [f"{name} ×{count}" if count > 1 else name for name, count in _in_a_row(names)]


def _once(names: Iterable[str]) -> list[str]:
    return [name for name, _ in _in_a_row(names)]


def _in_a_row(names: Iterable[str]) -> Iterator[tuple[str, int]]:
    return ((name, len(list(same))) for name, same in groupby(names))


def _without_single_frames(drawing: Drawing) -> Drawing:
    """A frame round a single card goes away; the card's name tells of it."""
    crowd = Counter(box.modules[:depth] for box in drawing.boxes for depth in range(1, len(box.modules) + 1))
    return replace(drawing, boxes=tuple(_unframed(box, crowd) for box in drawing.boxes))


def _unframed(box: Box, crowd: Mapping[Modules, int]) -> Box:
    depth = next((d for d in range(1, len(box.modules) + 1) if crowd[box.modules[:d]] == 1), 0)
    if not depth:
        return box
    names = [own_name(box.modules[:d]) for d in range(depth, len(box.modules) + 1)]
    return replace(box, title=".".join([*names, box.title]), modules=box.modules[: depth - 1])
