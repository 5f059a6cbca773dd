"""The ONNX file of a model that is built."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import onnx_ir as ir
from onnx import ModelProto
from torch import nn

from nnviz_action.capture.built import Built
from nnviz_action.capture.clean import clean, weight_kinds
from nnviz_action.capture.export import export
from nnviz_action.graph.onnx_file.metadata import SIZES, UNUSED
from nnviz_action.graph.onnx_file.names import canonicalise
from nnviz_action.graph.onnx_file.write import to_proto
from nnviz_action.system.clock import Clock


def exported(built: Built, request: Mapping[str, Any], clock: Clock) -> tuple[ModelProto, tuple[str, ...]]:
    """The ONNX model as it is written, and the operators in it that ONNX lacks."""
    with clock.stage("export"):
        made = export(built, request)
    with clock.stage("clean"):
        kinds, keep = weight_kinds(built.module), request["weights"] == "keep"
        _name_tied(built.module, made.model)
        clean(made.model, kinds, keep_weights=keep)
        canonicalise(made.model, made.output_names, made.dims)
        made.model.metadata_props.update(_facts(built.module, made.model, request["dims"]))
        return to_proto(made.model, kinds, keep), made.opaque


def _name_tied(module: nn.Module, model: ir.Model) -> None:
    """Tied weights go by the name that `named_parameters` gives them: torch.export takes the last one."""
    first = {id(parameter): name for name, parameter in module.named_parameters()}
    held = model.graph.initializers
    for name, parameter in module.named_parameters(remove_duplicate=False):
        wanted = first[id(parameter)]
        if name != wanted and name in held and wanted not in held:
            held[name].name = wanted


def _facts(module: nn.Module, model: ir.Model, sizes: Mapping[str, int]) -> dict[str, str]:
    """What the graph alone does not tell: example sizes, and parameters that it has no use for."""
    names: dict[int, set[str]] = {}
    parameters = {}
    for name, parameter in module.named_parameters(remove_duplicate=False):
        names.setdefault(id(parameter), set()).add(name)
        parameters[id(parameter)] = parameter
    unused: Counter[str] = Counter()
    for key, parameter in parameters.items():
        if not names[key] & model.graph.initializers.keys():
            unused["parameter" if parameter.requires_grad else "frozen"] += parameter.numel()
    facts = {SIZES: sizes, UNUSED: unused}
    return {key: ",".join(f"{n}={v}" for n, v in sorted(value.items())) for key, value in facts.items() if value}
