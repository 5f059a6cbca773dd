"""ONNX → Graph."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

from nnviz_action.errors import ModelError
from nnviz_action.graph import Attribute, Graph, Module, Node, TensorType, Weight
from nnviz_action.onnx_file.shapes import dims_of
from nnviz_action.onnx_file.write import WEIGHT

DTYPES = {
    "FLOAT": "f32", "DOUBLE": "f64", "FLOAT16": "f16", "BFLOAT16": "bf16", "INT64": "i64", "INT32": "i32",
    "INT16": "i16", "INT8": "i8", "UINT8": "u8", "UINT16": "u16", "UINT32": "u32", "UINT64": "u64",
    "BOOL": "bool", "STRING": "str", "COMPLEX64": "c64", "COMPLEX128": "c128",
}  # fmt: skip

# One part of the metadata `namespace`: a module's path and its class. Parts are joined by "/".
_NAMESPACE_PART = re.compile(r"(?:^|/)((?:(?!: ).)*?): ([^/]*?)(?=/|$)")


def read_graph(path: Path) -> Graph:
    """The graph in an ONNX file. Raises `ModelError` where the file is not one."""
    try:
        model = onnx.load(path, load_external_data=False)
    except (DecodeError, ValueError) as error:
        raise ModelError(f"{path.name} is not an ONNX file: {error}") from error
    return graph_of(model)


def graph_of(model: ModelProto) -> Graph:
    """The graph in a loaded ONNX model."""
    opset = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 0)
    return replace(_graph(model.graph, {}), opset=opset)


def dtype_name(elem_type: int) -> str:
    """`f32` for TensorProto.FLOAT; the lower-cased ONNX name for rarer types."""
    name = TensorProto.DataType.Name(elem_type) if elem_type in TensorProto.DataType.values() else "?"
    return DTYPES.get(name, name.lower())


def _graph(proto: GraphProto, outer: Mapping[str, TensorType]) -> Graph:
    weights = {t.name: _dense(t) for t in proto.initializer}
    weights |= {s.values.name: _sparse(s.values.name, s) for s in proto.sparse_initializer}
    constants = [n for n in proto.node if n.op_type == "Constant" and n.output and not n.domain]
    weights |= {n.output[0]: _constant(n) for n in constants}
    types = {**outer, **{name: weight.type for name, weight in weights.items()}}
    infos: Iterable[ValueInfoProto] = (*proto.value_info, *proto.input, *proto.output)
    types |= {info.name: _type(info) for info in infos}
    return Graph(
        inputs=tuple(i.name for i in proto.input if i.name not in weights),
        outputs=tuple(o.name for o in proto.output),
        nodes=tuple(_node(n, types) for n in proto.node if n.output and n.output[0] not in weights),
        types=types,
        weights=weights,
    )


def _type(info: ValueInfoProto) -> TensorType:
    tensor = info.type.tensor_type
    if not info.type.HasField("tensor_type"):
        return TensorType(info.type.WhichOneof("value") or "?", None)
    if not tensor.HasField("shape"):
        return TensorType(dtype_name(tensor.elem_type), None)
    return TensorType(dtype_name(tensor.elem_type), tuple(dims_of(info)))


def _dense(tensor: TensorProto) -> Weight:
    kind = TensorType(dtype_name(tensor.data_type), tuple(tensor.dims))
    plain = TensorProto()
    plain.CopyFrom(tensor)
    plain.ClearField("name")
    plain.ClearField("doc_string")
    weight = next((p.value for p in tensor.metadata_props if p.key == WEIGHT), "")
    plain.ClearField("metadata_props")
    value = hashlib.sha256(plain.SerializeToString(deterministic=True)).hexdigest()[:16]
    return Weight(tensor.name, kind, weight, value)


def _sparse(name: str, sparse: Any, kind: str = "") -> Weight:
    return Weight(name, TensorType(dtype_name(sparse.values.data_type), tuple(sparse.dims)), kind)


def _constant(node: NodeProto) -> Weight:
    """A weight that the writer emptied, or a constant of any exporter."""
    name, attribute = node.output[0], node.attribute[0]
    kind = next((p.value for p in node.metadata_props if p.key == WEIGHT), "")
    if attribute.type == AttributeProto.SPARSE_TENSOR:
        return _sparse(name, attribute.sparse_tensor, kind)
    if attribute.type == AttributeProto.TENSOR:
        dense = _dense(attribute.t)
        return Weight(name, dense.type, kind, "" if kind else dense.value)
    value = onnx.helper.get_attribute_value(attribute)
    shape = (len(value),) if isinstance(value, (list, tuple)) else ()
    dtype = {"i": "i64", "f": "f32", "s": "str"}[attribute.name.removeprefix("value_")[0]]
    return Weight(name, TensorType(dtype, shape), value=hashlib.sha256(str(value).encode()).hexdigest()[:16])


def _node(proto: NodeProto, types: Mapping[str, TensorType]) -> Node:
    bodies = tuple((a.name, _graph(a.g, types)) for a in _sorted(proto) if a.type == AttributeProto.GRAPH)
    attributes = tuple((a.name, _attribute(a)) for a in _sorted(proto) if a.type != AttributeProto.GRAPH)
    namespace = next((p.value for p in proto.metadata_props if p.key == "namespace"), "")
    return Node(
        name=proto.name,
        op=proto.op_type,
        domain=proto.domain,
        inputs=tuple(proto.input),
        outputs=tuple(proto.output),
        attributes=attributes,
        modules=modules_of(namespace),
        bodies=bodies,
    )


def modules_of(namespace: str) -> tuple[Module, ...]:
    """The modules in a `namespace` entry, outermost first, without the model itself and the operator."""
    parts = [Module(path, kind) for path, kind in _NAMESPACE_PART.findall(namespace)]
    return tuple(m for m in parts[:-1] if m.path)


def _sorted(proto: NodeProto) -> list[AttributeProto]:
    return sorted(proto.attribute, key=lambda a: str(a.name))


def _attribute(proto: AttributeProto) -> Attribute:
    value = onnx.helper.get_attribute_value(proto)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, (int, float)):
        return value
    if proto.type in (AttributeProto.INTS, AttributeProto.FLOATS):
        return tuple(value)
    if proto.type == AttributeProto.STRINGS:
        return tuple(v.decode(errors="replace") for v in value)
    return hashlib.sha256(str(value).encode()).hexdigest()[:16]
