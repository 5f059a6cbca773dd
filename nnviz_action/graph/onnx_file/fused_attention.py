"""Shapes of fused attention, of the embeddings before it and of what else goes with it."""

from collections.abc import Callable

from onnx import TensorProto

from nnviz_action.graph.onnx_file.dims import Dim
from nnviz_action.graph.onnx_file.fused_call import Call, Outputs, Tensor, added, part


def _skip_norm(call: Call) -> Outputs:
    """The last output is the sum that was normalised."""
    return [call.x(0), None, None, call.x(0)]


def _embedding(call: Call) -> Outputs:
    ids, table = call.x(0), call.x(2)
    found = Tensor(table.elem, (*ids.dims, table.dims[-1]))
    return [found, Tensor(TensorProto.INT32, ids.dims[:1]), found]


def _gathered(call: Call) -> Outputs:
    data, indices, axis = call.x(0), call.x(1), int(call.get("gather_axis"))
    return [Tensor(call.x(2).elem, (*data.dims[:axis], *indices.dims, *data.dims[axis + 1 :]))]


def _attention(call: Call) -> Outputs:
    """The weights of query, key and value lie side by side; what is kept for the next step is a pair."""
    given, sizes = call.x(0), call.get("qkv_hidden_sizes", [])
    batch, length, _ = given.dims
    packed = call.x(1).dims[-1]
    size = sizes[2] if sizes else part(packed, 3)
    past = call.x(4).dims if call.has(4) else (2, batch, None, 0, None)
    heads = int(call.get("num_heads"))
    present = Tensor(given.elem, (2, batch, heads, added(past[3], length), part(size, heads)))
    return [Tensor(given.elem, (batch, length, size)), present]


def _quantised_attention(call: Call) -> Outputs:
    batch, length, _ = call.x(0).dims
    return [Tensor(call.x(2).elem, (batch, length, part(call.x(1).dims[-1], 3)))]


def _multi_head_attention(call: Call) -> Outputs:
    query, heads = call.x(0), int(call.get("num_heads"))
    batch, length = query.dims[:2]
    size = query.dims[2] if len(query.dims) == 3 else heads * int(str(query.dims[4]))
    keys: Dim = length
    if call.has(1):
        key = call.x(1).dims
        keys = key[2] if len(key) == 4 else key[1]
    if call.has(2):
        value = call.x(2).dims
        size = value[2] if len(value) == 3 else heads * int(str(value[3]))
    past: Dim = call.x(6).dims[2] if call.has(6) else 0
    present = Tensor(query.elem, (batch, heads, added(past, keys), part(size, heads)))
    return [Tensor(query.elem, (batch, length, size)), present, present]


def _grouped_attention(call: Call) -> Outputs:
    query, heads, shared = call.x(0), int(call.get("num_heads")), int(call.get("kv_num_heads"))
    batch, length, size = query.dims
    head = part(size, heads if call.has(1) else heads + 2 * shared)
    past: Dim = call.x(3).dims[2] if call.has(3) else 0
    present = Tensor(query.elem, (batch, shared, added(past, length), head))
    return [Tensor(query.elem, (batch, length, heads * head if isinstance(head, int) else None)), present, present]


def _split_gelu(call: Call) -> Outputs:
    return [Tensor(call.x(0).elem, (*call.x(0).dims[:-1], part(call.x(0).dims[-1], 2)))]


ATTENTION: dict[str, Callable[[Call], Outputs]] = {
    "SkipLayerNormalization": _skip_norm,
    "SkipSimplifiedLayerNormalization": _skip_norm,
    "EmbedLayerNormalization": _embedding,
    "GatherBlockQuantized": _gathered,
    "Attention": _attention,
    "QAttention": _quantised_attention,
    "MultiHeadAttention": _multi_head_attention,
    "DecoderMaskedMultiHeadAttention": _multi_head_attention,
    "GroupQueryAttention": _grouped_attention,
    "BiasSplitGelu": _split_gelu,
}
