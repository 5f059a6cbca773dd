"""ONNX → Graph."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, ValueInfoProto

from nnviz_action.errors import ModelError
from nnviz_action.graph.onnx_file.metadata import SIZES, UNUSED, gives_weight
from nnviz_action.graph.onnx_file.namespace import modules_in_name, namespace_of, place_of, placed_between
from nnviz_action.graph.onnx_file.read_weights import weights_of
from nnviz_action.graph.onnx_file.schema import opset_of
from nnviz_action.graph.onnx_file.sound import require_sound
from nnviz_action.graph.onnx_file.value_types import type_of
from nnviz_action.graph.values import Attribute, Graph, Node, TensorType

# What a damaged file makes of the code that reads it: each field of a proto may be missing, or of another kind.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


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
    if not any(node.function or (node.modules and not node.modules[-1].is_frame) for node in graph.walk()):
        named = [n.modules or modules_in_name(n.name) for n in graph.nodes]
        places = zip(graph.nodes, placed_between(named), strict=True)
        graph = replace(graph, nodes=tuple(replace(node, modules=modules) for node, modules in places))
    return replace(graph, opset=opset, sizes=sizes, unused=unused)


def _counts(text: str) -> dict[str, int]:
    """`batch=4,length=2` as a mapping; what does not fit that form is not ours."""
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d{1,18})(?:,|\Z)", text)}


def _graph(proto: GraphProto, outer: Mapping[str, TensorType]) -> Graph:
    weights = weights_of(proto)
    types = {**outer, **{name: weight.type for name, weight in weights.items()}}
    infos: Iterable[ValueInfoProto] = (*proto.value_info, *proto.input, *proto.output)
    types |= {info.name: type_of(info.type) for info in infos}
    return Graph(
        inputs=tuple(i.name for i in proto.input if i.name not in weights),
        outputs=tuple(o.name for o in proto.output),
        nodes=tuple(_node(n, types) for n in proto.node if n.output and not gives_weight(n)),
        types=types,
        weights=weights,
    )


def _node(proto: NodeProto, types: Mapping[str, TensorType]) -> Node:
    bodies = tuple((a.name, _graph(a.g, types)) for a in _sorted(proto) if a.type == AttributeProto.GRAPH)
    attributes = tuple((a.name, _attribute(a)) for a in _sorted(proto) if a.type != AttributeProto.GRAPH)
    modules, function = place_of(namespace_of(proto))
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
    if proto.type == AttributeProto.TYPE_PROTO:
        return str(type_of(value))
    return hashlib.sha256(str(value).encode()).hexdigest()[:16]
