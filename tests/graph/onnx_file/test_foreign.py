"""ONNX files as exporters of other frameworks write them: read, or refused with a reason that helps."""

import json
from pathlib import Path

import numpy
import onnx
import pytest
from onnx import GraphProto, ModelProto, TensorProto, helper, numpy_helper
from repository import Repository

from nnviz_action.errors import ModelError
from nnviz_action.graph import digest as digests
from nnviz_action.graph.numbers import count
from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.onnx_file.foreign import adopt
from nnviz_action.graph.values import Graph

F32, BOOL = TensorProto.FLOAT, TensorProto.BOOL


def value(name: str, shape: list[int], dtype: int = F32) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, shape)


def tensor(name: str, array: numpy.ndarray) -> TensorProto:
    return numpy_helper.from_array(array, name)


def adopted(model: ModelProto, folder: Path) -> tuple[Graph, ModelProto]:
    """As read back, which ONNX's own checker must take as well."""
    onnx.save(model, folder / "theirs.onnx")
    adopt(folder / "theirs.onnx", folder / "model.onnx")
    written = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(written, full_check=True)
    return read_graph(folder / "model.onnx"), written


def parameters(graph: Graph) -> int:
    return count(graph, graph, 0)["parameters"]


def branch(name: str, seed: int) -> GraphProto:
    weight = numpy.random.default_rng(seed).standard_normal((4, 4)).astype(numpy.float32)
    nodes = [helper.make_node("MatMul", ["x", f"w{name}"], [name])]
    return helper.make_graph(nodes, name, [], [value(name, [2, 4])], [tensor(f"w{name}", weight)])


def with_branches(seed: int) -> ModelProto:
    node = helper.make_node("If", ["c"], ["y"], then_branch=branch("t", seed), else_branch=branch("e", seed + 1))
    graph = helper.make_graph([node], "g", [value("c", [], BOOL), value("x", [2, 4])], [value("y", [2, 4])])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])


def test_weights_in_bodies_are_weights(tmp_path: Path) -> None:
    graph, written = adopted(with_branches(1), tmp_path)
    other, _ = adopted(with_branches(7), tmp_path)
    assert digests.digest(graph) == digests.digest(other), "training changes no architecture"
    assert not [t for a in written.graph.node[0].attribute for t in a.g.initializer]
    assert parameters(graph) == 32


def test_constants_of_many_floats_are_weights_and_few_are_not(tmp_path: Path) -> None:
    made = [
        helper.make_node("Constant", [], ["bias"], value=tensor("", numpy.ones(16, numpy.float32))),
        helper.make_node("Constant", [], ["scale"], value=tensor("", numpy.ones(2, numpy.float32))),
        helper.make_node("Add", ["x", "bias"], ["z"]),
        helper.make_node("Resize", ["z", "", "scale"], ["y"], mode="nearest"),
    ]
    graph = helper.make_graph(made, "g", [value("x", [2, 16])], [value("y", [2, 16])])
    found, _ = adopted(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), tmp_path)
    assert parameters(found) == 16
    assert found.weights["scale"].value == "[1,1]"


def test_quantised_weights_are_weights(tmp_path: Path) -> None:
    held = [tensor("w", numpy.ones((64, 32), numpy.int8)), tensor("s", numpy.array(0.1, numpy.float32))]
    nodes = [helper.make_node("DequantizeLinear", ["w", "s"], ["d"]), helper.make_node("MatMul", ["x", "d"], ["y"])]
    graph = helper.make_graph(nodes, "g", [value("x", [2, 64])], [value("y", [2, 32])], held)
    found, _ = adopted(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), tmp_path)
    assert parameters(found) == 64 * 32


