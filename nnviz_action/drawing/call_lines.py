"""The line on the card of what was recorded in torch's words: `3×3, stride 2, pad 1, 64→128`, `8 heads, causal`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from nnviz_action.drawing.attribute_texts import LONGEST, MOST_ATTRIBUTES
from nnviz_action.drawing.call_words import FIRST, SECOND, SHORT, SIGNS, default_of, text_of
from nnviz_action.drawing.units import Unit
from nnviz_action.graph.values import Attribute, Graph, Node

CODE = "code"  # of an `autograd.Function`: a mark of what its methods do
VIEWS = frozenset({
    "reshape", "permute", "squeeze", "unsqueeze", "expand", "identity", "narrow",
    "select", "split", "chunk", "unbind", "to", "flatten", "broadcast_to",
})  # fmt: skip  # results of these share memory with what they are made from
DROPOUTS = frozenset("dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout".split())  # noqa: SIM905
_SILENT = frozenset({
    "return_indices", "has_biases", "batch_first", "dropout", "training", "normalized_shape", "embed_dim_to_check",
    "add_zero_attn", "need_weights", "dropout_p", "check_other", "padding_idx", "dtype", CODE,
})  # fmt: skip
_GRANTED = frozenset({"stride", "padding", "dilation", "output_padding", "groups"})  # as they usually are
_POOLS = "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool1d lp_pool2d lp_pool3d"
Shape = tuple[int | str | None, ...]
Telling = Callable[[Node, Graph], list[str]]


def describe_calls(unit: Unit, graph: Graph) -> str:
    """One line about a unit of recorded calls; the most telling call speaks for all."""
    for ops, text in _TELLING:
        nodes = [node for node in unit.nodes if node.op in ops]
        if nodes:
            return ", ".join(part for part in text(nodes[0], graph) if part)
    return ", ".join(_attributes(unit.nodes[-1])) if len(unit.nodes) == 1 else ""


def index_of(unit: Unit) -> str:
    """`[:, 0]` where all that a function does is to take this part; empty for all others."""
    index = dict(unit.nodes[-1].attributes).get("index", "")
    alone = not unit.leaf and len(unit.nodes) == 1 and unit.nodes[0].op == "getitem"
    return f"[{index}]" if alone and index and "tensor" not in str(index) else ""


def value_of(node: Node, argument: str) -> str:
    """The name of the value that is given for a parameter; empty where none is."""
    return next((i for a, i in zip(node.arguments, node.inputs, strict=False) if a == argument), "")


def shape_of(node: Node, argument: str, graph: Graph) -> Shape:
    """The shape of what is given for a parameter; empty where that is not known, or a scalar."""
    found = graph.types.get(value_of(node, argument))
    return (found.shape or ()) if found else ()


def _convolution(node: Node, graph: Graph) -> list[str]:
    shape, groups = shape_of(node, "weight", graph), dict(node.attributes).get("groups", 1)
    if len(shape) < 2:
        return list(_attributes(node))
    inner = shape[1] * groups if isinstance(shape[1], int) and isinstance(groups, int) else shape[1]
    ends = f"{shape[0]}→{inner}" if "transpose" in node.op else f"{inner}→{shape[0]}"
    return ["×".join(map(str, shape[2:])), *_attributes(node), ends]


def _linear(node: Node, graph: Graph) -> list[str]:
    shape = shape_of(node, "weight", graph)
    return ["→".join(str(size) for size in reversed(shape))] if len(shape) == 2 else []


def _upright(node: Node, graph: Graph) -> list[str]:
    """A product with a weight that has the features that come in first."""
    shape = shape_of(node, "mat2", graph)
    weight = graph.weights.get(value_of(node, "mat2"))
    return ["→".join(map(str, shape))] if len(shape) == 2 and weight is not None and weight.kind else []


def _attention(node: Node, graph: Graph) -> list[str]:
    """The heads are the axis before the last two."""
    query, attributes = shape_of(node, "query", graph), dict(node.attributes)
    heads = attributes.get("num_heads") or (query[-3] if len(query) == 4 else None)
    masked = "causal" if attributes.get("is_causal") else "masked" if value_of(node, "attn_mask") else ""
    return [f"{heads} heads" if isinstance(heads, int) else "", masked]


def _recurrent(node: Node, graph: Graph) -> list[str]:
    """The first two weights are gates·hidden × input and gates·hidden × hidden."""
    attributes = dict(node.attributes)
    inner, hidden = (shape_of(node, f"params.{place}", graph)[-1:] for place in range(2))
    layers = attributes.get("num_layers", 1)
    ends = f"{inner[0]}→{hidden[0]}" if inner and hidden else ""
    both = "bidirectional" if attributes.get("bidirectional") else ""
    return [ends, f"{layers} layers" if layers != 1 else "", both]


def _grouped(node: Node, graph: Graph) -> list[str]:
    groups = dict(node.attributes).get("num_groups", "?")
    return [f"{groups} groups", *(text for text in _attributes(node) if not text.startswith("groups "))]


def _pooling(node: Node, graph: Graph) -> list[str]:
    """A window that is a number has that many cells along each axis."""
    attributes = dict(node.attributes)
    window = attributes.pop("kernel_size", 1)
    sizes = window if isinstance(window, tuple) else (window,) * int(node.op[-2])
    rest = replace(node, attributes=tuple(attributes.items()))
    return ["×".join(map(str, sizes)), *_attributes(rest)]


def _dropout(node: Node, graph: Graph) -> list[str]:
    return [f"p {text_of(dict(node.attributes).get('p', 0.5))}"]


def _plain(node: Node, graph: Graph) -> list[str]:
    return list(_attributes(node))


def _nothing(node: Node, graph: Graph) -> list[str]:
    return []


# Functions that say what a unit is, most telling first.
_TELLING: Sequence[tuple[frozenset[str], Telling]] = tuple(
    (frozenset(ops.split()), text)
    for ops, text in (
        ("conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d", _convolution),
        ("lstm gru rnn_tanh rnn_relu", _recurrent),
        ("scaled_dot_product_attention multi_head_attention_forward", _attention),
        ("linear", _linear),
        ("addmm", _upright),
        ("group_norm", _grouped),
        ("batch_norm layer_norm instance_norm rms_norm", _plain),
        (" ".join(DROPOUTS), _dropout),
        (_POOLS, _pooling),
        ("embedding reshape permute expand identity", _nothing),
    )
)


def _attributes(node: Node) -> Iterator[str]:
    texts = (_attribute(name, value, node.op) for name, value in node.attributes if name not in _SILENT)
    yield from [text for text in texts if text][:MOST_ATTRIBUTES]


def _attribute(name: str, value: Attribute, op: str) -> str:
    if op in SIGNS and name in (*SECOND, *FIRST) and isinstance(value, (int, float)):
        return f"{SIGNS[op]} {value:.6g}" if name in SECOND else f"{value:.6g} {SIGNS[op]} x"
    usual = default_of(op, name)
    if name in _GRANTED and (value == usual or (isinstance(value, tuple) and set(value) == {usual})):
        return ""
    if name == "index":
        return f"[{value}]"
    text = f"{SHORT.get(name, name)} {text_of(value, name=name)}".strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
