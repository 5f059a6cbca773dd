"""The lines on a card: what a reader wants to know of a module or function, from its operators."""

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass

from nnviz_action.drawing.boxes import SHARED
from nnviz_action.drawing.call_lines import VIEWS as VIEWS_OF_TORCH
from nnviz_action.drawing.call_lines import describe_calls
from nnviz_action.drawing.units import Unit
from nnviz_action.graph.values import ONNX, RECORDED, Attribute, Graph, Node, Weight

MOST_ATTRIBUTES, MOST_WEIGHTS, LONGEST = 4, 6, 44
_SHORT = {
    "kernel_shape": "kernel", "strides": "stride", "pads": "pad", "dilations": "dilation", "group": "groups",
    "hidden_size": "hidden", "num_heads": "heads", "perm": "order", "axis": "dim", "epsilon": "eps",
}  # fmt: skip
_DEFAULTS: dict[str, Attribute] = {
    "group": 1, "auto_pad": "NOTSET", "ceil_mode": 0, "count_include_pad": 0, "storage_order": 0, "alpha": 1.0,
    "beta": 1.0, "transA": 0, "transB": 1, "allowzero": 0, "stash_type": 1, "training_mode": 0, "momentum": 0.9,
    "epsilon": 1e-5, "input_forget": 0, "layout": 0, "keepdims": 1, "noop_with_empty_axes": 0, "direction": "forward",
    "approximate": "none", "rounding_mode": "", "mode": "constant",
    "exclusive": 0, "reverse": 0, "largest": 1, "to": 1,
}  # fmt: skip
_SILENT = frozenset(
    {"to", "keepdims", "allowzero", "sorted", "count_include_pad", "num_scan_inputs", "saturate", "select_last_index"}
)
# Results of these share memory with what they are made from.
VIEWS = VIEWS_OF_TORCH | {
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Identity", "Slice", "Split",
}  # fmt: skip
_QUIET = {"strides": 1, "dilations": 1, "pads": 0, "output_padding": 0}
_NUMBERED = re.compile(r"\A(onnx::\w+|(val|initializer)_?\d+|\d+)\Z")  # names that exporters make up
_SIGNS = {"Mul": "×", "Add": "+", "Sub": "−", "Div": "÷", "Pow": "^"}


@dataclass(frozen=True)
class Known:
    """The graph that a unit is part of, and which of its values depend on no input."""

    graph: Graph
    fixed: Set[str]

    def shape(self, name: str) -> tuple[int | str | None, ...]:
        """Empty where it is not known, or that of a scalar."""
        found = self.graph.types.get(name)
        return (found.shape or ()) if found else ()


def describe(unit: Unit, known: Known) -> str:
    """One line: `3×3, stride 2, pad 1, 64→128`, `512→1000`, `8 heads`, `× 0.125`."""
    if any(node.domain in RECORDED for node in unit.nodes):
        return describe_calls(unit, known.graph)
    if all(node.op in VIEWS for node in unit.nodes):
        return ""  # the shapes on its arrows say it
    if any(node.domain not in ONNX for node in unit.nodes):
        return ""  # an operator of somebody else's, whatever its name
    heads = _heads(unit, known)
    if heads:
        return heads
    telling = {**_TELLING, **_TELLING_ALONE} if len(unit.nodes) <= 2 else _TELLING
    for op, text in telling.items():
        nodes = [node for node in unit.nodes if node.op == op]
        if nodes:
            return ", ".join(part for part in text(nodes, unit, known) if part)
    return ", ".join(_attributes(unit.nodes[-1])) if len(unit.nodes) == 1 else ""


def _heads(unit: Unit, known: Known) -> str:
    """The heads of attention, told by the shape of its scores, and whether these are masked."""
    nodes = [node for node in unit.nodes if node.function and "attention" in node.function.target]
    shapes = [known.shape(node.outputs[0]) for node in nodes if node.op == "MatMul"]
    if not nodes and unit.leaf and "Attention" in unit.leaf[-1].kind:
        return _heads_of_products(unit, known)
    heads = [s[1] for s in shapes if len(s) == 4 and isinstance(s[1], int)][:1]
    scoring = [node for node in nodes if node.function and "attention" in node.function.target]
    masked = any(node.op in ("Add", "Where") for node in scoring)
    return ", ".join([*(f"{n} heads" for n in heads), *(["masked"] if heads and masked else [])])


def _heads_of_products(unit: Unit, known: Known) -> str:
    """The same where attention is written out: the features of the result over those of a query."""
    products = [n for n in unit.nodes if n.op == "MatMul" and not known.fixed & set(n.inputs)]
    query = known.shape(products[0].input(0)) if products else ()
    result = known.shape(unit.nodes[-1].outputs[0])
    sizes = [shape[-1] for shape in (result, query) if shape]
    if len(sizes) == 2 and all(isinstance(size, int) and size for size in sizes):
        heads, rest = divmod(int(sizes[0] or 0), int(sizes[1] or 1))
        return f"{heads} heads" if heads > 1 and not rest else ""
    return ""


