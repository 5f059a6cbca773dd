"""The weights and constants in a graph: initializers, and nodes that stand for some."""

import hashlib
from contextlib import suppress
from math import prod
from typing import Any

import onnx
from onnx import AttributeProto, GraphProto, NodeProto, TensorProto

from nnviz_action.graph.onnx_file.metadata import CONSTANT, WEIGHT, ZEROS, gives_weight, said_of
from nnviz_action.graph.onnx_file.value_types import dtype_name
from nnviz_action.graph.values import TensorType, Weight

MOST_NUMBERS = 8  # of a constant that are told one by one


def weights_of(proto: GraphProto) -> dict[str, Weight]:
    """The weights and constants of a graph by name, without those of its bodies."""
    nodes = {n.output[0]: n for n in proto.node if gives_weight(n)}
    found = [_dense(t) for t in proto.initializer]
    found += [_sparse(s.values.name, s) for s in proto.sparse_initializer]
    found += [_of_node(node, nodes) for node in nodes.values() if said_of(node) != ZEROS]
    return {weight.name: weight for weight in found}


def _of_node(node: NodeProto, nodes: dict[str, NodeProto]) -> Weight:
    if node.op_type == "Constant":
        return _constant(node)
    attributes = {a.name: a for a in node.attribute}
    said = said_of(node)
    drawn = node if node.op_type == "RandomUniform" else nodes[node.input[0]]
    dtype = attributes["dtype" if drawn is node else "to"].i
    dims = next(a.ints for a in drawn.attribute if a.name == "shape")
    return Weight(node.output[0], TensorType(dtype_name(dtype), tuple(dims)), "" if said == CONSTANT else said or "")


def _dense(tensor: TensorProto) -> Weight:
    kind = TensorType(dtype_name(tensor.data_type), tuple(tensor.dims))
    plain = TensorProto()
    plain.CopyFrom(tensor)
    plain.ClearField("name")
    plain.ClearField("doc_string")
    weight = next((p.value for p in tensor.metadata_props if p.key == WEIGHT), "")
    plain.ClearField("metadata_props")
    return Weight(tensor.name, kind, weight, _value(plain))


def _value(tensor: TensorProto) -> str:
    """A few numbers as text, more of them as a hash."""
    # An axis of none beside a long one is no number, and as many lists.
    if prod(dim or 1 for dim in tensor.dims) <= MOST_NUMBERS and not tensor.external_data:
        with suppress(ValueError, TypeError, RuntimeError):
            return _plain(onnx.numpy_helper.to_array(tensor).tolist())
    return hashlib.sha256(tensor.SerializeToString(deterministic=True)).hexdigest()[:16]


def _plain(value: Any) -> str:
    """Lists without blanks; floats in the six digits that f32 holds."""
    if isinstance(value, list):
        return f"[{','.join(map(_plain, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _sparse(name: str, sparse: Any, kind: str = "") -> Weight:
    return Weight(name, TensorType(dtype_name(sparse.values.data_type), tuple(sparse.dims)), kind)


def _constant(node: NodeProto) -> Weight:
    """A weight that the writer emptied, or a constant of any exporter."""
    name, attribute = node.output[0], node.attribute[0]
    said = said_of(node) or ""
    kind = "" if said == CONSTANT else said
    if attribute.type == AttributeProto.SPARSE_TENSOR:
        return _sparse(name, attribute.sparse_tensor, kind if said else "parameter")
    if attribute.type == AttributeProto.TENSOR:
        dense = _dense(attribute.t)
        return Weight(name, dense.type, kind, "" if kind else dense.value)
    value = onnx.helper.get_attribute_value(attribute)
    many = list(value) if isinstance(value, (list, tuple)) else None
    dtype = {"i": "i64", "f": "f32", "s": "str"}[attribute.name.removeprefix("value_")[0]]
    text = _plain(value if many is None else many)
    short = text if many is None or len(many) <= MOST_NUMBERS else hashlib.sha256(text.encode()).hexdigest()[:16]
    return Weight(name, TensorType(dtype, () if many is None else (len(many),)), value=short)
