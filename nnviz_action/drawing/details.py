"""The lines on a card: what a reader wants to know of a module or function, from its operators."""

import re
from collections.abc import Callable, Set

from nnviz_action.drawing.attribute_texts import attribute_texts
from nnviz_action.drawing.boxes import SHARED
from nnviz_action.drawing.call_lines import VIEWS as VIEWS_OF_TORCH
from nnviz_action.drawing.call_lines import describe_calls
from nnviz_action.drawing.known import Known
from nnviz_action.drawing.operator_lines import MICROSOFT, fused_attention, loss, quantisation, resize
from nnviz_action.drawing.products import convolution, linear, packed
from nnviz_action.drawing.units import Unit
from nnviz_action.graph.values import ONNX, RECORDED, Node, Weight

MOST_WEIGHTS = 6
# Results of these share memory with what they are made from.
VIEWS = VIEWS_OF_TORCH | {
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Identity", "Slice", "Split",
}  # fmt: skip
_NUMBERED = re.compile(r"\A(onnx::\w+|(val|initializer)_?\d+|\d+)\Z")  # names that exporters make up
_USUAL = frozenset({"f16", "bf16", "f32", "f64", "c64", "c128"})  # types of weights that are not told
_SIGNS = {"Mul": "×", "Add": "+", "Sub": "−", "Div": "÷", "Pow": "^"}


def describe(unit: Unit, known: Known) -> str:
    """One line: `3×3, stride 2, pad 1, 64→128`, `512→1000`, `8 heads`, `× 0.125`."""
    if any(node.domain in RECORDED for node in unit.nodes):
        return describe_calls(unit, known.graph)
    if all(node.op in VIEWS for node in unit.nodes):
        return ""  # the shapes on its arrows say it
    if any(node.domain not in (*ONNX, MICROSOFT) for node in unit.nodes):
        return ""  # an operator of somebody else's, whatever its name
    heads = _heads(unit, known)
    if heads:
        return heads
    telling = {**_TELLING, **_TELLING_ALONE} if len(unit.nodes) <= 2 else _TELLING
    for op, text in telling.items():
        nodes = [node for node in unit.nodes if node.op == op]
        if nodes:
            return ", ".join(part for part in text(nodes, unit, known) if part)
    return ", ".join(attribute_texts(unit.nodes[-1])) if len(unit.nodes) == 1 else ""


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
            shape += "" if weight.type.dtype in _USUAL else f" {weight.type.dtype}"
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
    return convolution(nodes[0], known)


def _linear(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return linear(nodes, known)


def _packed(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return packed(nodes[0])


def _quantisation(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return list(quantisation(nodes[0], known))


def _loss(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return list(loss(nodes[0], known))


def _resize(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return list(resize(nodes[0], known))


def _attention(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return list(fused_attention(nodes[0], known)) if nodes[0].domain else _plain(nodes, unit, known)


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
            return [f"{sign} {weight.value}" if place else f"{weight.value} {sign} x"]
    return []


def _ratio(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    weight = known.graph.weights.get(nodes[0].input(1))
    return [f"p {weight.value}" if weight else ""]


def _nothing(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return []


def _norm(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return [text for text in attribute_texts(nodes[0]) if text != "dim -1"]


def _plain(nodes: list[Node], unit: Unit, known: Known) -> list[str]:
    return list(attribute_texts(nodes[0]))


# Operators that say what a unit is, most telling first.
_TELLING: dict[str, Telling] = {
    **dict.fromkeys(("Conv", "ConvTranspose", "QLinearConv", "ConvInteger"), _conv),
    **dict.fromkeys(("FusedConv", "NhwcConv", "NhwcFusedConv"), _conv),
    "LSTM": _recurrent, "GRU": _recurrent, "RNN": _recurrent,
    **dict.fromkeys(("Attention", "MultiHeadAttention", "GroupQueryAttention", "QAttention"), _attention),
    **dict.fromkeys(("Gemm", "MatMul", "FusedMatMul", "FusedGemm", "QLinearMatMul", "MatMulInteger"), _linear),
    **dict.fromkeys(("QGemm", "DynamicQuantizeMatMul", "MatMulIntegerToFloat"), _linear),
    "MatMulNBits": _packed, "MatMulBnb4": _packed,
    "LayerNormalization": _norm, "BatchNormalization": _plain, "GroupNormalization": _plain,
    "InstanceNormalization": _plain, "RMSNormalization": _norm, "MaxPool": _plain, "AveragePool": _plain,
    "SoftmaxCrossEntropyLoss": _loss, "NegativeLogLikelihoodLoss": _loss, "Resize": _resize, "Upsample": _resize,
}  # fmt: skip

# Those that say it only where little else is in the unit.
_TELLING_ALONE: dict[str, Telling] = {
    "Gather": _nothing, "Dropout": _ratio, "Mul": _scalar, "Add": _scalar, "Sub": _scalar, "Div": _scalar,
    "Pow": _scalar,
    **dict.fromkeys(("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"), _quantisation),
}  # fmt: skip
