"""Kinds and lines of operators that come from other frameworks: quantised, fused, losses, resizing."""

from collections.abc import Mapping

import pytest

from nnviz_action.drawing.forward import draw
from nnviz_action.drawing.kinds import kind_of
from nnviz_action.graph.values import Attribute, Graph, Node, TensorType, Weight

TYPES = {
    "x": "f32 1,3,8,8", "u": "u8 5,512", "i": "i8 5,1000", "y": "f32 1,3,16,16", "z": "f32 5,1000", "s": "f32 64",
    "w": "i8 64,3,3,3", "v": "f32 64,5,5,3", "d": "f32 64,512", "q": "u8 1,3,8,8", "one": "f32 1", "m": "i8 512,1000", "k": "u8 1000,16,16",
}  # fmt: skip
VALUES = {"scale": ("f32", "0.02"), "zero": ("u8", "128"), "none": ("u8", "0")}
LISTS = {"twice": "[1,1,2,2]", "wide": "[1,1,2,3]", "single": "[0.25]"}


def drawn(line: str, domain: str = "", **attributes: Attribute) -> tuple[str, str]:
    """The kind and the line of `y = Op a b`; weights are `w`, `v`, `m`, `k`, `d`, constants those of VALUES and LISTS."""
    made, _, call = line.partition(" = ")
    op, *inputs = [word.replace("-", "") for word in call.split()]
    types = {n: TensorType(t.split()[0], tuple(map(int, t.split()[1].split(",")))) for n, t in TYPES.items()}
    weights = {n: Weight(n, TensorType(dtype, ()), value=value) for n, (dtype, value) in VALUES.items()}
    weights |= {n: Weight(n, TensorType("f32", (value.count(",") + 1,)), value=value) for n, value in LISTS.items()}
    weights |= {name: Weight(name, types[name], "parameter") for name in "wvmkd"}
    types |= {name: weight.type for name, weight in weights.items()}
    node = Node("", op, domain, tuple(inputs), (made,), tuple(attributes.items()))
    box = next(
        box for box in draw(Graph(("x", "u", "i", "q"), (made,), (node,), types, weights)).boxes if box.kind != "io"
    )
    rows = [row for row in box.rows if not row.startswith(("w ", "v ", "m ", "k ", "d "))]
    return box.kind, " | ".join(rows)


@pytest.mark.parametrize(
    ("line", "attributes", "expected"),
    [
        ("u = QuantizeLinear z scale zero", {}, "f32→u8, scale 0.02, zero point 128"),
        ("u = QuantizeLinear z scale none", {}, "f32→u8, scale 0.02"),
        ("u = QuantizeLinear z single", {}, "f32→u8, scale 0.25"),
        ("z = DequantizeLinear i s", {"axis": 0}, "i8→f32, 64 scales along dim 0"),
        ("z = DequantizeLinear i d", {"axis": 1, "block_size": 32}, "i8→f32, blocks of 32 along dim 1"),
        ("z = DequantizeLinear i one", {}, "i8→f32"),
        ("u = DynamicQuantizeLinear z", {}, "f32→u8"),
    ],
)
def test_quantisation(line: str, attributes: Mapping[str, Attribute], expected: str) -> None:
    assert drawn(line, **attributes) == ("quantisation", expected)


@pytest.mark.parametrize(
    ("line", "attributes", "kind", "expected"),
    [
        ("y = QLinearConv q scale zero w scale none scale zero", {"pads": (1, 1, 1, 1), "strides": (2, 2)},
         "convolution", "3×3, stride 2, pad 1, 3→64, u8 × i8"),
        ("y = ConvInteger q w", {}, "convolution", "3×3, 3→64, u8 × i8"),
        ("i = QLinearMatMul u scale zero m scale none scale zero", {}, "linear", "512→1000, u8 × i8"),
        ("z = MatMulInteger u m", {}, "linear", "512→1000, u8 × i8"),
        ("z = MatMulInteger u i", {}, "linear", "u8 × i8"),
    ],
)  # fmt: skip
def test_products_of_what_is_quantised(
    line: str, attributes: Mapping[str, Attribute], kind: str, expected: str
) -> None:
    assert drawn(line, **attributes) == (kind, expected)


@pytest.mark.parametrize(
    ("line", "attributes", "expected"),
    [
        ("z = SoftmaxCrossEntropyLoss x u", {}, "mean"),
        (
            "z = SoftmaxCrossEntropyLoss x u d",
            {"reduction": "sum", "ignore_index": -100},
            "sum, class weights, ignores -100",
        ),
        ("z = NegativeLogLikelihoodLoss x u", {"reduction": "none"}, "of each element"),
    ],
)
def test_losses(line: str, attributes: Mapping[str, Attribute], expected: str) -> None:
    assert drawn(line, **attributes) == ("loss", expected)