def test_a_chain_of_elif_is_read(tmp_path: Path) -> None:
    inner = helper.make_graph([helper.make_node("Relu", ["x"], ["r"])], "last", [], [value("r", [2])])
    for level in range(12):
        other = helper.make_graph([helper.make_node("Neg", ["x"], [f"n{level}"])], "n", [], [value(f"n{level}", [2])])
        node = helper.make_node("If", ["c"], [f"y{level}"], then_branch=other, else_branch=inner)
        inner = helper.make_graph([node], f"level{level}", [], [value(f"y{level}", [2])])
    inner.input.extend([value("c", [], BOOL), value("x", [2])])
    graph, _ = adopted(helper.make_model(inner, opset_imports=[helper.make_opsetid("", 20)]), tmp_path)
    assert sum(1 for _ in graph.walk()) == 25


def test_a_file_from_before_opsets_were_named_is_read(tmp_path: Path) -> None:
    node = helper.make_node("Slice", ["x"], ["y"], starts=[0], ends=[2])
    model = helper.make_model(helper.make_graph([node], "g", [value("x", [4])], [value("y", [2])]))
    model.ir_version = 2
    del model.opset_import[:]
    onnx.save(model, tmp_path / "old.onnx")
    adopt(tmp_path / "old.onnx", tmp_path / "model.onnx")
    assert read_graph(tmp_path / "model.onnx").opset == 1


def test_no_numbers_along_a_long_axis_take_no_memory(tmp_path: Path) -> None:
    empty = TensorProto(name="e", data_type=F32, dims=[10**9, 0])
    nodes = [helper.make_node("Identity", ["e"], ["y"])]
    model = helper.make_model(helper.make_graph(nodes, "g", [], [value("y", [10**9, 0])], [empty]))
    onnx.save(model, tmp_path / "m.onnx")
    assert len(read_graph(tmp_path / "m.onnx").weights["e"].value) == 16, "a hash"


def test_values_that_are_kept_in_another_file_are_a_source(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    held = [tensor("i", numpy.arange(200, dtype=numpy.int64) % 4)]
    nodes = [helper.make_node("Gather", ["x", "i"], ["y"])]
    model = helper.make_model(helper.make_graph(nodes, "g", [value("x", [4])], [value("y", [200])], held))
    onnx.save(model, repository.folder / "m.onnx", save_as_external_data=True, location="m.data", size_threshold=0)
    repository.write({"nnviz.yaml": "models:\n  m: {onnx: m.onnx}\n"})
    assert repository.here("generate")[0] == 0
    sources = json.loads(repository.read("diagrams/m/lock.json"))["sources"]
    assert set(sources) == {"m.onnx", "m.data"}
    assert not [
        e
        for t in onnx.load(repository.folder / "diagrams/m/model.onnx", load_external_data=False).graph.initializer
        for e in t.external_data
    ]
    data = repository.folder / "m.data"
    data.write_bytes(data.read_bytes()[:-8] + b"\1" + bytes(7))
    assert repository.here("check")[0] == 1


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda g: g.node[0].input.__setitem__(0, "nobody"), "Add 'y' uses 'nobody', which nothing before it gives"),
        (lambda g: g.node.add().CopyFrom(g.node[0]), "two operators give 'y'"),
        (lambda g: g.node[0].input.pop(), "Add 'y' has 1 inputs and 1 outputs"),
        (lambda g: g.input[0].type.tensor_type.shape.dim[0].__setattr__("dim_value", 10**18), "'x' has the shape 1000000000000000000×4"),
        (lambda g: g.output[0].__setattr__("name", "z"), "an output of the graph uses 'z'"),
    ],
    ids=["nobody", "twice", "fewer", "gigantic", "output"],
)  # fmt: skip
def test_what_holds_no_graph_is_refused_with_the_reason(spoil: object, says: str, tmp_path: Path) -> None:
    nodes = [helper.make_node("Add", ["x", "x"], ["y"])]
    model = helper.make_model(helper.make_graph(nodes, "g", [value("x", [2, 4])], [value("y", [2, 4])]))
    spoil(model.graph)  # type: ignore[operator]
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(ModelError, match=r"m\.onnx cannot be drawn: ") as refused:
        adopt(tmp_path / "m.onnx", tmp_path / "model.onnx")
    assert says in str(refused.value)
