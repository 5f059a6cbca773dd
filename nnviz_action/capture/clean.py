"""Sweeping the rubble of an unoptimised export: what remains is what the author wrote."""

from collections.abc import Collection

import onnx_ir as ir
from onnx_ir.passes import common
from onnxscript.optimizer import fold_constants
from torch import nn

from nnviz_action.capture.private import FakeTensor

SIZE_TYPES = frozenset({ir.DataType.INT64, ir.DataType.INT32})
UNIQUE = "nnviz_unique"


def weight_kinds(module: nn.Module) -> dict[str, str]:
    """Every name of each weight of the module -> parameter, frozen or buffer."""
    kinds = dict.fromkeys((name for name, _ in module.named_buffers(remove_duplicate=False)), "buffer")
    for name, parameter in module.named_parameters(remove_duplicate=False):
        kinds[name] = "parameter" if parameter.requires_grad else "frozen"
    return kinds


def clean(model: ir.Model, weights: Collection[str], keep_weights: bool = False) -> None:
    """Fold what is constant without touching any of `weights`, and drop what nothing uses. In place."""
    kept = _hide_weights(model, weights)
    common.InlinePass()(model)
    _fold(model, infer=False)
    if any(value.shape is None for node in model.graph for value in node.outputs):
        _fold(model, infer=True)  # slower; needed where a size is computed from a value that torch gave no shape
    for step in (
        common.IdentityEliminationPass(),
        common.RemoveUnusedNodesPass(),
        common.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0),
        common.DeduplicateInitializersPass(),
        _merge_equal_nodes,
        common.RemoveUnusedNodesPass(),
        common.RemoveUnusedFunctionsPass(),
        common.RemoveUnusedOpsetsPass(),
        common.OutputFixPass(),
    ):
        step(model)
    _drop_zero_bias(model.graph)
    for name, value in model.graph.initializers.items():
        if keep_weights and name in kept:
            value.const_value = kept[name]


def _merge_equal_nodes(model: ir.Model) -> None:
    """Compute sizes once for all; what else is equal stays as often as its author wrote it.

    Otherwise the first of many equal layers would do work for the others and look like none of them, and a layer that
    is called twice on one value would be called once.
    """
    for number, node in enumerate(model.graph.all_nodes()):
        if not all(value.dtype in SIZE_TYPES for value in node.outputs):
            node.attributes[UNIQUE] = ir.AttrInt64(UNIQUE, number)
    common.CommonSubexpressionEliminationPass()(model)
    for node in model.graph.all_nodes():
        node.attributes.pop(UNIQUE, None)


def _fold(model: ir.Model, infer: bool) -> None:
    fold_constants(model, onnx_shape_inference=infer, input_size_limit=1024, output_size_limit=4096)
    common.RemoveUnusedNodesPass()(model)


def _hide_weights(model: ir.Model, weights: Collection[str]) -> dict[str, ir.TensorProtocol | None]:
    """A value that is not known cannot be folded: weights lose theirs for now; types and shapes stay."""
    hidden = {}
    for name, value in model.graph.initializers.items():
        if name in weights or isinstance(getattr(value.const_value, "raw", None), FakeTensor):
            hidden[name], value.const_value = value.const_value, None
    return hidden


def _drop_zero_bias(graph: ir.Graph) -> None:
    """The exporter gives a convolution without bias one of zeros, which its author never wrote."""
    for node in graph.all_nodes():
        if node.op_type == "Conv" and not node.domain and len(node.inputs) == 3:
            bias = node.inputs[2]
            known = bias.const_value if bias is not None else None
            if known is not None and not known.numpy().any():
                node.resize_inputs(2)
    for name, value in list(graph.initializers.items()):
        if not value.uses() and not value.is_graph_output():
            del graph.initializers[name]
