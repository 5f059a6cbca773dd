"""ir.Model → a weight-free ONNX file that is still a valid model.

A weight becomes a `Constant` node whose `sparse_value` has the right type and dims and no entries: all zeros.
`onnx.checker` accepts it with `full_check`, shape inference sees an ordinary tensor, ONNX Runtime runs it, and
Netron shows it inside the operator that uses it. A `sparse_initializer` of the graph would be more direct, but
the checker gives it a sparse type, which no operator admits.
"""

from collections.abc import Mapping
from pathlib import Path

import onnx_ir as ir
from onnx import AttributeProto, ModelProto, NodeProto, SparseTensorProto, TensorProto

from nnviz_action.graph.onnx_file.metadata import CONSTANT, WEIGHT
from nnviz_action.graph.onnx_file.shapes import fill_shapes

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
    weights = [_node(value, kinds.get(value.name or "", "")) for value in emptied]
    nodes = list(proto.graph.node)
    del proto.graph.node[:]
    proto.graph.node.extend([*weights, *nodes])
    fill_shapes(proto)
    return proto


def write(proto: ModelProto, path: Path) -> None:
    """Write with deterministic serialisation: equal models, equal bytes."""
    path.write_bytes(proto.SerializeToString(deterministic=True))


def _take_out(model: ir.Model, kinds: Mapping[str, str]) -> list[ir.Value]:
    emptied = []
    for name, value in list(model.graph.initializers.items()):
        size = value.const_value.size if value.const_value is not None else LARGEST_CONSTANT + 1
        if name in kinds or size > LARGEST_CONSTANT:
            emptied.append(value)
            del model.graph.initializers[name]
    return emptied


def _node(value: ir.Value, kind: str) -> NodeProto:
    assert value.shape is not None and value.dtype is not None and value.name is not None
    return weight_node(value.name, int(value.dtype), [int(d) for d in value.shape], kind)  # type: ignore[arg-type]


def weight_node(name: str, dtype: int, dims: list[int], kind: str) -> NodeProto:
    """A node that gives a tensor of zeros of this ONNX type and shape."""
    node = NodeProto(op_type="Constant", output=[name])
    dense = not dims or 0 in dims
    if dense or kind != "parameter":  # most weights are parameters: those of a large model need not say so
        node.metadata_props.add(key=WEIGHT, value=kind or CONSTANT)
    if dense:  # a scalar has no indices to be sparse by
        zero = bytes(int(ir.DataType(dtype).itemsize)) if not dims else b""
        tensor = TensorProto(data_type=dtype, dims=dims, raw_data=zero)
        node.attribute.add(name="value", type=AttributeProto.TENSOR).t.CopyFrom(tensor)
        return node
    sparse = SparseTensorProto(
        values=TensorProto(data_type=dtype, dims=[0]),
        indices=TensorProto(data_type=TensorProto.INT64, dims=[0]),
        dims=dims,
    )
    node.attribute.add(name="sparse_value", type=AttributeProto.SPARSE_TENSOR).sparse_tensor.CopyFrom(sparse)
    return node
