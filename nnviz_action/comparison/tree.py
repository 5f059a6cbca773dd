"""Graph → a tree of parts, modules with what is called in them, in the order of execution."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from nnviz_action.comparison.facts import Facts, facts_of
from nnviz_action.comparison.parts import Part, Slot
from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.details import VIEWS
from nnviz_action.drawing.forward import Context, Draft, draft
from nnviz_action.drawing.idle import without
from nnviz_action.drawing.units import Unit
from nnviz_action.graph.digest import class_name, is_commutative
from nnviz_action.graph.values import PARAMETERS, Graph, Module, Node, TensorType, own_name


@dataclass(frozen=True)
class Tree:
    """All parts of a graph below `root`, its leaves by the keys of their boxes, and the drawing with these boxes.

    `in_eval` tells whether the model is in eval mode; `weights` are the kinds of those that something uses, by name.
    """

    root: Part
    leaves: Mapping[str, Part]
    drawing: Drawing
    in_eval: bool = True
    weights: Mapping[str, str] = field(default_factory=dict)

    def users(self, key: str) -> "list[Part]":
        """The leaves that are given something of what a box makes."""
        return self._users.get(key, [])

    @cached_property
    def _users(self) -> "dict[str, list[Part]]":
        found: dict[str, list[Part]] = {}
        for leaf in self.leaves.values():
            for source in dict.fromkeys(slot.source for slot in leaf.slots):
                found.setdefault(source, []).append(leaf)
        return found


def tree_of(graph: Graph) -> Tree:
    """The parts of a graph."""
    drafted = draft(graph)
    root = Part("", "", "", is_module=True)
    scopes: dict[tuple[Module, ...], Part] = {(): root}
    units = {unit.key: unit for unit in drafted.units}
    slots, idle = _slots(drafted)
    drawing = without(drafted.drawing, idle)
    called: Counter[str] = Counter()
    for box in drawing.boxes:
        unit = units.get(box.key)
        part = _leaf(box, unit, drafted.context, called) if unit else _end(box, drafted.context.graph)
        part.slots = slots.get(box.key, ())
        _scope(scopes, box.modules).add(part)
    leaves = {leaf.key: leaf for leaf in root.leaves()}
    _describe_surroundings(leaves, drawing)
    _describe_inputs(leaves, drafted.drawing)
    kinds = {name: graph.weights[name].kind for leaf in leaves.values() for name in leaf.weights}
    kinds = {name: "parameter" if kind in PARAMETERS else kind for name, kind in kinds.items()}
    return Tree(root, leaves, drawing, not graph.training, kinds)


def _scope(scopes: dict[tuple[Module, ...], Part], path: tuple[Module, ...]) -> Part:
    for depth in range(1, len(path) + 1):
        scope = path[:depth]
        if scope not in scopes:
            part = _module(scope)
            scopes[scope] = part
            scopes[scope[:-1]].add(part)
    return scopes[path]


def _module(scope: tuple[Module, ...]) -> Part:
    module = scope[-1]
    kind = class_name(module.kind)
    return Part(own_name(scope), module.path, kind, True, call=module.call, full_kind=module.kind)


def _leaf(box: Box, unit: Unit, context: Context, called: Counter[str]) -> Part:
    module = (unit.leaf or unit.modules or (Module("", ""),))[-1]
    facts = facts_of(unit, box, context, module.path)
    weights = tuple(weight.name for weight in context.weights(unit) if weight.kind)
    if unit.leaf:
        part = _module(unit.leaf)
        part.kind, part.box, part.facts = part.kind or unit.function, box, facts  # other exporters know no classes
        part.weights = weights
        return part
    path = f"{module.path}.{unit.function}".removeprefix(".")
    called[path] += 1
    again = f"#{called[path]}" if called[path] > 1 else ""
    part = Part(unit.function, f"{path}(){again}", unit.function, is_module=False, box=box, facts=facts)
    part.is_free = len(unit.nodes) == 1 and is_commutative(unit.nodes[0])
    part.weights = weights
    return part


def _end(box: Box, graph: Graph) -> Part:
    """An input or an output of the graph: the type of an input is a fact."""
    type_ = str(graph.types.get(box.title) or TensorType("?", None))
    shape, _, dtype = type_.rpartition(" ")
    way = box.key.partition(" ")[0]
    told = {"shape": shape, "type": dtype} if way == "in" else {}
    facts = Facts(firm=told, types=(type_,), sizes=frozenset(told))
    return Part(box.title, box.title, f"{way}put", is_module=True, box=box, facts=facts)


_Slots = dict[str, tuple[Slot, ...]]


def _slots(drafted: Draft) -> tuple[_Slots, set[str]]:
    """Of each box what it receives from others, weights that another one used before it included; and the boxes that
    do nothing."""
    graph = drafted.context.graph
    made: dict[str, tuple[Slot, ...]] = {name: (Slot(f"in {name}", ""),) for name in graph.inputs}
    first: dict[str, str] = {}
    found: _Slots = {}
    idle: set[str] = set()
    place = {
        name: number for number, name in enumerate(o for unit in drafted.units for n in unit.nodes for o in n.outputs)
    }
    for unit in drafted.units:
        names = dict.fromkeys(i for node in unit.nodes for i in _inputs(unit, node, place))
        slots = tuple(dict.fromkeys(s for name in names for s in made.get(name, ()) if s.source != unit.key))
        leaving = [o for node in unit.nodes for o in node.outputs if o in drafted.context.leaving]
        if _is_idle(unit, slots, graph, drafted.context):
            idle.add(unit.key)
            made |= dict.fromkeys(leaving, slots)
            continue
        made |= {value: (Slot(unit.key, str(number)),) for number, value in enumerate(leaving)}
        found[unit.key] = (*slots, *_tied(unit, drafted.context, first))
    return found | {f"out {name}": made[name] for name in graph.outputs if name in made}, idle


def _inputs(unit: Unit, node: Node, place: Mapping[str, int]) -> Sequence[str]:
    """Of a sum in a layer in the order in which they were made."""
    is_free = bool(unit.leaf) and is_commutative(node)
    return sorted(node.inputs, key=lambda name: place.get(name, -1)) if is_free else node.inputs


def _tied(unit: Unit, context: Context, first: dict[str, str]) -> list[Slot]:
    """The weights that another unit used before."""
    own = [w.name for w in context.weights(unit) if w.kind in PARAMETERS]
    tied = [name for name in own if first.setdefault(name, unit.key) != unit.key]
    return [Slot(first[name], f"tied {name.rpartition('.')[2]}") for name in tied]


def _is_idle(unit: Unit, slots: tuple[Slot, ...], graph: Graph, context: Context) -> bool:
    """Whether a function outside of layers leaves all as it is, or cuts to size what no input has a part in: where
    dimensions are dynamic the exporter writes more of these."""
    if unit.leaf or not all(node.op in VIEWS for node in unit.nodes):
        return False
    if any(o in graph.outputs for node in unit.nodes for o in node.outputs):
        return False
    if not slots:
        return not any(w.kind in PARAMETERS for w in context.weights(unit))
    first, last = unit.nodes[0].input(0), unit.nodes[-1].outputs[0]
    kept = not {"Transpose", "permute"} & {node.op for node in unit.nodes} and graph.types.get(first) is not None
    return kept and len(slots) == 1 and graph.types.get(first) == graph.types.get(last)


def _describe_surroundings(leaves: Mapping[str, Part], drawing: Drawing) -> None:
    """Tell each leaf what is around it."""
    near: dict[str, list[str]] = {key: [] for key in leaves}
    for arrow in drawing.arrows:
        near[arrow.target].append(f"> {_label(leaves[arrow.source])}")
        near[arrow.source].append(f"< {_label(leaves[arrow.target])}")
    for key, leaf in leaves.items():
        leaf.context = tuple(sorted(near[key]))


def _describe_inputs(leaves: Mapping[str, Part], drawing: Drawing) -> None:
    """Tell each leaf the types of what it receives, from boxes that do nothing as well."""
    for key, leaf in leaves.items():
        leaf.inputs = tuple(arrow.label for arrow in drawing.entering(key))


def _label(part: Part) -> str:
    return part.kind if part.name.rpartition(".")[2].isdecimal() or not part.is_module else f"{part.kind} {part.name}"
