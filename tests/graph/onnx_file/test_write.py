"""Weight-free files: valid for every tool, with all shapes that can be known."""

from pathlib import Path

import numpy
import onnx
import onnx_ir as ir
import onnxruntime
import pytest
from onnx import TensorProto, helper

from nnviz_action.errors import ModelError
from nnviz_action.graph.onnx_file.foreign import adopt
from nnviz_action.graph.onnx_file.names import canonicalise
from nnviz_action.graph.onnx_file.read import graph_of, place_of, read_graph
from nnviz_action.graph.onnx_file.shapes import fill_shapes
from nnviz_action.graph.onnx_file.write import to_proto, write

F32, I64 = TensorProto.FLOAT, TensorProto.INT64


def value(name: str, shape: list[int | str | None] | None, kind: int = F32) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def model(
    nodes: list[onnx.NodeProto], inputs: list, outputs: list, weights: dict[str, numpy.ndarray] | None = None
) -> onnx.ModelProto:
    tensors = [onnx.numpy_helper.from_array(data, name) for name, data in (weights or {}).items()]
    graph = helper.make_graph(nodes, "g", inputs, outputs, tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def linear() -> onnx.ModelProto:
    weights = {
        "w": numpy.ones((4, 300), numpy.float32),
        "b": numpy.ones(300, numpy.float32),
        "s": numpy.array(2, numpy.float32),
    }
    nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["h"]), helper.make_node("Mul", ["h", "s"], ["y"])]
    return model(nodes, [value("x", ["n", 4])], [value("y", ["n", 300])], weights)


def emptied(**kinds: str) -> onnx.ModelProto:
    return to_proto(ir.from_proto(linear()), kinds or {"w": "parameter", "b": "frozen", "s": "buffer"})


def test_weights_lose_their_values_and_nothing_else() -> None:
    proto = emptied()
    onnx.checker.check_model(proto, full_check=True)
    assert proto.ByteSize() < 700
    weights = graph_of(proto).weights
    assert {n: f"{w.kind} {w.type} {w.value}" for n, w in weights.items()} == {
        "w": "parameter 4×300 f32 ",
        "b": "frozen 300 f32 ",
        "s": "buffer scalar f32 ",
    }


def test_it_runs_as_zeros(tmp_path: Path) -> None:
    write(emptied(), tmp_path / "m.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": numpy.ones((3, 4), numpy.float32)})
    assert found.shape == (3, 300) and not found.any()


def test_shapes_are_inferred_from_nothing_but_the_weights_shapes() -> None:
    proto = emptied()
    del proto.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(proto, strict_mode=True, data_prop=True)
    assert [v.name for v in inferred.graph.value_info if v.name == "h"] == ["h"]


def test_small_constants_stay() -> None:
    assert graph_of(emptied(w="parameter", b="parameter")).weights["s"].value


def test_kept_weights_still_know_their_kind() -> None:
    proto = to_proto(ir.from_proto(linear()), {"w": "parameter", "b": "frozen"}, keep_weights=True)
    weights = graph_of(proto).weights
    assert (weights["w"].kind, weights["b"].kind) == ("parameter", "frozen")
    assert weights["w"].value, "what a file keeps is part of what it shows"
    assert onnx.numpy_helper.to_array(proto.graph.initializer[0]).all()


def test_names_follow_modules_and_machines_leave_no_trace() -> None:
    found = ir.from_proto(linear())
    found.producer_version = "2.13.0+cpu"
    node = next(iter(found.graph))
    node.metadata_props["namespace"] = ": net.Net/fc: torch.nn.Linear/linear: aten.linear.default"
    node.metadata_props["pkg.torch.onnx.stack_trace"] = "/home/someone/net.py"
    canonicalise(found, ["logits"], {})
    proto = to_proto(found, {"w": "parameter"})
    assert b"/home/" not in proto.SerializeToString() and not proto.producer_version
    graph = graph_of(proto)
    assert [n.name for n in graph.nodes] == ["fc/Gemm", "Mul"]
    assert graph.outputs == ("logits",)
    assert [(m.path, m.kind) for m in graph.nodes[0].modules] == [("fc", "torch.nn.Linear")]


