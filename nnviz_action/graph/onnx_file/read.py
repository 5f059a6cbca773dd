"""ONNX → Graph."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

from nnviz_action.errors import ModelError
from nnviz_action.graph.onnx_file.metadata import CONSTANT, SIZES, UNUSED, WEIGHT
from nnviz_action.graph.onnx_file.schema import opset_of
from nnviz_action.graph.onnx_file.shapes import dims_of
from nnviz_action.graph.onnx_file.sound import require_sound
from nnviz_action.graph.values import Attribute, Function, Graph, Module, Node, TensorType, Weight

DTYPES = {
    "FLOAT": "f32", "DOUBLE": "f64", "FLOAT16": "f16", "BFLOAT16": "bf16", "INT64": "i64", "INT32": "i32",
    "INT16": "i16", "INT8": "i8", "UINT8": "u8", "UINT16": "u16", "UINT32": "u32", "UINT64": "u64",
    "BOOL": "bool", "STRING": "str", "COMPLEX64": "c64", "COMPLEX128": "c128",
}  # fmt: skip

# What a damaged file makes of the code that reads it: each field of a proto may be missing, or of another kind.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
DEEPEST = 32  # modules that a node's name may tell
MOST_NUMBERS = 8  # of a constant that are told one by one

# One part of the metadata `namespace`: a module's path and its class. Parts are joined by "/".
_NAMESPACE_PART = re.compile(r"(?:^|/)((?:(?!: ).)*?): ([^/]*?)(?=/|$)")


def read_graph(path: Path) -> Graph:
    """The graph in an ONNX file. Raises `ModelError` where the file is not one."""
    return parse_graph(path.read_bytes(), path.name)


def parse_graph(data: bytes, name: str) -> Graph:
    """The graph in the content of an ONNX file called `name`. Raises `ModelError` where it is not one."""
    try:
        model = onnx.load_from_string(data)
        require_sound(model, name)
        return graph_of(model)
    except (DecodeError, *UNREADABLE) as error:
        raise ModelError(f"{name} is not a readable ONNX file: {error}") from error


def graph_of(model: ModelProto) -> Graph:
    """The graph in a loaded ONNX model, which is a sound one: see `require_sound`.

    Where no node says which module it belongs to, paths in the nodes' names do: `/encoder/layer.0/Add`.
    """
    opset = opset_of(model)
    facts = {p.key: p.value for p in model.metadata_props}
    sizes, unused = (_counts(facts.get(key, "")) for key in (SIZES, UNUSED))
    graph = _graph(model.graph, {})
    if not any(node.modules or node.function for node in graph.walk()):
        graph = replace(graph, nodes=tuple(replace(n, modules=_modules_in_name(n.name)) for n in graph.nodes))
    return replace(graph, opset=opset, sizes=sizes, unused=unused)


def _modules_in_name(name: str) -> tuple[Module, ...]:
    parts = [part for part in name.split("/")[:-1] if part][:DEEPEST]
    return tuple(Module(".".join(parts[: depth + 1]), "") for depth in range(len(parts)))


def _counts(text: str) -> dict[str, int]:
    """`batch=4,length=2` as a mapping; what does not fit that form is not ours."""
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d{1,18})(?:,|\Z)", text)}


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
    said = next((p.value for p in node.metadata_props if p.key == WEIGHT), "")
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


def _node(proto: NodeProto, types: Mapping[str, TensorType]) -> Node:
    bodies = tuple((a.name, _graph(a.g, types)) for a in _sorted(proto) if a.type == AttributeProto.GRAPH)
    attributes = tuple((a.name, _attribute(a)) for a in _sorted(proto) if a.type != AttributeProto.GRAPH)
    namespace = next((p.value for p in proto.metadata_props if p.key == "namespace"), "")
    modules, function = place_of(namespace)
    return Node(
        name=proto.name,
        op=proto.op_type,
        domain=proto.domain,
        inputs=tuple(proto.input),
        outputs=tuple(proto.output),
        attributes=attributes,
        modules=modules,
        bodies=bodies,
        function=function,
    )


@lru_cache(maxsize=8192)
def place_of(namespace: str) -> tuple[tuple[Module, ...], Function | None]:
    """The modules in a `namespace` entry, outermost first, without the model; and the function called there."""
    parts = _NAMESPACE_PART.findall(namespace)
    if not parts:
        return (), None
    name, target = parts[-1]
    return tuple(_module(path, kind) for path, kind in parts[:-1] if path), Function(name, _short_target(target))


def _module(path: str, kind: str) -> Module:
    """`encoder@1` is the second call of `encoder`."""
    name, marked, number = path.rpartition("@")
    return Module(name, kind, int(number)) if marked and number.isdecimal() else Module(path, kind)


def _short_target(target: str) -> str:
    """`aten.add_.Tensor` as `add`, `aten._to_copy.default` as `to_copy`, `<built-in function add>` as `add`."""
    name = target.removesuffix(">").rpartition(" ")[2].removesuffix(".default")
    name = name.split(".")[1] if name.startswith("aten.") else name.rpartition(".")[2]
    plain = name.rpartition("::")[2].strip("_").removeprefix("unsafe_").removeprefix("native_")
    return plain.partition("_legit")[0]  # of the names under which torch keeps batch_norm


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
