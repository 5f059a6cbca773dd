"""Graph → units: what the author wrote as one thing, a leaf module or the call of a function."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnviz_action.graph.values import PARAMETERS, RECORDED, Graph, Module, Node

_Modules = tuple[Module, ...]
MOST_INSIDE = 12  # functions that a leaf module of the author's own may call and still be one card


# What only puts the values of a weight in another order or type. All else that is done to one is architecture.
_ARRANGING = frozenset(
    "Transpose Reshape Flatten Squeeze Unsqueeze Slice Concat Split Identity Cast Expand Pad "  # noqa: SIM905
    "DequantizeLinear".split()
)


@dataclass(frozen=True)
class Unit:
    """Operators that are drawn as one. `modules` are those around it, itself excluded if it is a module."""

    key: str
    nodes: tuple[Node, ...]
    modules: tuple[Module, ...]
    leaf: tuple[Module, ...] = ()

    @property
    def function(self) -> str:
        """What was called, in torch's words, or else the operator."""
        last = self.nodes[-1]
        return last.function.target if last.function and not last.domain else last.op


def units(graph: Graph, detail: str) -> list[Unit]:
    """The units of a graph without bodies, in order; `detail` is modules or operators."""
    hidden = frozenset() if is_recorded(graph) else shape_arithmetic(graph) | constant_nodes(graph)
    nodes = [(i, n) for i, n in enumerate(_tell_calls_apart(graph.nodes)) if i not in hidden]
    leaves = _leaves([node for _, node in nodes])
    if detail == "operators":
        crowd = Counter(node.modules for _, node in nodes)
        leaves = {scope for scope in leaves if crowd[scope] == 1}
        nodes = [(i, replace(node, function=None)) for i, node in nodes]
    groups: dict[object, list[tuple[int, Node]]] = {}
    for index, node in nodes:
        groups.setdefault(_group(index, node, leaves), []).append((index, node))
    return [_unit(members, leaves) for members in groups.values()]


def _group(index: int, node: Node, leaves: set[tuple[Module, ...]]) -> object:
    if node.modules in leaves:
        return node.modules
    if node.function is None:
        return index
    return (node.modules, node.function.name)


def _unit(members: list[tuple[int, Node]], leaves: set[tuple[Module, ...]]) -> Unit:
    nodes = tuple(node for _, node in members)
    modules, key = nodes[0].modules, f"o{members[0][0]}"
    return Unit(key, nodes, modules[:-1], modules) if modules in leaves else Unit(key, nodes, modules)


def _leaves(nodes: list[Node]) -> set[tuple[Module, ...]]:
    """Modules that call no module, torch's own in any case, others unless much happens in them."""
    inner = {node.modules[:depth] for node in nodes for depth in range(1, len(node.modules))}
    calls: dict[tuple[Module, ...], set[str]] = {}
    for node in nodes:
        if node.modules and node.modules not in inner and not _is_control(node):
            calls.setdefault(node.modules, set()).add(node.function.name if node.function else node.name)
    return {s for s, names in calls.items() if s[-1].kind.startswith("torch.nn.") or len(names) <= MOST_INSIDE}


def _is_control(node: Node) -> bool:
    """Whether the innermost module is none: a branch, the body of a loop, a local function."""
    return node.modules[-1].is_frame


def _tell_calls_apart(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """A module that is left and entered again was called twice: each call is drawn where it happens.

    A node of which nothing is known, as torch's exporter makes between others, belongs where the one before it does,
    but behind the frame of an If or a Loop: what is in there says so.
    """
    traced = any(node.function for node in nodes)
    calls: Counter[tuple[Module, ...]] = Counter()
    before: tuple[Module, ...] = ()  # the modules of the last node, as numbered here
    told: tuple[Module, ...] = ()  # the same as they stand in the file
    for node in nodes:
        if traced and not node.modules and node.function is None and node.domain not in RECORDED:
            before, told = _outside_frames(before), _outside_frames(told)
            yield replace(node, modules=before)
            continue
        if node.modules != told:
            before, told = _numbered(node.modules, told, calls), node.modules
        yield replace(node, modules=before)


def _outside_frames(modules: _Modules) -> _Modules:
    frame = next((i for i, module in enumerate(modules) if module.is_frame), len(modules))
    return modules[:frame]


def _numbered(modules: tuple[Module, ...], told: tuple[Module, ...], calls: Counter[tuple[Module, ...]]) -> _Modules:
    """The modules of a node that is not where the one before it was, with the number of each call."""
    numbered: _Modules = ()
    for depth, module in enumerate(modules):
        scope = (*numbered, replace(module, call=0))
        calls[scope] += told[: depth + 1] != modules[: depth + 1]
        numbered = (*numbered, replace(module, call=calls[scope] - 1))
    return numbered


def is_recorded(graph: Graph) -> bool:
    """Whether the nodes are calls as the author wrote them, rather than what an exporter made of them."""
    return any(node.domain in RECORDED for node in graph.nodes)


def shape_arithmetic(graph: Graph) -> frozenset[int]:
    """Operators that only compute sizes: bookkeeping of dynamic dimensions, not architecture."""
    hidden: set[int] = set()
    values: set[str] = set()
    for index, node in enumerate(graph.nodes):
        inputs = [i for i in node.inputs if i and (i not in graph.weights or graph.weights[i].kind)]
        if node.op in ("Shape", "Size") or (inputs and values.issuperset(inputs) and not node.bodies):
            hidden.add(index)
            values.update(node.outputs)
    shown = {o for o in graph.outputs if o in values}
    return frozenset() if shown else frozenset(hidden)


def constant_nodes(graph: Graph) -> frozenset[int]:
    """Operators that depend on no input: how an exporter puts weights in ONNX's order."""
    derived = derived_weights(graph)
    return frozenset(i for i, node in enumerate(graph.nodes) if derived.keys() >= set(node.outputs))


def derived_weights(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Values that depend on no input → the weights they are computed from (an LSTM's, put in ONNX's order).

    Of what was recorded there are none: each call is the author's.

    A module all of whose work is such, the embedding of fixed positions, is a layer of the model nevertheless.
    """
    if is_recorded(graph):
        return {}
    everything = _derived(graph, frozenset())
    busy = {node.modules for node in graph.nodes if not everything.keys() >= set(node.outputs)}
    layers = frozenset(
        node.modules
        for node in graph.nodes
        if node.modules and node.modules not in busy and any(_is_parameter(graph, i) for i in node.inputs)
    )
    derived = _derived(graph, layers) if layers else everything
    return {} if any(o in derived for o in graph.outputs) else derived


def _is_parameter(graph: Graph, name: str) -> bool:
    return name in graph.weights and graph.weights[name].kind in PARAMETERS


def _derived(graph: Graph, layers: frozenset[tuple[Module, ...]]) -> dict[str, tuple[str, ...]]:
    derived: dict[str, tuple[str, ...]] = {}
    for node in graph.nodes:
        inputs = [i for i in node.inputs if i]
        fixed = inputs and all(i in graph.weights or i in derived for i in inputs)
        leaves = tuple(dict.fromkeys(leaf for i in inputs for leaf in derived.get(i, (i,))))
        silent = node.op in _ARRANGING or not any(graph.weights[leaf].kind for leaf in leaves if fixed)
        if fixed and silent and not node.bodies and node.modules not in layers:
            derived |= dict.fromkeys(node.outputs, leaves)
    return derived
