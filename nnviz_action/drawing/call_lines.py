"""The line on the card of what was recorded in torch's words: `3×3, stride 2, pad 1, 64→128`, `8 heads, causal`."""

from collections.abc import Callable, Iterator, Sequence

from nnviz_action.drawing.units import Unit
from nnviz_action.graph.values import Attribute, Graph, Node

MOST_ATTRIBUTES, LONGEST = 4, 44
VIEWS = frozenset({
    "reshape", "permute", "squeeze", "unsqueeze", "expand", "identity", "narrow",
    "select", "split", "chunk", "unbind", "to", "flatten", "broadcast_to",
})  # fmt: skip  # results of these share memory with what they are made from
_SHORT = {
    "kernel_size": "kernel", "padding": "pad", "normalized_shape": "", "fill_value": "", "output_size": "to",
    "num_groups": "groups", "repeats": "×", "negative_slope": "slope",
}  # fmt: skip
_SILENT = frozenset({
    "return_indices", "has_biases", "batch_first", "dropout", "training", "normalized_shape", "embed_dim_to_check",
    "add_zero_attn", "need_weights", "dropout_p", "check_other", "padding_idx", "dtype",
})  # fmt: skip
_USUAL: dict[str, Attribute] = {"stride": 1, "padding": 0, "dilation": 1, "output_padding": 0, "groups": 1}
_SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷", "pow": "^", "floor_divide": "÷"}
_SECOND, _FIRST = ("other", "exponent"), ("self", "input")  # on which side of the sign a number stands
Shape = tuple[int | str | None, ...]
Telling = Callable[[Node, Graph], list[str]]


def describe_calls(unit: Unit, graph: Graph) -> str:
    """One line about a unit of recorded calls; the most telling call speaks for all."""
    for ops, text in _TELLING:
        nodes = [node for node in unit.nodes if node.op in ops]
        if nodes:
            return ", ".join(part for part in text(nodes[0], graph) if part)
    return ", ".join(_attributes(unit.nodes[-1])) if len(unit.nodes) == 1 else ""


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
        ("batch_norm layer_norm group_norm instance_norm rms_norm", _plain),
        ("embedding reshape expand identity", _nothing),
    )
)


def _attributes(node: Node) -> Iterator[str]:
    texts = (_attribute(name, value, node.op) for name, value in node.attributes if name not in _SILENT)
    yield from [text for text in texts if text][:MOST_ATTRIBUTES]


def _attribute(name: str, value: Attribute, op: str) -> str:
    if op in _SIGNS and name in (*_SECOND, *_FIRST) and isinstance(value, (int, float)):
        return f"{_SIGNS[op]} {value:.6g}" if name in _SECOND else f"{value:.6g} {_SIGNS[op]}"
    if name in _USUAL and (value == _USUAL[name] or (isinstance(value, tuple) and set(value) == {_USUAL[name]})):
        return ""
    label = _SHORT.get(name, name)
    text = f"{label} {_text(value)}".strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _text(value: Attribute) -> str:
    """`2` for equal strides, four digits of a float."""
    if isinstance(value, tuple):
        parts = [_text(item) for item in value]
        return parts[0] if len(parts) > 1 and len(set(parts)) == 1 else "×".join(parts)
    return f"{value:.4g}" if isinstance(value, float) else str(value)
