"""The matrix products inside the operators that ONNX Runtime fuses, as formulas of their operands' shapes."""

from collections.abc import Callable
from functools import partial
from math import prod

from nnviz_action.graph.formulas import Call, Shape, convolution, gemm, product, quantised_convolution, recurrent

MICROSOFT = "com.microsoft"


def _turned_product(call: Call) -> int:
    """Each element of the result is a sum over the last axis of the first factor, or the last but one."""
    return prod(call.y()) * call.x(0)[-2 if call.attributes.get("transA") else -1]


def _packed_attention(call: Call) -> int:
    """One product makes query, key and value of the input; then QKᵀ and its product with V, past keys included."""
    *rows, _ = call.x(0)
    past = _given(call, 4)
    keys = rows[-1] + (past[-2] if past else 0)
    size = call.y()[-1]
    sizes = call.attributes.get("qkv_hidden_sizes")
    query = int(sizes[0]) if isinstance(sizes, tuple) and sizes else size
    return prod(call.x(0)) * call.x(1)[-1] + prod(rows) * keys * (query + size)


def _multi_head(call: Call) -> int:
    """Q is batch × queries × features; keys lie on axis 1, or on axis 2 of those that are split into heads."""
    query, result, key, past = call.x(0), call.y(), _given(call, 1), _given(call, 6)
    keys = (key[2] if len(key) == 4 else key[1]) if key else query[1]
    size = query[2] if len(query) == 3 else query[2] * query[4]
    return (query[0] * query[1] * size + prod(result)) * (keys + (past[2] if past else 0))


def _grouped(call: Call) -> int:
    """Heads that share keys each multiply them; what is kept for the next step has as many keys as were looked at."""
    present, past = _given(call, 1, call.outputs), _given(call, 3)
    keys = present[2] if present else call.x(0)[1] + (past[2] if past else 0)
    return 2 * prod(call.y()) * keys


def _experts(call: Call, places: tuple[int, ...], packed: int = 1) -> int:
    """Each token goes to k experts, of which the weights are stacked; `packed` numbers share one element."""
    *tokens, _ = call.x(0)
    each = sum(prod(weight[1:]) for place in places if (weight := _given(call, place)))
    return prod(tokens) * _whole(call, "k", 1) * each * packed


def _quantised_experts(call: Call) -> int:
    return _experts(call, (2, 5, 8), 8 // _whole(call, "expert_weight_bits", 4))


def _window(call: Call) -> int:
    """A token sees `window` others on either side; those that see all are known when it runs, and not counted."""
    batch, length, size = call.x(0)
    keys = min(2 * _whole(call, "window", 0) + 1, length)
    return batch * length * size * (call.x(1)[-1] + 2 * keys)


def _whole(call: Call, name: str, default: int) -> int:
    value = call.attributes.get(name, default)
    return value if isinstance(value, int) and value > 0 else default


def _given(call: Call, place: int, shapes: tuple[Shape | None, ...] | None = None) -> Shape | None:
    found = call.inputs if shapes is None else shapes
    return found[place] if place < len(found) else None


FUSED: dict[tuple[str, str], Callable[[Call], int]] = {
    (MICROSOFT, "FusedConv"): convolution,
    (MICROSOFT, "NhwcFusedConv"): convolution,
    (MICROSOFT, "NhwcConv"): convolution,  # wherever its weight has the channels
    (MICROSOFT, "QLinearConv"): quantised_convolution,
    (MICROSOFT, "FusedMatMul"): _turned_product,
    (MICROSOFT, "TransposeMatMul"): _turned_product,
    (MICROSOFT, "FusedMatMulActivation"): _turned_product,
    (MICROSOFT, "FusedGemm"): gemm,
    (MICROSOFT, "QGemm"): gemm,
    (MICROSOFT, "MatMulNBits"): product,
    (MICROSOFT, "MatMulBnb4"): product,
    (MICROSOFT, "DynamicQuantizeMatMul"): product,
    (MICROSOFT, "MatMulIntegerToFloat"): product,
    (MICROSOFT, "DynamicQuantizeLSTM"): recurrent,
    (MICROSOFT, "Attention"): _packed_attention,
    (MICROSOFT, "QAttention"): _packed_attention,
    (MICROSOFT, "MultiHeadAttention"): _multi_head,
    (MICROSOFT, "DecoderMaskedMultiHeadAttention"): _multi_head,
    (MICROSOFT, "GroupQueryAttention"): _grouped,
    (MICROSOFT, "LongformerAttention"): _window,
    (MICROSOFT, "MoE"): partial(_experts, places=(2, 4, 6)),
    (MICROSOFT, "QMoE"): _quantised_experts,
}
