"""Quantised files: their weights are weights, however they are kept."""

from pathlib import Path

from adopting import model, parameters, taken, types

from nnviz_action.drawing.forward import draw
from nnviz_action.graph.numbers import total_macs

SCALES = "<float s0 = {0.5}, uint8 z0 = {3}, int8 i0 = {0}>"


def test_weights_in_front_of_which_stands_a_dequantisation(tmp_path: Path) -> None:
    net = f"""net (float[5,8] x) => (float[5,4] y) {SCALES} {{
        q = QuantizeLinear(x, s0, z0)  d = DequantizeLinear(q, s0, z0)
        v = DequantizeLinear<axis = 1>(w, c, k)  y = MatMul(d, v) }}"""
    graph, _, _ = taken(model(net, 13, "w 8×4 int8, c 4, k 4 int8"), tmp_path)
    assert parameters(graph) == 32, "no scales, which are float tensors as well"
    assert {name: weight.kind for name, weight in graph.weights.items() if weight.kind} == {
        "w": "parameter",
        "c": "buffer",
    }
    shown = [(box.title, box.kind, box.rows) for box in draw(graph).boxes if box.kind != "io"]
    assert shown == [
        ("QuantizeLinear", "quantisation", ("f32→u8, scale 0.5, zero point 3",)),
        ("DequantizeLinear", "quantisation", ("u8→f32, scale 0.5, zero point 3",)),
        ("MatMul", "linear", ("8→4", "w 8×4 i8 · buffer c 4")),
    ]


def test_products_of_integers(tmp_path: Path) -> None:
    net = f"""net (uint8[1,3,8,8] x) => (uint8[1,4] y) {SCALES} {{
        c = QLinearConv<strides = [2, 2], pads = [1, 1, 1, 1]>(x, s0, z0, w, s0, i0, s0, z0, b)
        f = Flatten(c)  y = QLinearMatMul(f, s0, z0, m, s0, i0, s0, z0) }}"""
    graph, _, _ = taken(model(net, 10, "w 6×3×3×3 int8, b 6 int32, m 96×4 int8"), tmp_path)
    assert parameters(graph) == 162 + 6 + 384
    assert total_macs(graph, {}) == 96 * 27 + 96 * 4
    assert [box.rows for box in draw(graph).boxes if box.title.startswith("QLinear")] == [
        ("3×3, stride 2, pad 1, 3→6, u8 × i8", "w 6×3×3×3 i8 · b 6 i32"), ("96→4, u8 × i8", "m 96×4 i8"),
    ]  # fmt: skip


def test_a_domain_that_the_file_forgot_to_import(tmp_path: Path) -> None:
    net = "net (float[5,8] x) => (float[5,8] y) { y = com.microsoft.FastGelu(x) }"
    assert types(taken(model(net, 13), tmp_path)[0]) == {"y": "5×8 f32"}


def test_what_a_file_trains_with_is_no_part_of_it(tmp_path: Path) -> None:
    theirs = model("net (float[5,8] x) => (float[5,4] y) { y = MatMul(x, w) }", 13, "w 8×4")
    theirs.training_info.add().algorithm.CopyFrom(theirs.graph)
    graph, written, _ = taken(theirs, tmp_path)
    assert parameters(graph) == 32 and written.ByteSize() < 500