@pytest.mark.parametrize(
    ("line", "attributes", "expected"),
    [
        ("y = Resize x - twice", {"mode": "nearest"}, "×2, nearest"),
        (
            "y = Resize x - wide",
            {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
            "×2×3, linear, align corners",
        ),
        ("y = Resize x - - u", {"mode": "cubic", "antialias": 1}, "×2, cubic, antialias"),
        ("u = Resize x - - u", {}, "nearest"),
        ("y = Resize x twice", {}, "×2, nearest"),
        ("y = Upsample x twice", {"mode": "linear"}, "×2, linear"),
        ("y = Upsample x", {"mode": "nearest", "scales": (1.0, 1.0, 2.0, 2.0)}, "×2, nearest"),
    ],
)
def test_resizing(line: str, attributes: Mapping[str, Attribute], expected: str) -> None:
    assert drawn(line, **attributes) == ("shape", expected)


@pytest.mark.parametrize(
    ("line", "attributes", "kind", "expected"),
    [
        ("y = FusedConv x w", {"activation": "Relu", "kernel_shape": (3, 3)}, "convolution", "3×3, 3→64, Relu"),
        ("y = FusedConv x w", {"activation": "Clip", "activation_params": (0.0, 6.0)}, "convolution", "3×3, 3→64, Clip"),
        ("y = NhwcFusedConv x w", {"activation": "Relu"}, "convolution", "3×3, 3→64, Relu"),
        ("y = NhwcConv x v", {}, "convolution", "5×5, 3→64"),
        ("z = FusedMatMul u i", {"transB": 1, "alpha": 0.125}, "linear", "B transposed, × 0.125"),
        ("z = FusedMatMul u m", {}, "linear", "512→1000"),
        ("z = FusedGemm u m", {"activation": "Tanh"}, "linear", "512→1000, Tanh"),
        ("z = MatMulNBits u k s", {"K": 512, "N": 1000, "bits": 4, "block_size": 32}, "linear", "512→1000, 4 bits, blocks of 32"),
        ("z = Attention x u", {"num_heads": 12, "unidirectional": 1}, "attention", "12 heads, causal"),
        ("z = MultiHeadAttention x x x", {"num_heads": 8}, "attention", "8 heads"),
        ("z = GroupQueryAttention x x x", {"num_heads": 32, "kv_num_heads": 8, "do_rotary": 1, "local_window_size": 128},
         "attention", "32 heads, 8 for keys and values, causal, window 128, rotary"),
        ("z = SkipLayerNormalization x x", {"epsilon": 1e-12}, "normalisation", "eps 1e-12"),
        ("z = EmbedLayerNormalization x x", {}, "embedding", ""),
        ("z = BiasGelu x x", {}, "activation", ""),
        ("z = QuickGelu x", {"alpha": 1.702}, "activation", "alpha 1.702"),
        ("z = RotaryEmbedding x x x x", {}, "embedding", ""),
        ("z = QLinearAdd q scale zero q scale zero scale zero", {}, "arithmetic", ""),
        ("z = QLinearSigmoid q scale zero scale zero", {}, "activation", ""),
    ],
)  # fmt: skip
def test_what_onnx_runtime_fuses(line: str, attributes: Mapping[str, Attribute], kind: str, expected: str) -> None:
    assert drawn(line, "com.microsoft", **attributes) == (kind, expected)


def test_an_operator_of_somebody_elses_says_nothing() -> None:
    assert drawn("z = FusedConv x w", "theirs", activation="Relu") == ("convolution", "")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("QuantizeLinear", "quantisation"), ("quantize_per_tensor", "quantisation"), ("DeQuantStub", "quantisation"),
        ("DynamicQuantizeMatMul", "linear"), ("QLinear", "linear"), ("CrossEntropyLoss", "loss"), ("kl_div", "loss"),
    ],
)  # fmt: skip
def test_the_kind_of_a_name(name: str, kind: str) -> None:
    assert kind_of(name, []) == kind


def test_weights_of_few_bits_are_told_with_their_type() -> None:
    types = {"w": TensorType("i8", (64, 32)), "s": TensorType("f32", ())}
    weights = {"w": Weight("w", types["w"], "parameter"), "s": Weight("s", types["s"], value="0.1")}
    nodes = (Node("", "DequantizeLinear", "", ("w", "s"), ("d",)), Node("", "MatMul", "", ("x", "d"), ("y",)))
    types |= {"x": TensorType("f32", (5, 64)), "y": TensorType("f32", (5, 32))}
    boxes = draw(Graph(("x",), ("y",), nodes, types, weights)).boxes
    assert [(box.title, box.rows) for box in boxes] == [("x", ()), ("MatMul", ("64→32", "w 64×32 i8")), ("y", ())]


def test_a_constant_that_is_a_result_is_drawn() -> None:
    weights = {
        "y": Weight("y", TensorType("f32", (2,)), value="[1,2]"),
        "z": Weight("z", TensorType("f32", (4, 4)), "parameter"),
    }
    drawing = draw(Graph((), ("y", "z"), (), {n: w.type for n, w in weights.items()}, weights))
    assert [(box.title, box.rows) for box in drawing.boxes] == [
        ("constant", ("[1,2]",)), ("parameter", ("z 4×4",)), ("y", ()), ("z", ()),
    ]  # fmt: skip
    assert [(a.source, a.target, a.label) for a in drawing.arrows] == [
        ("held y", "out y", "2 f32"), ("held z", "out z", "4×4 f32"),
    ]  # fmt: skip
    assert drawing.numbers.parameters == 16
