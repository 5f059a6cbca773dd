"""One forward pass as an ONNX model, through `torch.export` and torch's own exporter."""

import keyword
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import onnx_ir as ir
import torch
from torch.export import Dim, ExportedProgram, ShapesCollection

from nnviz_action.capture.built import Built
from nnviz_action.capture.opaque import export_with_opaque
from nnviz_action.capture.outputs import flatten_outputs
from nnviz_action.capture.private import export_errors, keep_registry, print_no_graphs, silence, tree_flatten
from nnviz_action.errors import ModelError

# torch warns of every output that is None and of every unused buffer: no concern of the user's.
silence()
for _name in ("torch.onnx", "torch.export", "onnxscript", "onnx_ir"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

# Where in the model's code each operator comes from: a twentieth of an export, and none of it is written.
torch.fx.config.do_not_emit_stack_traces = True

_PLAIN = re.compile(r"\w+\Z")
_SPECIALISED = re.compile(r"You marked L\['(.+?)'\]\.size\(\)\[(\d+)\] as dynamic but .*? constant \((\d+)\)")


@dataclass
class Exported:
    """The model as exported: rubble included, symbolic dimensions by torch's names."""

    model: ir.Model
    output_names: list[str]
    dims: dict[str, str]  # torch's symbol -> the name in the config
    opaque: tuple[str, ...]  # operators that ONNX lacks


def export(built: Built, request: Mapping[str, Any]) -> Exported:
    """Export without the optimiser: it would fuse BatchNorm away, and cannot run on fake weights."""
    names = flatten_outputs(built.module)
    _keep_registry()
    with built.active():
        program = _exported_program(built)
    _number_calls(program)
    aliases = _escape_names(program)
    model, opaque = export_with_opaque(program, request["opset"])
    for alias, name in aliases.items():
        if alias in model.graph.initializers:
            model.graph.initializers[alias].name = name
    return Exported(model, list(names()), _dim_names(program, built), opaque)


def _exported_program(built: Built) -> ExportedProgram:
    inputs = built.inputs
    shapes = None
    if inputs.axes:
        collection = ShapesCollection()
        for tensor, axes in inputs.axes:
            collection[tensor] = dict.fromkeys(axes, Dim.DYNAMIC)
        shapes = collection.dynamic_shapes(built.module, inputs.args, inputs.kwargs)
    print_no_graphs()
    try:
        return torch.export.export(built.module, inputs.args, inputs.kwargs, dynamic_shapes=shapes, strict=False)
    except export_errors() as error:
        raise _contradiction(error) or error from error


_keep_registry = cache(keep_registry)


def _contradiction(error: Exception) -> ModelError | None:
    """The axes that the config calls dynamic and the model's code does not, in the config's terms."""
    fixed = sorted(set(_SPECIALISED.findall(str(error))))
    if not fixed:
        return None
    where = ", ".join(f"axis {axis} of {name} works for size {size} only" for name, axis, size in fixed)
    return ModelError(f"a named dimension is not free: {where}", hint="write that size in place of its name")


def _escape_names(program: ExportedProgram) -> dict[str, str]:
    """Give weights whose names torch.fx cannot write into code other ones; returns alias → name.

    It would generate `self.heads.class.weight`, which is no Python, and puts quotes into quotes.
    """
    aliases = {}
    for index, spec in enumerate(program.graph_signature.input_specs):
        if spec.target and any(keyword.iskeyword(p) or not _PLAIN.match(p) for p in spec.target.split(".")):
            alias = f"nnviz_alias_{index}"
            for store in (program.state_dict, program.constants):
                if spec.target in store:
                    store[alias] = store.pop(spec.target)
            aliases[alias], spec.target = spec.target, alias
    return aliases


def _number_calls(program: ExportedProgram) -> None:
    """Write which call of a module a node is part of into the module's path, `encoder@1`: the exporter drops the keys
    in which torch.export tells it."""
    graphs = [m.graph for m in program.graph_module.modules() if isinstance(m, torch.fx.GraphModule)]
    for node in (node for graph in graphs for node in graph.nodes):
        stack = node.meta.get("nn_module_stack") or {}
        for key, (path, kind) in stack.items():
            _, marked, number = str(key).rpartition("@")
            if marked and number.isdecimal() and "@" not in path:
                stack[key] = (f"{path}@{number}", kind)


def _dim_names(program: ExportedProgram, built: Built) -> dict[str, str]:
    """torch's symbols by the names that the config gives to those axes."""
    names: dict[str, str] = {}
    placeholders = [n for n in program.graph.nodes if n.op == "placeholder"]
    user = {s.arg.name for s in program.graph_signature.input_specs if s.kind.name == "USER_INPUT"}
    flat, _ = tree_flatten((built.inputs.args, built.inputs.kwargs))
    axes = {id(tensor): named for tensor, named in built.inputs.axes}
    values = [n.meta.get("val") for n in placeholders if n.name in user]
    for given, value in zip(flat, values, strict=False):
        for axis, name in axes.get(id(given), {}).items():
            names.setdefault(str(value.shape[axis]), name)
    return names