def test_dynamic_dims_get_the_names_of_the_config() -> None:
    nodes = [helper.make_node("Concat", ["x", "x"], ["y"], axis=0)]
    found = ir.from_proto(model(nodes, [value("x", ["s7", 4])], [value("y", ["2*s7", 4])]))
    canonicalise(found, [], {"s7": "batch"})
    assert str(graph_of(to_proto(found, {})).types["x"]) == "batch×4 f32"


@pytest.mark.parametrize(
    ("before", "target", "after"),
    [
        (["n", 4, 6], [0, -1], "n×24 f32"),
        ([20, "n", 2, 48], [0, 0, -1], "20×n×96 f32"),
        (["n", 4, 16, 8], [-1, 16, 8], "4*n×16×8 f32"),
        (["n", 4], [-1, 2, 2], "n×2×2 f32"),
    ],
)
def test_the_open_dimension_of_a_reshape_is_found(before: list, target: list[int], after: str) -> None:
    nodes = [helper.make_node("Reshape", ["x", "shape"], ["r"]), helper.make_node("Relu", ["r"], ["y"])]
    proto = model(nodes, [value("x", before)], [value("y", None)], {"shape": numpy.array(target)})
    fill_shapes(proto)
    assert str(graph_of(proto).types["r"]) == after


def test_a_transposition_is_known_from_either_side() -> None:
    nodes = [helper.make_node("Foo", ["x"], ["f"], domain="custom"), helper.make_node("Transpose", ["f"], ["t"], perm=[1, 0]), helper.make_node("Relu", ["t"], ["y"])]  # fmt: skip
    proto = model(nodes, [value("x", [2])], [value("y", ["n", 3])])
    proto.opset_import.append(helper.make_opsetid("custom", 1))
    proto.graph.value_info.extend([value("f", [None, None]), value("t", ["n", 3])])
    fill_shapes(proto)
    assert str(graph_of(proto).types["f"]) == "3×n f32"


def test_bodies_are_read_with_the_types_they_have() -> None:
    body = helper.make_graph([helper.make_node("Relu", ["x"], ["b"])], "b", [], [value("b", [2])])
    node = helper.make_node("If", ["c"], ["y"], then_branch=body, else_branch=body)
    graph = graph_of(model([node], [value("c", [], TensorProto.BOOL), value("x", [2])], [value("y", [2])]))
    assert [name for name, _ in graph.nodes[0].bodies] == ["else_branch", "then_branch"]
    assert [(name, str(found)) for name, found in graph.values()] == [("y", "2 f32"), ("b", "2 f32"), ("b", "2 f32")]


@pytest.mark.parametrize(
    ("namespace", "place"),
    [
        ("", ""),
        ("x: aten.relu.default", "relu"),
        ("layers: L/layers.0: B/layers.0.fc: nn.Linear/linear: aten.linear", "layers > layers.0 > layers.0.fc > linear"),
        ("fc: nn.Linear/linear: aten.linear.default", "fc > linear"),
        ("fc@1: nn.Linear/add_: aten.add_.Tensor", "fc (call 1) > add"),
        ("a@b: nn.Linear/_to_copy: aten._to_copy.default", "a@b > to_copy"),
        ("add: <built-in function add>", "add"),
        ("twist: custom::twist", "twist"),
    ],
)  # fmt: skip
def test_modules_and_functions_are_read_from_the_namespace(namespace: str, place: str) -> None:
    modules, function = place_of(namespace)
    names = [f"{m.path} (call {m.call})" if m.call else m.path for m in modules]
    assert " > ".join([*names, *([function.target] if function else [])]) == place


def test_what_is_no_onnx_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"\x08\x07not")
    with pytest.raises(ModelError, match=r"m\.onnx is not"):
        read_graph(tmp_path / "m.onnx")
    with pytest.raises(ModelError, match=r"n\.onnx"):
        adopt(tmp_path / "n.onnx", tmp_path / "o.onnx")
