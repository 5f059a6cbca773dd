"""What ONNX Runtime fuses: shapes go through it, and its products count."""

from pathlib import Path

import pytest
from adopting import model, taken, types

from nnviz_action.graph.numbers import total_macs

MS = ', "com.microsoft": 1'
X = "float[n,5,8] x"
# inputs, weights, what is called, the types of its outputs, MACs at n = 3
CASES = {
    "FusedMatMul": ("float[n,5,8] x, float[n,7,8] k", "", "FusedMatMul<transB = 1, alpha = 0.5>(x, k)", "n×5×7 f32", 3 * 5 * 7 * 8),
    "FusedMatMul of the other side": ("float[8,5] x", "w 8×4", "FusedMatMul<transA = 1>(x, w)", "5×4 f32", 5 * 4 * 8),
    "FusedGemm": ("float[5,8] x", "w 4×8, b 4", 'FusedGemm<transB = 1, activation = "Relu">(x, w, b)', "5×4 f32", 160),
    "FusedConv": ("float[1,3,9,9] x", "w 6×3×3×3", "FusedConv<pads = [1, 1, 1, 1], strides = [2, 2]>(x, w)", "1×6×5×5 f32", 150 * 27),
    "FusedConv of any size": ("float[1,3,h,w0] x", "w 6×3×3×3", 'FusedConv<auto_pad = "SAME_UPPER">(x, w)', "1×6×h×w0 f32", 6 * 27),
    "NhwcFusedConv": ("float[1,9,9,4] x", "w 6×4×3×5", "NhwcFusedConv<dilations = [2, 2]>(x, w)", "1×5×1×6 f32", 30 * 4 * 15),
    "NhwcFusedConv in groups": ("float[1,9,9,4] x", "w 6×2×3×5", "NhwcFusedConv<group = 2>(x, w)", "1×7×5×6 f32", 210 * 2 * 15),
    "NhwcConv": ("float[1,9,9,4] x", "w 6×3×5×4", "NhwcConv(x, w)", "1×7×5×6 f32", 210 * 4 * 15),
    "NhwcConv with its kernel": ("float[1,9,9,4] x", "w 6×3×5×4", "NhwcConv<kernel_shape = [3, 5]>(x, w)", "1×7×5×6 f32", 210 * 4 * 15),
    "MatMulNBits": (X, "w 16×1×4 uint8, s 16", "MatMulNBits<K = 8, N = 16, bits = 4, block_size = 8>(x, w, s)", "n×5×16 f32", 3 * 5 * 8 * 16),
    "BiasGelu": (X, "b 8", "BiasGelu(x, b)", "n×5×8 f32", 0),
    "FastGelu": (X, "", "FastGelu(x)", "n×5×8 f32", 0),
    "QuickGelu": (X, "", "QuickGelu(x)", "n×5×8 f32", 0),
    "BiasSplitGelu": (X, "b 8", "BiasSplitGelu(x, b)", "n×5×4 f32", 0),
    "SkipLayerNormalization": (f"{X}, float[n,5,8] s", "g 8, b 8", "SkipLayerNormalization(x, s, g, b)", "n×5×8 f32", 0),
    "RotaryEmbedding": (f"{X}, int64[n,5] p", "c 9×4, s 9×4", "RotaryEmbedding(x, p, c, s)", "n×5×8 f32", 0),
    "EmbedLayerNormalization": (
        "int32[n,5] x, int32[n,5] t", "w 30×8, p 9×8, s 2×8, g 8, b 8",
        "EmbedLayerNormalization(x, t, w, p, s, g, b)", "n×5×8 f32", 0,
    ),
    "Attention": (X, "w 8×24, b 24", "Attention<num_heads = 2>(x, w, b)", "n×5×8 f32", 3 * 5 * 8 * 24 + 3 * 5 * 5 * 16),
    "Attention of other sizes": (
        X, "w 8×20, b 20", "Attention<num_heads = 2, qkv_hidden_sizes = [8, 8, 4]>(x, w, b)", "n×5×4 f32",
        3 * 5 * 8 * 20 + 3 * 5 * 5 * 12,
    ),
    "MultiHeadAttention": (
        f"{X}, float[n,7,8] k, float[n,7,6] v", "", "MultiHeadAttention<num_heads = 2>(x, k, v)", "n×5×6 f32",
        3 * 5 * 7 * (8 + 6),
    ),
    "MultiHeadAttention of what is packed": ("float[n,5,2,3,4] x", "", "MultiHeadAttention<num_heads = 2>(x)", "n×5×8 f32", 3 * 5 * 5 * 16),
    "GroupQueryAttention": (
        f"{X}, float[n,5,4] k, float[n,5,4] v, int32[n] l, int32 t", "",
        "GroupQueryAttention<num_heads = 2, kv_num_heads = 1>(x, k, v, , , l, t)", "n×5×8 f32", 2 * 3 * 5 * 8 * 5,
    ),
    "QLinearAdd": ("uint8[n,5] x, uint8[1,5] y0", "", "QLinearAdd(x, s0, z0, y0, s0, z0, s0, z0)", "n×5 u8", 0),
    "QLinearConcat": ("uint8[n,5] x, uint8[n,2] k", "", "QLinearConcat<axis = 1>(s0, z0, x, s0, z0, k, s0, z0)", "n×7 u8", 0),
    "QLinearGlobalAveragePool": ("uint8[1,6,4,4] x", "", "QLinearGlobalAveragePool(x, s0, z0, s0, z0)", "1×6×1×1 u8", 0),
    "QGemm": ("uint8[5,8] x", "w 4×8 int8", "QGemm<transB = 1>(x, s0, z0, w, s0, z0, , s0, z0)", "5×4 u8", 160),
    "DynamicQuantizeMatMul": (X, "w 8×4 int8, c 4", "DynamicQuantizeMatMul(x, w, c)", "n×5×4 f32", 3 * 160),
    "MatMulIntegerToFloat": ("uint8[5,8] x", "w 8×4 int8", "MatMulIntegerToFloat(x, w, s0, s0)", "5×4 f32", 160),
    "MoE": (f"{X}, float[15,4] r", "w 4×8×6, c 4×6×8", "MoE<k = 2>(x, r, w, , c)", "n×5×8 f32", 3 * 5 * 2 * 96),
    "QMoE": (
        f"{X}, float[15,4] r", "w 4×6×4 uint8, c 4×8×3 uint8, a 4×6, b 4×8",
        "QMoE<k = 2, expert_weight_bits = 4>(x, r, w, a, , c, b)", "n×5×8 f32", 3 * 5 * 2 * 96,
    ),
    "LongformerAttention": (
        f"{X}, float[n,5] m, int32[n,5] g", "w 8×24, b 24",
        "LongformerAttention<num_heads = 2, window = 1>(x, w, b, m, w, b, g)", "n×5×8 f32",
        3 * 5 * 8 * (24 + 2 * 3),
    ),
    "GatherBlockQuantized": ("int64[n,5] x", "w 30×8 uint8, c 30×1", "GatherBlockQuantized(w, x, c)", "n×5×8 f32", 0),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_shapes_go_through_what_is_fused(case: str, tmp_path: Path) -> None:
    inputs, weights, call, shape, macs = CASES[case]
    net = f"net ({inputs}) => (y) <float s0 = {{0.5}}, uint8 z0 = {{0}}> {{ h = com.microsoft.{call}  y = Identity(h) }}"
    graph, _, adopted = taken(model(net, 18, weights, domains=MS), tmp_path)
    assert types(graph) == {"h": shape, "y": shape} and not adopted.notes
    assert total_macs(graph, {"n": 3}) == macs


def test_they_go_on_to_the_next_ones(tmp_path: Path) -> None:
    layer = """a{0} = com.microsoft.Attention<num_heads = 2>(x{0}, w, b)  m{0} = MatMul(a{0}, v)
               s{0} = com.microsoft.SkipLayerNormalization(m{0}, x{0}, g)  t{0} = Transpose<perm = [0, 2, 1]>(s{0})
               x{1} = Transpose<perm = [0, 2, 1]>(t{0})"""
    layers = "".join(layer.format(i, i + 1) for i in range(20))
    net = f"net (float[n,5,8] x0) => (x20) {{ {layers} }}"
    graph, _, _ = taken(model(net, 18, "w 8×24, b 24, v 8×8, g 8", domains=MS), tmp_path)
    assert set(types(graph).values()) == {"n×5×8 f32", "n×8×5 f32"}


def test_what_is_kept_for_the_next_step_grows(tmp_path: Path) -> None:
    net = """net (float[n,1,8] x, float[n,1,4] k, float[n,1,4] v, float[n,1,p,4] pk, float[n,1,p,4] pv, int32[n] l, int32 t) => (y, nk, nv) {
        y, nk, nv = com.microsoft.GroupQueryAttention<num_heads = 2, kv_num_heads = 1>(x, k, v, pk, pv, l, t) }"""
    graph, _, _ = taken(model(net, 18, domains=MS), tmp_path)
    assert types(graph)["y"] == "n×1×8 f32"
    assert graph.types["nk"].shape == graph.types["nv"].shape == ("n", 1, "p + 1", 4)
    assert total_macs(graph, {"n": 1, "p": 9}) == 2 * 8 * 10


def test_in_a_branch_too_and_with_weights_from_around_it(tmp_path: Path) -> None:
    net = """net (float[n,8] x, bool c) => (y) {
        y = If(c) <then_branch = t () => (a) { g = com.microsoft.FusedMatMul(x, w)  a = Relu(g) },
                   else_branch = e () => (b) { b = MatMul(x, w) }> }"""
    graph, _, _ = taken(model(net, 10, "w 8×4", domains=MS), tmp_path)
    assert types(graph) == {"y": "n×4 f32", "g": "n×4 f32", "a": "n×4 f32", "b": "n×4 f32"}


@pytest.mark.parametrize(
    "call", ["FusedMatMul(x)", "Attention(x)", "Nothing(x)", "QLinearConcat(x)", "FusedConv(x, x)"]
)
def test_where_a_rule_does_not_fit_nothing_is_known(call: str, tmp_path: Path) -> None:
    net = f"net (float[n] x) => (float[k] y) {{ h = com.microsoft.{call}  y = own.Thing(h) }}"
    graph, _, _ = taken(model(net, domains=f'{MS}, "own": 1'), tmp_path)
    assert types(graph)["h"] == "None" and total_macs(graph, {}) == 0