def weight_row(
    weights: list[Weight], path: str = "", known: Set[str] = frozenset(), buffers: bool = False, short: bool = False
) -> str:
    """`weight 64×3×7×7 · bias 64`; those of one shape share a place, `known` ones stand elsewhere too.

    `short` is for weights that are given to a function: in it only the ends of their names say something.
    """
    by_shape: dict[str, list[str]] = {}
    kinds = ("parameter", "frozen", "buffer") if buffers else ("parameter", "frozen")
    for weight in weights:
        if weight.kind in kinds:
            shape = "×".join(map(str, weight.type.shape or ())) or "scalar"
            own = weight.name.rpartition(".")[2] if short else weight.name.removeprefix(f"{path}.")
            name = _NUMBERED.sub("", own)
            word = SHARED if weight.name in known else "" if weight.kind == "parameter" else f"{weight.kind} "
            by_shape.setdefault(shape, []).append(word + name)
    rows = [f"{_few(names)} {shape}".strip() for shape, names in by_shape.items()]
    more = [f"{len(rows) - MOST_WEIGHTS} more"] if len(rows) > MOST_WEIGHTS else []
    return " · ".join([*rows[:MOST_WEIGHTS], *more])


def _few(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(names) if len(names) <= 2 else f"{names[0]} … {names[-1]}"


Telling = Callable[[list[Node], Unit, Known], list[str]]


def _conv(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    shape = known.shape(nodes[0].input(1))
    if len(shape) < 2:
        return _plain(nodes, unit, known)
    groups = dict(nodes[0].attributes).get("group", 1)
    if nodes[0].op == "ConvTranspose":
        return [*_attributes(nodes[0]), f"{shape[0]}→{_times(shape[1], groups)}"]
    return [*_attributes(nodes[0]), f"{_times(shape[1], groups)}→{shape[0]}"]


def _times(size: int | str | None, groups: Attribute) -> str:
    return str(size * groups) if isinstance(size, int) and isinstance(groups, int) else str(size)


def _linear(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    """The features of a product with a weight, the heads of one that looks like attention's scores."""
    weighted = [n for n in nodes if n.input(1) in known.fixed]
    if len(weighted) == 1 and len(nodes) == 1:
        before, after = known.shape(nodes[0].input(0)), known.shape(nodes[0].outputs[0])
        return [f"{before[-1]}→{after[-1]}"] if before and after else []
    scores = [known.shape(n.outputs[0]) for n in nodes if n not in weighted]
    return [f"{shape[1]} heads" for shape in scores[:1] if len(shape) == 4 and isinstance(shape[1], int)]


def _recurrent(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    attributes = dict(nodes[0].attributes)
    shape = known.shape(nodes[0].input(0))
    both = "bidirectional" if attributes.get("direction") == "bidirectional" else ""
    layers = f"{len(nodes)} layers" if len(nodes) > 1 else ""
    return [f"{shape[-1] if shape else '?'}→{attributes.get('hidden_size', '?')}", layers, both]


def _scalar(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    """What a value is added to or multiplied with, where that is a number."""
    for place, name in enumerate(nodes[0].inputs if len(unit.nodes) <= 2 else ()):
        weight = known.graph.weights.get(name)
        if weight is not None and not weight.kind and not weight.type.shape and len(weight.value) < 12:
            sign = _SIGNS[nodes[0].op]
            return [f"{sign} {weight.value}" if place else f"{weight.value} {sign}"]
    return []


def _ratio(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    weight = known.graph.weights.get(nodes[0].input(1))
    return [f"p {weight.value}" if weight else ""]


def _nothing(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return []


def _norm(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return [text for text in _attributes(nodes[0]) if text != "dim -1"]


def _plain(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return list(_attributes(nodes[0]))


# Operators that say what a unit is, most telling first.
_TELLING: dict[str, Telling] = {
    "Conv": _conv, "ConvTranspose": _conv, "LSTM": _recurrent, "GRU": _recurrent, "RNN": _recurrent,
    "Attention": _plain, "Gemm": _linear, "MatMul": _linear, "LayerNormalization": _norm,
    "BatchNormalization": _plain, "GroupNormalization": _plain, "InstanceNormalization": _plain,
    "RMSNormalization": _norm, "MaxPool": _plain, "AveragePool": _plain,
}  # fmt: skip

# Those that say it only where little else is in the unit.
_TELLING_ALONE: dict[str, Telling] = {
    "Gather": _nothing, "Dropout": _ratio, "Mul": _scalar, "Add": _scalar, "Sub": _scalar, "Div": _scalar,
    "Pow": _scalar,
}  # fmt: skip


def _attributes(node: Node) -> Iterator[str]:
    texts = (_attribute(name, value) for name, value in sorted(node.attributes, key=_order) if _matters(name, value))
    yield from [text for text in texts if text][:MOST_ATTRIBUTES]


def _order(item: tuple[str, Attribute]) -> tuple[int, str]:
    return (list(_SHORT).index(item[0]) if item[0] in _SHORT else len(_SHORT), item[0])


def _matters(name: str, value: Attribute) -> bool:
    return name not in _SILENT and (name not in _DEFAULTS or _DEFAULTS[name] != _rounded(value))


def _rounded(value: Attribute) -> Attribute:
    """ONNX keeps floats in 32 bits: 0.9 comes back as 0.8999999761581421."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _attribute(name: str, value: Attribute) -> str:
    if name == "kernel_shape" and isinstance(value, tuple):
        return "×".join(map(str, value))
    label = _SHORT.get(name, name)
    if name in _QUIET and isinstance(value, tuple):
        if all(v == _QUIET[name] for v in value):
            return ""
        return f"{label} {value[0] if len(set(value)) == 1 else '×'.join(map(str, value))}"
    if isinstance(value, float):
        return f"{label} {value:.4g}"
    text = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{label} {text}" if len(text) <= LONGEST else f"{label} {text[: LONGEST - 1]}…"
