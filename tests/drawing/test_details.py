"""The line below a title: what a reader wants to know of a layer or a function."""

from collections.abc import Mapping

import pytest

from nnviz_action.drawing.details import describe, weight_row
from nnviz_action.drawing.known import Known
from nnviz_action.drawing.units import Unit
from nnviz_action.graph.values import Attribute, Function, Graph, Module, Node, TensorType, Weight

Shapes = Mapping[str, tuple[int | str | None, ...]]


def described(
    shapes: Shapes, *lines: str, fixed: str = "", constants: Mapping[str, str] | None = None, **attributes: Attribute
) -> str:
    """What is said of operators (`y = Gemm x w`), of which the first has the attributes."""
    nodes = []
    for index, line in enumerate(lines):
        made, _, call = line.partition(" = ")
        op, *inputs = call.split()
        own = tuple(attributes.items()) if not index else ()
        function = Function("f", "scaled_dot_product_attention" if "Softmax" in "".join(lines) else "f")
        nodes.append(Node("", op, "", tuple(inputs), tuple(made.split()), own, function=function))
    types = {name: TensorType("f32", shape) for name, shape in shapes.items()}
    scalars = {name: Weight(name, TensorType("f32", ()), value=value) for name, value in (constants or {}).items()}
    graph = Graph(("x",), ("y",), tuple(nodes), types, scalars)
    module = (Module("m", "torch.nn.M"),)
    return describe(Unit("o0", tuple(nodes), (), module), Known(graph, {*fixed.split(), *scalars}))


CONV = {"w": (128, 64, 3, 3)}


@pytest.mark.parametrize(
    ("shapes", "attributes", "expected"),
    [
        (CONV, {"kernel_shape": (3, 3), "pads": (1, 1, 1, 1), "strides": (2, 2), "dilations": (1, 1), "group": 1},
         "3×3, stride 2, pad 1, 64→128"),
        (CONV, {"kernel_shape": (3, 3), "pads": (0, 0, 0, 0), "strides": (1, 1)}, "3×3, 64→128"),
        (CONV, {"kernel_shape": (3, 3), "pads": (0, 1, 0, 1), "strides": (2, 1)}, "3×3, stride 2×1, pad 0×1×0×1, 64→128"),
        ({"w": (32, 1, 3, 3)}, {"kernel_shape": (3, 3), "group": 32}, "3×3, groups 32, 32→32"),
        (CONV, {"kernel_shape": (3, 3), "dilations": (2, 2), "auto_pad": "NOTSET"}, "3×3, dilation 2, 64→128"),
        ({}, {"kernel_shape": (7,)}, "7"),
    ],
)  # fmt: skip
def test_a_convolution(shapes: Shapes, attributes: dict[str, Attribute], expected: str) -> None:
    assert described(shapes, "y = Conv x w", fixed="w", **attributes) == expected


def test_a_transposed_convolution_counts_its_channels_the_other_way() -> None:
    shapes = {"w": (64, 32, 2, 2)}
    assert described(shapes, "y = ConvTranspose x w", kernel_shape=(2, 2), strides=(2, 2)) == "2×2, stride 2, 64→32"


FEATURES = {"x": (5, 512), "h": (5, 1000), "y": (5, 1000)}
SCORES = {"s": (2, 8, 16, 16), "q": (2, 8, 16, 64), "y": (2, 8, 16, 64)}


@pytest.mark.parametrize(
    ("shapes", "lines", "expected"),
    [
        (FEATURES, ["y = Gemm x w b"], "512→1000"),
        (FEATURES, ["h = MatMul x w", "y = Add h b"], "512→1000"),
        ({}, ["y = Gemm x w b"], ""),
        (SCORES, ["s = MatMul q k", "p = Softmax s", "y = MatMul p v"], "8 heads"),
        ({"s": (2, "heads", 4, 4)}, ["s = MatMul q k", "p = Softmax s", "y = MatMul p v"], ""),
        ({"x": (5, 2, 10)}, ["y = LSTM x w r"], "10→16"),
        ({"x": (5, 2, 10)}, ["h = LSTM x w r", "y = LSTM h w r"], "10→16, 2 layers"),
    ],
    ids=["linear", "linear in two", "unknown shapes", "attention", "unknown heads", "lstm", "two layers"],
)
def test_products(shapes: Shapes, lines: list[str], expected: str) -> None:
    size = {"hidden_size": 16} if "LSTM" in lines[0] else {}
    assert described(shapes, *lines, fixed="w b", **size) == expected


@pytest.mark.parametrize(
    ("line", "attributes", "expected"),
    [
        ("y = LSTM x w r", {"hidden_size": 16, "direction": "bidirectional"}, "?→16, bidirectional"),
        ("y = BatchNormalization x s b m v", {"epsilon": 1e-5, "momentum": 0.8999999761581421}, ""),
        ("y = BatchNormalization x s b m v", {"epsilon": 0.001}, "eps 0.001"),
        ("y = LayerNormalization x s b", {"axis": -1, "epsilon": 9.999999974752427e-07}, "eps 1e-06"),
        ("y = GroupNormalization x s b", {"num_groups": 8}, "num_groups 8"),
        ("y = MaxPool x", {"kernel_shape": (3, 3), "strides": (2, 2), "ceil_mode": 0}, "3×3, stride 2"),
        ("y = Gather w x", {"axis": 0}, ""),
        ("y = Softmax x", {"axis": -1}, "dim -1"),
        ("y = LeakyRelu x", {"alpha": 0.009999999776482582}, "alpha 0.01"),
        ("y = Transpose x", {"perm": (0, 2, 1)}, ""),
        ("y = Pad x", {"what": "x" * 60}, f"what {'x' * 43}…"),
    ],
)
def test_one_operator(line: str, attributes: dict[str, Attribute], expected: str) -> None:
    assert described({}, line, fixed="w", **attributes) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("y = Mul x k", "× 0.125"), ("y = Mul k x", "0.125 × x"), ("y = Sub k x", "0.125 − x"), ("y = Div x k", "÷ 0.125"),
        ("y = Add x k", "+ 0.125"), ("y = Pow x k", "^ 0.125"), ("y = Add x z", ""), ("y = Dropout x k", "p 0.125"),
        ("y = Dropout x", ""),
    ],
)  # fmt: skip
def test_what_a_value_meets(line: str, expected: str) -> None:
    assert described({}, line, constants={"k": "0.125"}) == expected


def weight(name: str, *shape: int, kind: str = "parameter") -> Weight:
    return Weight(name, TensorType("f32", shape), kind)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([], ""),
        ([weight("fc.weight", 8, 4), weight("fc.bias", 8)], "weight 8×4 · bias 8"),
        ([weight("fc.weight", 8), weight("fc.bias", 8), weight("fc.mean", 8, kind="buffer")], "weight, bias 8"),
        ([weight("fc.a", 8), weight("fc.b", 8), weight("fc.c", 8)], "a … c 8"),
        ([weight("fc.weight", 8, kind="frozen")], "frozen weight 8"),
        ([weight("other.weight", 8), weight("fc.gain")], "other.weight 8 · gain scalar"),
        ([weight(f"fc.w{i}", i) for i in range(1, 9)], "w1 1 · w2 2 · w3 3 · w4 4 · w5 5 · w6 6 · 2 more"),
        ([weight("fc.mean", 8, kind="buffer")], ""),
    ],
)
def test_the_row_of_the_weights(weights: list[Weight], expected: str) -> None:
    assert weight_row(weights, "fc") == expected
