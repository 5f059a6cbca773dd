"""Files of any opset: their weights lose the values in whatever way the opset admits."""

from pathlib import Path

import numpy
import onnxruntime
import pytest
from adopting import model, parameters, taken
from onnx import ModelProto

from nnviz_action.graph.digest import digest

NET = "net (float[1,4] x) => (float[1,3] y) { y = Gemm(x, w, b) }"


def gemm(opset: int) -> ModelProto:
    return model(NET, opset, "w 4×3, b 3")


@pytest.mark.parametrize("opset", [7, 8, 9, 10, 11, 12, 20])
def test_a_layer_of_any_opset_is_read_as_it_is(opset: int, tmp_path: Path) -> None:
    graph, written, _ = taken(gemm(opset), tmp_path)
    assert (graph.opset, [n.op for n in graph.nodes], graph.inputs) == (opset, ["Gemm"], ("x",))
    assert [f"{w.name} {w.type} {w.kind} {w.value}" for w in graph.weights.values()] == [
        "w 4×3 f32 parameter ", "b 3 f32 parameter ",
    ]  # fmt: skip
    assert parameters(graph) == 15 and written.ByteSize() < 900
    assert str(graph.types["y"]) == "1×3 f32"


@pytest.mark.parametrize("opset", [1, 5, 6])
def test_opsets_of_old_are_read_too(opset: int, tmp_path: Path) -> None:
    broadcast = "net (float[1,4] x) => (float[1,4] y) { y = Add<axis = 1, broadcast = 1>(x, w) }"
    graph, _, _ = taken(model(broadcast, opset, "w 4, unused 2000 int64"), tmp_path)
    assert (graph.opset, parameters(graph), str(graph.types["y"])) == (opset, 4, "1×4 f32")


@pytest.mark.parametrize("opset", [7, 9, 10, 13])
def test_it_runs_as_zeros(opset: int, tmp_path: Path) -> None:
    _, written, _ = taken(gemm(opset), tmp_path)
    session = onnxruntime.InferenceSession(written.SerializeToString(), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": numpy.ones((1, 4), numpy.float32)})
    assert found.shape == (1, 3) and not found.any()


@pytest.mark.parametrize(
    ("dtype", "shown"), [("float16", "f16"), ("float64", "f64"), ("int8", "i8"), ("bool", "bool")]
)
def test_weights_of_any_type_keep_it(dtype: str, shown: str, tmp_path: Path) -> None:
    net = "net (float[1,4] x) => (float[2000] y) { y = Cast<to = 1>(w) }"
    graph, written, _ = taken(model(net, 10, f"w 2000 {dtype}"), tmp_path)
    assert [str(weight.type) for weight in graph.weights.values()] == [f"2000 {shown}"]
    assert [node.op for node in graph.nodes] == ["Cast"] and written.ByteSize() < 600


def test_a_weight_in_a_body_of_an_old_opset(tmp_path: Path) -> None:
    net = """net (float[2,4] x, bool c) => (float[2,4] y) {
        y = If(c)<then_branch = t () => (float[2,4] a) <float[4,4] w = {}> { a = MatMul(x, w) },
                  else_branch = e () => (float[2,4] b) { b = Neg(x) }>
    }""".replace("= {}", f"= {{{', '.join(['1.5'] * 16)}}}")
    graph, written, _ = taken(model(net, 8), tmp_path)
    assert parameters(graph) == 16
    assert not [t for a in written.graph.node[0].attribute for t in a.g.initializer]


def test_training_changes_no_architecture(tmp_path: Path) -> None:
    other = gemm(9)
    other.graph.initializer[0].raw_data = bytes(48)
    assert digest(taken(gemm(9), tmp_path)[0]) == digest(taken(other, tmp_path)[0])


def test_both_names_of_the_own_domain_are_one(tmp_path: Path) -> None:
    named = gemm(9)
    named.opset_import[0].domain = named.graph.node[0].domain = "ai.onnx"
    assert digest(taken(named, tmp_path)[0]) == digest(taken(gemm(9), tmp_path)[0])


def test_sparse_initializers_and_long_lists_are_weights(tmp_path: Path) -> None:
    net = "net (float[9] x) => (float[9] y) { k = Constant<value_floats: floats = [1, 2, 3, 4, 5, 6, 7, 8, 9]>() y = Add(x, k) }"
    graph, written, _ = taken(model(net), tmp_path)
    assert parameters(graph) == 9 and b"value_floats" not in written.SerializeToString()
