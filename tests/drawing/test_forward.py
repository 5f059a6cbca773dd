"""The forward graph as boxes: a layer or a function each, named by modules, weights inside."""

from dataclasses import replace

import pytest
from graphs import F32, g, traced

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.drawing.forward import draw
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Graph, Node, TensorType, Weight


def titles(drawing: Drawing) -> list[str]:
    return [box.title for box in drawing.boxes]


def weight(name: str, *shape: int, kind: str = "parameter") -> tuple[str, Weight]:
    return name, Weight(name, TensorType("f32", shape), kind)


def test_a_layer_bears_the_name_and_the_class_that_its_author_gave_it() -> None:
    drawing = draw(
        traced("Conv net: lib.Net/net.conv: torch.nn.Conv2d/f: aten.conv2d", "Relu net: lib.Net/relu: aten.relu")
    )
    assert [(b.title, b.subtitle, b.kind) for b in drawing.boxes] == [
        ("x", "", "io"), ("conv", "Conv2d", "convolution"), ("relu", "", "activation"), ("y", "", "io"),
    ]  # fmt: skip
    assert [[m.path for m in b.modules] for b in drawing.boxes] == [[], ["net"], ["net"], []]


def test_a_module_called_twice_is_drawn_where_each_call_happens() -> None:
    assert titles(draw(g("x > Relu > Conv > Relu > y", "relu conv relu"))) == ["x", "relu", "conv", "relu", "y"]


WEIGHTS = dict([weight("a.weight", 8, 4), weight("a.bias", 8, kind="frozen"), weight("a.mean", 8, kind="buffer")])


def test_weights_stand_inside_with_their_shapes_and_count_once() -> None:
    box = draw(g("x > Gemm > y", "a", WEIGHTS)).boxes[1]
    assert box.rows == ("4→4", "weight 8×4 · frozen bias 8")
    assert box.numbers.parameters == 40
    twice = draw(g("x > Gemm > Relu > Gemm > y", "a b a", WEIGHTS))
    assert [b.numbers.parameters for b in twice.boxes] == [0, 40, 0, 0, 0]
    assert twice.boxes[3].rows == ("4→4", "shared weight 8×4 · shared bias 8")


def with_shape_arithmetic() -> Graph:
    nodes = (
        Node("s", "Shape", "", ("x",), ("size",)),
        Node("c", "Concat", "", ("size", "size"), ("shape",)),
        Node("r", "Reshape", "", ("x", "shape"), ("y",)),
    )
    types = {"x": TensorType("f32", ("batch", 4)), "y": TensorType("f32", ("batch", 2, 2))}
    return Graph(("x",), ("y",), nodes, types)


def test_the_arithmetic_of_sizes_is_not_drawn() -> None:
    drawing = draw(with_shape_arithmetic())
    assert titles(drawing) == ["x", "Reshape", "y"]
    assert [a.label for a in drawing.arrows] == ["batch×4 f32", "batch×2×2 f32"]


def test_operators_shown_one_by_one_bear_their_own_names() -> None:
    found = traced("MatMul fc: torch.nn.Linear/linear: aten.linear", "Add fc: torch.nn.Linear/linear: aten.linear")
    assert titles(draw(found, "operators")) == ["x", "MatMul", "Add", "y"]


def test_a_value_without_a_type_has_a_label_too() -> None:
    assert [a.label for a in draw(replace(g("x > Conv > y"), types={})).arrows] == ["? ?", "? ?"]


def test_what_is_computed_from_weights_alone_belongs_to_its_user() -> None:
    nodes = (Node("t", "Transpose", "", ("w",), ("wt",)), Node("m", "MatMul", "", ("x", "wt"), ("y",)))
    drawing = draw(Graph(("x",), ("y",), nodes, {}, dict([weight("w", 4, 2)])))
    assert titles(drawing) == ["x", "MatMul", "y"]
    assert drawing.boxes[1].rows == ("w 4×2",)
    assert drawing.boxes[1].numbers.parameters == 8


