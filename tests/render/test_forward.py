"""The forward graph as boxes: named by modules, weights inside, bookkeeping left out."""

from dataclasses import replace

from graphs import g

from nnviz_action.drawing import Drawing
from nnviz_action.graph import Graph, Node, TensorType, Weight
from nnviz_action.render.forward import draw


def titles(drawing: Drawing) -> list[str]:
    return [box.title for box in drawing.boxes]


def test_an_operator_alone_in_its_module_bears_its_name() -> None:
    drawing = draw(g("x > Conv > Relu > Add > y", "net.conv net.act -"))
    assert titles(drawing) == ["x", "conv", "act", "Add", "y"]
    assert [b.subtitle for b in drawing.boxes] == ["", "Conv", "Act", "", ""]
    assert [m.path for m in drawing.boxes[1].modules] == ["net"]


def test_several_operators_of_a_module_keep_their_own_names_inside_it() -> None:
    drawing = draw(g("x > Mul > Erf > y", "gelu gelu"))
    assert titles(drawing) == ["x", "Mul", "Erf", "y"]
    assert [m.path for m in drawing.boxes[1].modules] == ["gelu"]


def test_a_module_called_twice_is_drawn_where_each_call_happens() -> None:
    drawing = draw(g("x > Relu > Conv > Relu > y", "relu conv relu"))
    assert titles(drawing) == ["x", "relu", "conv", "relu", "y"]
    calls = draw(g("x > Relu > Neg > Conv > Relu > Neg > y", "act act conv act act"))
    assert [b.modules[0].call for b in calls.boxes if b.modules] == [0, 0, 1, 1]


def test_weights_stand_inside_with_their_shapes_and_count_once() -> None:
    weights = {
        "a.weight": Weight("a.weight", TensorType("f32", (8, 4)), "parameter"),
        "a.bias": Weight("a.bias", TensorType("f32", (8,)), "frozen"),
        "a.mean": Weight("a.mean", TensorType("f32", (8,)), "buffer"),
    }
    box = draw(g("x > Gemm > y", "a", weights)).boxes[1]
    assert box.rows == ("weight  8×4", "bias, mean  8")
    assert box.parameters == 40
    twice = draw(g("x > Gemm > Relu > Gemm > y", "a - a", weights))
    assert [b.parameters for b in twice.boxes] == [0, 40, 0, 0, 0]


def test_attributes_that_say_nothing_new_are_left_out() -> None:
    attributes = (
        ("dilations", (1, 1)),
        ("group", 1),
        ("kernel_shape", (3, 3)),
        ("pads", (1, 1, 1, 1)),
        ("strides", (2, 2)),
    )
    graph = g("x > Conv > y")
    graph = replace(graph, nodes=(replace(graph.nodes[0], attributes=attributes),))
    assert draw(graph).boxes[1].rows == ("kernel 3×3, pad 1, stride 2",)


def with_shape_arithmetic() -> Graph:
    nodes = (
        Node("s", "Shape", "", ("x",), ("size",)),
        Node("c", "Concat", "", ("size", "size"), ("shape",)),
        Node("r", "Reshape", "", ("x", "shape"), ("y",)),
    )
    return Graph(
        ("x",), ("y",), nodes, {"x": TensorType("f32", ("batch", 4)), "y": TensorType("f32", ("batch", 2, 2))}
    )


def test_the_arithmetic_of_sizes_is_not_drawn() -> None:
    drawing = draw(with_shape_arithmetic())
    assert titles(drawing) == ["x", "Reshape", "y"]
    assert [a.label for a in drawing.arrows] == ["batch×4 f32", "batch×2×2 f32"]


def test_a_parameter_cut_to_size_is_drawn() -> None:
    graph = with_shape_arithmetic()
    nodes = (
        *graph.nodes[:1],
        Node("p", "Slice", "", ("pos", "size"), ("part",)),
        Node("a", "Add", "", ("x", "part"), ("y",)),
    )
    weights = {"pos": Weight("pos", TensorType("f32", (9, 4)), "parameter")}
    drawing = draw(replace(graph, nodes=nodes, weights=weights))
    assert titles(drawing) == ["x", "Slice", "Add", "y"]
    assert drawing.boxes[1].rows == ("pos  9×4",)
    assert len(drawing.arrows) == 3


def test_it_is_drawn_where_it_is_the_result() -> None:
    assert "Shape" in titles(draw(replace(with_shape_arithmetic(), outputs=("y", "shape"))))


def test_what_is_computed_from_weights_alone_belongs_to_its_user() -> None:
    weights = {"w": Weight("w", TensorType("f32", (4, 2)), "parameter")}
    nodes = (Node("t", "Transpose", "", ("w",), ("wt",)), Node("m", "MatMul", "", ("x", "wt"), ("y",)))
    drawing = draw(Graph(("x",), ("y",), nodes, {}, weights))
    assert titles(drawing) == ["x", "MatMul", "y"]
    assert drawing.boxes[1].rows == ("w  4×2",)


def test_an_opaque_operator_looks_like_one() -> None:
    graph = g("x > twist > y")
    graph = replace(graph, nodes=(replace(graph.nodes[0], domain="nnviz.opaque"),))
    assert draw(graph).boxes[1].kind == "opaque"


def test_bodies_of_control_flow_are_told_and_their_values_connected() -> None:
    body = Graph((), ("r",), (Node("i", "Relu", "", ("v0",), ("r",)),))
    graph = g("x > Neg > If > y")
    branch = replace(graph.nodes[1], inputs=("x",), bodies=(("then_branch", body),))
    drawing = draw(replace(graph, nodes=(graph.nodes[0], branch)))
    assert drawing.boxes[2].rows == ("then_branch: 1 operators",)
    assert ("o0", "o1") in {(a.source, a.target) for a in drawing.arrows}
