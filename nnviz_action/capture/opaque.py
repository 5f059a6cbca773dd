"""Operators that ONNX lacks become opaque nodes, so that one of them does not end the picture."""

import re
from collections.abc import Sequence
from typing import Any

import onnx_ir as ir
import torch
from torch.export import ExportedProgram
from torch.fx import GraphModule, Node
from torch.onnx import export as export_program  # as it is now: the user's code may replace it

from nnviz_action.capture.attention_axes import ATTENTION, flatten_attention
from nnviz_action.capture.private import can_be_opaque, decompose, onnx_types, symbolic_operator

DOMAIN = "nnviz.opaque"
SAFE_OPSET = 20  # one that torch writes itself, without converting
MOST_KINDS = 24  # a model that lacks more operators than this is hardly a picture any more
_FAILED_NODE = re.compile(r"Error when translating node %(\w+)")


def export_with_opaque(program: ExportedProgram, opset: int) -> tuple[ir.Model, tuple[str, ...]]:
    """The ONNX model of `program`, and the names of the operators that had to stay opaque."""
    opaque: list[str] = []
    while True:
        try:
            return _to_onnx(program, opset), tuple(opaque)
        except torch.onnx.errors.OnnxExporterError as error:
            if not opaque:
                program = decompose(program, max(opset, 18))
            target = _failed_target(program, error)
            if target is ATTENTION and flatten_attention(_nodes(program.graph_module)):
                _recompile(program.graph_module)
                continue
            if target is None or len(opaque) == MOST_KINDS or not can_be_opaque():
                raise
            opaque.append(_operator_name(target))
            _replace(program.graph_module, target)


def _to_onnx(program: ExportedProgram, opset: int) -> ir.Model:
    # With gradients on, the exporter runs attention in another memory layout than the export saw, and a `view`
    # behind it fails.
    with torch.no_grad():
        exported = export_program(program, dynamo=True, optimize=False, opset_version=opset, verbose=False)
    assert exported is not None
    if exported.model.opset_imports[""] != opset and opset != SAFE_OPSET:
        return _to_onnx(program, SAFE_OPSET)  # a conversion that fails leaves the model maimed
    return exported.model


def _failed_target(program: ExportedProgram, error: BaseException) -> Any:
    """The operator that the exporter's chain of errors points at; None where it points at none."""
    cause: BaseException | None = error
    while cause is not None:
        found = _FAILED_NODE.search(str(cause))
        if found:
            for node in _nodes(program.graph_module):
                if node.name == found.group(1) and node.op == "call_function" and _tensors(node):
                    return node.target
        cause = cause.__cause__
    return None


def _nodes(module: GraphModule) -> list[Node]:
    graphs = [m.graph for m in module.modules() if isinstance(m, GraphModule)]
    return [node for graph in graphs for node in graph.nodes]


def _tensors(node: Node) -> list[torch.Tensor]:
    value = node.meta.get("val")
    values = value if isinstance(value, (list, tuple)) else [value]
    return [v for v in values if isinstance(v, torch.Tensor)]


def _replace(module: GraphModule, target: Any) -> None:
    for node in _nodes(module):
        if node.op == "call_function" and node.target is target and _tensors(node):
            _make_opaque(node)
    _recompile(module)


def _recompile(module: GraphModule) -> None:
    """Code again of what was changed in the graphs."""
    for child in module.modules():
        if isinstance(child, GraphModule):
            child.recompile()


def _make_opaque(node: Node) -> None:
    """Swap the node's operator for torch's placeholder for any ONNX operator; shape and type stay."""
    values = _tensors(node)
    many = isinstance(node.meta["val"], (list, tuple))
    keys, attributes = _attributes(node)
    common: dict[str, Any] = {
        "attr_keys": keys, "attr_types": ["s"] * len(keys), "attr_pos": [[i, i + 1] for i in range(len(keys))],
        "attr_ints": [], "attr_floats": [], "attr_strs": attributes,
        "metadata_props_keys": [], "metadata_props_values": [], "domain": DOMAIN, "version": 1,
    }  # fmt: skip
    shapes, types = [_shape(value, node) for value in values], onnx_types()
    dtypes = [types[value.dtype] for value in values]
    inputs = list(node.all_input_nodes)
    inputs = [i for i in inputs if isinstance(i.meta.get("val"), torch.Tensor)]
    name = _operator_name(node.target)
    node.target = symbolic_operator(many)
    node.args = (inputs, name, dtypes if many else dtypes[0])
    node.kwargs = {"shapes" if many else "shape": shapes if many else shapes[0], **common}


def _shape(value: torch.Tensor, before: Node) -> list[int | Node]:
    """The shape as arguments of a node: a dynamic dimension is the size of an input that has it."""
    return [d if isinstance(d, int) else _size_node(d, before) for d in value.shape]


def _size_node(dim: torch.SymInt, before: Node) -> int | Node:
    placeholders = [node for node in before.graph.nodes if node.op == "placeholder"]
    for source in (*before.all_input_nodes, *placeholders):
        shape = getattr(source.meta.get("val"), "shape", ())
        for axis, found in enumerate(shape):
            if not isinstance(found, int) and str(found) == str(dim):
                with before.graph.inserting_before(before):
                    size = before.graph.call_function(torch.ops.aten.sym_size.int, (source, axis))
                size.meta["val"] = found
                return size
    return int(dim.node.hint)


def _attributes(node: Node) -> tuple[list[str], list[str]]:
    """The plain arguments of the operator, as text, by the names in its schema."""
    schema = getattr(node.target, "_schema", None)
    named: dict[str, Any] = dict(node.kwargs)
    if schema is not None:
        named |= {a.name: v for a, v in zip(schema.arguments, node.args, strict=False)}
    plain = {k: str(v) for k, v in named.items() if _is_plain(v)}
    return list(plain), list(plain.values())


def _is_plain(value: Any) -> bool:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return bool(value) and all(_is_plain(item) for item in value)
    return isinstance(value, (bool, int, float, str))


def _operator_name(target: Any) -> str:
    """`aten.foo.default` as `foo`: a legal ONNX operator name."""
    name = str(target).removesuffix(".default").rpartition("::")[2]
    return re.sub(r"\W", "_", name.removeprefix("aten."))