def test_an_opaque_operator_looks_like_one() -> None:
    graph = g("x > twist > y")
    graph = replace(graph, nodes=(replace(graph.nodes[0], domain="nnviz.opaque"),))
    assert draw(graph).boxes[1].kind == "opaque"


@pytest.mark.parametrize(
    ("ops", "expected"),
    [
        ("Reshape Transpose", ["view · permute"]),
        ("Reshape Conv Transpose", ["view", "conv2d", "permute"]),
        ("Reshape Transpose Reshape", ["view · permute · view"]),
        ("Reshape Transpose Reshape Transpose Reshape", ["view · permute · … · view"]),
    ],
)
def test_views_in_a_row_are_one(ops: str, expected: list[str]) -> None:
    words = {"Reshape": "view", "Transpose": "permute", "Conv": "conv2d"}
    lines = [f"{op} f{i}: aten.{words[op]}" for i, op in enumerate(ops.split())]
    drawing = draw(traced(*lines))
    assert titles(drawing)[1:-1] == expected
    assert len(drawing.arrows) == len(expected) + 1
    assert titles(draw(traced(*lines), "operators"))[1:-1] == ops.split()


def test_views_in_different_modules_stay_apart() -> None:
    inside = ("Conv a: n.A/a.conv: torch.nn.Conv2d/f: aten.conv2d", "Reshape a: n.A/v: aten.view")
    assert titles(draw(traced(*inside, "Transpose p: aten.permute")))[1:-1] == ["conv", "view", "permute"]


def test_a_view_that_is_used_twice_stays_by_itself() -> None:
    nodes = (
        Node("v", "Reshape", "", ("x",), ("a",)),
        Node("t", "Transpose", "", ("a",), ("b",)),
        Node("m", "Mul", "", ("a", "b"), ("y",)),
    )
    assert titles(draw(Graph(("x",), ("y",), nodes))) == ["x", "Reshape", "Transpose", "Mul", "y"]


def several(op: str, outputs: str, outs: str) -> list[str]:
    """The labels at the results of one operator that gives several values."""
    types = dict.fromkeys(["x", *outputs.split()], F32)
    graph = Graph(("x",), tuple(outs.split()), (Node("n", op, "", ("x",), tuple(outputs.split())),), types)
    return [a.label for a in draw(graph).arrows if a.target.startswith("out")]


@pytest.mark.parametrize(
    ("op", "outputs", "outs", "expected"),
    [
        ("Split", "a b c", "a b c", ["[0] 2×4 f32", "[1] 2×4 f32", "[2] 2×4 f32"]),
        ("LSTM", "y h c", "y h c", ["output 2×4 f32", "h_n 2×4 f32", "c_n 2×4 f32"]),
        ("LSTM", "y h c", "y c", ["output 2×4 f32", "c_n 2×4 f32"]),
        ("LSTM", "y h c", "y", ["2×4 f32"]),
        ("GRU", "y h", "h y", ["h_n 2×4 f32", "output 2×4 f32"]),
    ],
)
def test_several_outputs_are_told_apart(op: str, outputs: str, outs: str, expected: list[str]) -> None:
    assert several(op, outputs, outs) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Conv f: aten.conv2d"], [32]),
        (["Conv f: aten.conv2d", "Relu r: aten.relu"], [32, 32]),
        (["Mul g: aten.gelu", "Erf g: aten.gelu"], [32]),
        (["Conv f: aten.conv2d", "Reshape v: aten.view"], [32, 0]),
    ],
    ids=["one value of 2×4 floats", "each", "not those inside a function", "not those of views"],
)
def test_activations_are_what_leaves_a_unit(lines: list[str], expected: list[int]) -> None:
    assert [b.numbers.activations for b in draw(traced(*lines)).boxes if b.kind != "io"] == expected


def test_a_product_counts_its_multiplications() -> None:
    graph = g("x > Gemm > y", "a", dict([weight("a.weight", 4, 4)]))
    graph = replace(graph, nodes=(replace(graph.nodes[0], attributes=(("transB", 1),)),))
    assert draw(graph).boxes[1].numbers == Numbers(parameters=16, macs=32, activations=32)
