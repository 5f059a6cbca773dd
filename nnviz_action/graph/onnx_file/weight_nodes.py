"""Nodes that give a tensor of zeros: what a weight is in a file without weights.

From opset 11 on that is a `Constant` whose `sparse_value` has the right type and dims and no entries. `onnx.checker`
accepts it with `full_check`, shape inference sees an ordinary tensor, ONNX Runtime runs it, and Netron shows it
inside the operator that uses it. A `sparse_initializer` of the graph would be more direct, but the checker gives it a
sparse type, which no operator admits.

Older opsets have no sparse values. Of their operators only `RandomUniform` makes a tensor of any shape in any opset:
from 0 to 0 it gives zeros too, of a float type, which a `Cast` makes that of the weight. Checker, inference and ONNX
Runtime take that as well; Netron shows a box more for each weight.
"""

from collections.abc import Mapping
from math import prod

import onnx_ir as ir
from onnx import AttributeProto, GraphProto, NodeProto, SparseTensorProto, TensorProto, helper

from nnviz_action.graph.onnx_file.metadata import CONSTANT, WEIGHT, ZEROS, gives_weight

SPARSE = 11  # the first opset in which a Constant may be sparse
CASTS = 6  # the first in which a Cast names its type by number
_UNIFORM = (TensorProto.FLOAT, TensorProto.DOUBLE)  # what ONNX Runtime draws as well


def weight_nodes(name: str, dtype: int, dims: list[int], kind: str, opset: int) -> list[NodeProto]:
    """The nodes that give a tensor of zeros of this ONNX type and shape, as an opset (0: the newest) admits them."""
    dense = not dims or 0 in dims  # a scalar has no indices to be sparse by
    if opset and opset < SPARSE and not dense:
        return _drawn(name, dtype, dims, kind, opset)
    node = NodeProto(op_type="Constant", output=[name])
    if dense or kind != "parameter":  # most weights are parameters: those of a large model need not say so
        _say(node, kind or CONSTANT)
    if dense:
        _hold(node, dtype, dims)
        return [node]
    sparse = SparseTensorProto(
        values=TensorProto(data_type=dtype, dims=[0]),
        indices=TensorProto(data_type=TensorProto.INT64, dims=[0]),
        dims=dims,
    )
    node.attribute.add(name="sparse_value", type=AttributeProto.SPARSE_TENSOR).sparse_tensor.CopyFrom(sparse)
    return [node]


def held_types(graph: GraphProto) -> dict[str, tuple[int, tuple[int, ...]]]:
    """The ONNX type and the dims of each initializer, and of what each weight and each constant is, by name."""
    found = {tensor.name: (tensor.data_type, tuple(tensor.dims)) for tensor in graph.initializer}
    for node in graph.node:
        if gives_weight(node) and (held := _held_type(node, found)):
            found[node.output[0]] = held
    return found


def _held_type(
    node: NodeProto, found: Mapping[str, tuple[int, tuple[int, ...]]]
) -> tuple[int, tuple[int, ...]] | None:
    attributes = {a.name: a for a in node.attribute}
    if node.op_type == "RandomUniform":
        return attributes["dtype"].i, tuple(attributes["shape"].ints)
    if node.op_type == "Cast":
        return (attributes["to"].i, found[node.input[0]][1]) if node.input[0] in found else None
    held = node.attribute[0]
    if held.type == AttributeProto.SPARSE_TENSOR:
        return held.sparse_tensor.values.data_type, tuple(held.sparse_tensor.dims)
    if held.type == AttributeProto.TENSOR:
        return held.t.data_type, tuple(held.t.dims)
    if held.type in (AttributeProto.FLOAT, AttributeProto.FLOATS):
        return TensorProto.FLOAT, (len(held.floats),) if held.type == AttributeProto.FLOATS else ()
    if held.type in (AttributeProto.INT, AttributeProto.INTS):
        return TensorProto.INT64, (len(held.ints),) if held.type == AttributeProto.INTS else ()
    return None


def _drawn(name: str, dtype: int, dims: list[int], kind: str, opset: int) -> list[NodeProto]:
    if dtype in _UNIFORM or (dtype == TensorProto.FLOAT16 and opset < CASTS):
        return [_uniform(name, dtype, dims, kind or CONSTANT)]
    if opset < CASTS:
        node = NodeProto(op_type="Constant", output=[name])
        _say(node, kind or CONSTANT)
        _hold(node, dtype, dims)
        return [node]
    cast = helper.make_node("Cast", [f"{name}/zeros"], [name], to=dtype)
    _say(cast, kind or CONSTANT)
    return [_uniform(f"{name}/zeros", TensorProto.FLOAT, dims, ZEROS), cast]


def _uniform(name: str, dtype: int, dims: list[int], said: str) -> NodeProto:
    node = helper.make_node("RandomUniform", [], [name], low=0.0, high=0.0, shape=dims, dtype=dtype)
    _say(node, said)
    return node


def _hold(node: NodeProto, dtype: int, dims: list[int]) -> None:
    zeros = bytes(-(-prod(dims) * int(ir.DataType(dtype).bitwidth) // 8))
    tensor = TensorProto(data_type=dtype, dims=dims, raw_data=zeros)
    node.attribute.add(name="value", type=AttributeProto.TENSOR).t.CopyFrom(tensor)


def _say(node: NodeProto, what: str) -> None:
    node.metadata_props.add(key=WEIGHT, value=what)
