"""Local functions: opened, counted, and closed only where nobody can open them."""

from pathlib import Path

import pytest
from adopting import model, parameters, taken, types
from onnx import ModelProto

from nnviz_action.drawing.forward import draw
from nnviz_action.drawing.repeats import fold_repeats
from nnviz_action.errors import ModelError
from nnviz_action.graph.numbers import total_macs
from nnviz_action.graph.values import Graph

BLOCK = """
<opset_import: ["": 20, "own": 1], domain: "own">
Block<alpha: float = 0.25>(x, w, b) => (y) { h = own.Linear(x, w, b)  y = LeakyRelu<alpha: float = @alpha>(h) }
<opset_import: ["": 20], domain: "own">
Linear(x, w, b) => (y) { y = Gemm(x, w, b) }
"""
WEIGHTS = "net.0.w 8×8, net.0.b 8, net.1.w 8×8, net.1.b 8"


def opened(body: str, folder: Path, functions: str = BLOCK, weights: str = WEIGHTS) -> tuple[Graph, ModelProto]:
    net = f"net (float[n,8] x, bool c) => (float[n,8] y) {{ {body} }}"
    graph, written, adopted = taken(model(net, 20, weights, functions, ', "own": 1'), folder)
    assert not written.functions and not adopted.notes
    return graph, written


def places(graph: Graph) -> list[str]:
    return [f"{'/'.join(m.path for m in node.modules)}: {node.op}" for node in graph.nodes]


TWO = 'h = own.Block<alpha = 0.5>(x, "net.0.w", "net.0.b")  y = own.Block(h, "net.1.w", "net.1.b")'


def test_calls_become_frames_of_what_they_consist_of(tmp_path: Path) -> None:
    graph, _ = opened(TWO, tmp_path)
    assert places(graph) == [
        "Block/Block.Linear: Gemm", "Block: LeakyRelu", "Block_2/Block_2.Linear: Gemm", "Block_2: LeakyRelu",
    ]  # fmt: skip
    assert [dict(n.attributes) for n in graph.nodes if n.op == "LeakyRelu"] == [{"alpha": 0.5}, {"alpha": 0.25}]
    assert set(types(graph).values()) == {"n×8 f32"}


def test_parameters_and_products_in_functions_count(tmp_path: Path) -> None:
    graph, _ = opened(TWO, tmp_path)
    assert (parameters(graph), total_macs(graph, {"n": 3})) == (144, 3 * 128)
    assert draw(graph).numbers.parameters == 144


def test_equal_calls_fold(tmp_path: Path) -> None:
    drawing = fold_repeats(draw(opened(TWO.replace("<alpha = 0.5>", ""), tmp_path)[0]))
    assert [(box.title, [m.times for m in box.modules]) for box in drawing.boxes if box.kind != "io"] == [
        ("Gemm", ["×2", ""]), ("LeakyRelu", ["×2"]),
    ]  # fmt: skip


def test_what_follows_a_call_is_behind_its_frame(tmp_path: Path) -> None:
    drawing = draw(opened('h = own.Block(x, "net.0.w", "net.0.b")  y = Relu(h)', tmp_path)[0])
    assert [len(box.modules) for box in drawing.boxes] == [0, 0, 2, 1, 0, 0]


def test_names_that_say_modules_stand_around_a_call(tmp_path: Path) -> None:
    graph, _ = opened(
        '["/encoder/first"] h = own.Block(x, "net.0.w", "net.0.b") ["/encoder/Relu"] y = Relu(h)', tmp_path
    )
    assert places(graph) == [
        "encoder/encoder.first/encoder.first.Linear: Gemm", "encoder/encoder.first: LeakyRelu", "encoder: Relu",
    ]  # fmt: skip


def test_a_call_in_a_branch_and_a_branch_in_a_call(tmp_path: Path) -> None:
    choose = """
    <opset_import: ["": 20, "own": 1], domain: "own">
    Choose(c, x, w, b) => (y) { y = If(c) <
        then_branch = t () => (h) { h = own.Block(x, w, b) }, else_branch = e () => (g) { g = Neg(x) }> }"""
    body = """h = If(c) <then_branch = t () => (float[n,8] a) { a = own.Block(x, \"net.0.w\", \"net.0.b\") },
                         else_branch = e () => (float[n,8] b) { b = Neg(x) }>
              y = own.Choose(c, h, \"net.1.w\", \"net.1.b\")"""
    graph, _ = opened(body, tmp_path, BLOCK + choose)
    assert sorted(node.op for node in graph.walk()) == [
        "Gemm",
        "Gemm",
        "If",
        "If",
        "LeakyRelu",
        "LeakyRelu",
        "Neg",
        "Neg",
    ]
    assert (parameters(graph), total_macs(graph, {"n": 1})) == (144, 128)
    frames = ["/".join(m.title or m.path for m in box.modules) for box in draw(graph).boxes if box.title == "Gemm"]
    assert frames == ["If/then/Block/Block.Linear", "Choose/If/then/Choose.Block/Choose.Block.Linear"]


def test_values_that_pass_through_and_inputs_that_are_left_out(tmp_path: Path) -> None:
    functions = """
    <opset_import: ["": 20], domain: "own">
    Pass(x, low, high) => (x, y, y) { y = Clip(x, low, high) }"""
    graph, _ = opened("p, q, r = own.Pass(x)  h = Add(q, r)  y = Add(p, h)", tmp_path, functions, "")
    assert [node.op for node in graph.nodes] == ["Clip", "Identity", "Identity", "Add", "Add"]
    assert graph.nodes[0].inputs == ("x", "", "")


def test_the_same_weights_go_when_they_lie_in_a_function(tmp_path: Path) -> None:
    values = ", ".join(["1.5"] * 64)
    functions = f"""
    <opset_import: ["": 20], domain: "own">
    Fixed(x) => (y) {{ k = Constant<value = float[8,8] {{{values}}}>()  y = MatMul(x, k) }}"""
    graph, written = opened("y = own.Fixed(x)", tmp_path, functions, "")
    assert parameters(graph) == 64 and written.ByteSize() < 900


def test_a_function_of_another_opset_is_opened_where_it_means_the_same(tmp_path: Path) -> None:
    functions = """
    <opset_import: ["": 19], domain: "own">
    Act(x) => (y) { y = Relu(x) }"""
    assert places(opened("y = own.Act(x)", tmp_path, functions, "")[0]) == ["Act: Relu"]


def test_else_a_note_says_so(tmp_path: Path) -> None:
    functions = """
    <opset_import: ["": 11], domain: "own">
    Soft(x) => (y) { y = Softmax<axis = 1>(x) }"""
    net = "net (float[n,8] x) => (float[n,8] y) { y = own.Soft(x) }"
    graph, _, adopted = taken(model(net, 20, "", functions, ', "own": 1'), tmp_path)
    assert [node.op for node in graph.nodes] == ["Softmax"]
    assert adopted.notes[0].startswith("the function Soft is of opset 11, where some operators mean something else")


def test_functions_that_call_themselves_are_refused(tmp_path: Path) -> None:
    functions = """
    <opset_import: ["": 20, "own": 1], domain: "own">
    Round(x) => (y) { h = own.Round(x)  y = own.Round(h) }"""
    with pytest.raises(ModelError, match="call each other without end"):
        opened("y = own.Round(x)", tmp_path, functions, "")
