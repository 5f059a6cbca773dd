"""ir.Model → a weight-free ONNX file that is still a valid model."""

from collections.abc import Mapping
from pathlib import Path

import onnx_ir as ir
from onnx import ModelProto, NodeProto

from nnviz_action.graph.onnx_file.metadata import WEIGHT
from nnviz_action.graph.onnx_file.schema import opset_of
from nnviz_action.graph.onnx_file.shapes import fill_shapes
from nnviz_action.graph.onnx_file.weight_nodes import weight_nodes

LARGEST_CONSTANT = 1024  # elements; shapes depend on small constants, so those keep their values


def to_proto(model: ir.Model, kinds: Mapping[str, str], keep_weights: bool = False) -> ModelProto:
    """The model as a proto in which each weight has a type and a shape, but no values.

    `kinds` maps the names of weights to `parameter`, `frozen` or `buffer`; a constant that is too large to be
    kept is emptied too.
    """
    emptied = [] if keep_weights else _take_out(model, kinds)
    proto = ir.to_proto(model)
    for tensor in proto.graph.initializer:
        if tensor.name in kinds:
            tensor.metadata_props.add(key=WEIGHT, value=kinds[tensor.name])
    opset = opset_of(proto)
    weights = [node for value in emptied for node in _nodes(value, kinds.get(value.name or "", ""), opset)]
    nodes = list(proto.graph.node)
    del proto.graph.node[:]
    proto.graph.node.extend([*weights, *nodes])
    fill_shapes(proto)
    return proto


def write(proto: ModelProto, path: Path) -> None:
    """Write the file."""
    path.write_bytes(model_bytes(proto))


def model_bytes(proto: ModelProto) -> bytes:
    """The file, by deterministic serialisation: equal models, equal bytes."""
    return bytes(proto.SerializeToString(deterministic=True))


def _take_out(model: ir.Model, kinds: Mapping[str, str]) -> list[ir.Value]:
    emptied = []
    for name, value in list(model.graph.initializers.items()):
        size = value.const_value.size if value.const_value is not None else LARGEST_CONSTANT + 1
        if name in kinds or size > LARGEST_CONSTANT:
            emptied.append(value)
            del model.graph.initializers[name]
    return emptied


def _nodes(value: ir.Value, kind: str, opset: int) -> list[NodeProto]:
    assert value.shape is not None and value.dtype is not None and value.name is not None
    return weight_nodes(value.name, int(value.dtype), [int(d) for d in value.shape], kind, opset)  # type: ignore[arg-type]
