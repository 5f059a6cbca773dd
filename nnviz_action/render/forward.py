"""The forward graph as a drawing: one box an operator, named by the module that its author wrote."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import prod

from nnviz_action.drawing import Arrow, Box, Drawing
from nnviz_action.graph import Attribute, Graph, Module, Node, Weight, own_name
from nnviz_action.render.style import OPERATOR_KINDS

OPAQUE_DOMAIN = "nnviz.opaque"
_SHORT = {
    "kernel_shape": "kernel", "strides": "stride", "pads": "pad", "dilations": "dilation", "group": "groups",
    "hidden_size": "hidden", "num_heads": "heads", "perm": "order",
}  # fmt: skip
_DEFAULTS: dict[str, Attribute] = {
    "group": 1, "auto_pad": "NOTSET", "ceil_mode": 0, "count_include_pad": 0, "storage_order": 0, "alpha": 1.0,
    "beta": 1.0, "transA": 0, "transB": 1, "allowzero": 0, "stash_type": 1, "training_mode": 0, "momentum": 0.9,
    "epsilon": 1e-5, "input_forget": 0, "layout": 0, "keepdims": 1, "noop_with_empty_axes": 0,
}  # fmt: skip
_SPATIAL = frozenset({"kernel_shape", "strides", "pads", "dilations"})
MOST_ATTRIBUTES, LONGEST = 4, 44


def draw(graph: Graph) -> Drawing:
    """Boxes for inputs, operators and outputs; arrows carry the full type of the value."""
    derived = _derived_weights(graph)
    hidden = _shape_arithmetic(graph) | {i for i, n in enumerate(graph.nodes) if derived.keys() >= set(n.outputs)}
    nodes = [(f"o{i}", node) for i, node in enumerate(_tell_calls_apart(graph.nodes)) if i not in hidden]
    crowd = Counter(node.modules for _, node in nodes)
    inner = {m for _, node in nodes for m in node.modules[:-1]}
    boxes = [Box(f"in {name}", name, "io") for name in graph.inputs]
    counted: set[str] = set()
    for key, node in nodes:
        alone = bool(node.modules) and crowd[node.modules] == 1 and node.modules[-1] not in inner
        boxes.append(_box(key, node, graph, alone, _weights(node, graph, derived), counted))
    boxes += [Box(f"out {name}", name, "io") for name in graph.outputs]
    return Drawing(tuple(boxes), tuple(dict.fromkeys(_arrows(graph, nodes))))


def _tell_calls_apart(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """A module that is left and entered again was called twice: each call is drawn where it happens."""
    calls: Counter[tuple[Module, ...]] = Counter()
    before: tuple[Module, ...] = ()
    for node in nodes:
        numbered: tuple[Module, ...] = ()
        for depth, module in enumerate(node.modules):
            scope = (*numbered, module)
            stays = len(before) > depth and before[:depth] == numbered and before[depth].path == module.path
            calls[scope] += not stays
            numbered = (*numbered, replace(module, call=calls[scope] - 1))
        before = numbered
        yield replace(node, modules=numbered)


def _shape_arithmetic(graph: Graph) -> frozenset[int]:
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


def _derived_weights(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Values that depend on no input → the weights they are computed from (an LSTM's, put in ONNX's order)."""
    derived: dict[str, tuple[str, ...]] = {}
    for node in graph.nodes:
        inputs = [i for i in node.inputs if i]
        if not node.bodies and all(i in graph.weights or i in derived for i in inputs):
            leaves = (leaf for i in inputs for leaf in derived.get(i, (i,)))
            derived |= dict.fromkeys(node.outputs, tuple(dict.fromkeys(leaves)))
    return {} if any(o in derived for o in graph.outputs) else derived


def _weights(node: Node, graph: Graph, derived: Mapping[str, tuple[str, ...]]) -> list[Weight]:
    names = dict.fromkeys(leaf for i in node.inputs for leaf in derived.get(i, (i,)))
    return [graph.weights[name] for name in names if name in graph.weights]


def _box(key: str, node: Node, graph: Graph, alone: bool, weights: list[Weight], counted: set[str]) -> Box:
    fresh = [w for w in weights if w.kind in ("parameter", "frozen") and w.name not in counted]
    counted.update(w.name for w in fresh)
    rows = [", ".join(_attributes(node)), *_weight_rows(weights), *_body_rows(node)]
    return Box(
        key=key,
        title=own_name(node.modules) if alone else node.op,
        kind="opaque" if node.domain == OPAQUE_DOMAIN else OPERATOR_KINDS.get(node.op, "shape"),
        subtitle=node.modules[-1].short_kind if alone else "",
        rows=tuple(row for row in rows if row),
        modules=node.modules[:-1] if alone else node.modules,
        parameters=sum(prod(d for d in w.type.shape or () if isinstance(d, int)) for w in fresh),
    )


def _attributes(node: Node) -> Iterator[str]:
    shown = 0
    for name, value in node.attributes:
        if name not in _DEFAULTS or _DEFAULTS[name] != _rounded(value):
            text = _attribute(name, value)
            if text and shown < MOST_ATTRIBUTES:
                shown += 1
                yield text


def _rounded(value: Attribute) -> Attribute:
    """ONNX keeps floats in 32 bits: 0.9 comes back as 0.8999999761581421."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _attribute(name: str, value: Attribute) -> str:
    label = _SHORT.get(name, name)
    if name in _SPATIAL and isinstance(value, tuple):
        quiet = {"strides": 1, "dilations": 1, "pads": 0}.get(name)
        if all(v == quiet for v in value):
            return ""
        same = len(set(value)) == 1 and name != "kernel_shape"
        return f"{label} {value[0] if same else '×'.join(map(str, value))}"
    if isinstance(value, float):
        return f"{label} {value:.4g}"
    text = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{label} {text}" if len(text) <= LONGEST else f"{label} {text[: LONGEST - 1]}…"


def _weight_rows(weights: list[Weight]) -> list[str]:
    """`weight 64×3×7×7`; weights of one shape share a line."""
    by_shape: dict[str, list[str]] = {}
    for weight in weights:
        if weight.kind:
            shape = "×".join(map(str, weight.type.shape or ())) or "scalar"
            by_shape.setdefault(shape, []).append(weight.name.rpartition(".")[2])
    return [f"{', '.join(names)}  {shape}" for shape, names in by_shape.items()]


def _body_rows(node: Node) -> list[str]:
    return [f"{name}: {len(list(body.walk()))} operators" for name, body in node.bodies]


def _arrows(graph: Graph, nodes: list[tuple[str, Node]]) -> Iterator[Arrow]:
    made: dict[str, str] = {name: f"in {name}" for name in graph.inputs}
    for key, node in nodes:
        made |= dict.fromkeys(node.outputs, key)
    for key, node in nodes:
        for name in dict.fromkeys((*node.inputs, *_captured(node, made))):
            if name in made:
                yield Arrow(made[name], key, _label(graph, name))
    for name in graph.outputs:
        if name in made:
            yield Arrow(made[name], f"out {name}", _label(graph, name))


def _captured(node: Node, made: Mapping[str, str]) -> Iterator[str]:
    """Values of the outer graph that the bodies of If, Loop and Scan use."""
    for _, body in node.bodies:
        yield from (i for inner in body.walk() for i in inner.inputs if i in made and i not in body.inputs)


def _label(graph: Graph, name: str) -> str:
    return str(graph.types[name]) if name in graph.types else "?"
