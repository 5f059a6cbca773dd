"""An ONNX file of any framework → our own: weight-free, with the shapes that inference can find."""

from math import prod
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto
from onnx.external_data_helper import load_external_data_for_tensor, uses_external_data

from nnviz_action.errors import ModelError
from nnviz_action.onnx_file.metadata import WEIGHT
from nnviz_action.onnx_file.read import UNREADABLE
from nnviz_action.onnx_file.shapes import fill_shapes
from nnviz_action.onnx_file.sound import CURE, require_sound
from nnviz_action.onnx_file.write import LARGEST_CONSTANT, weight_node, write
from nnviz_action.sources import pointed_at

FLOATS = frozenset({TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16})


def adopt(source: Path, target: Path, keep_weights: bool = False) -> None:
    """Write the model in `source` to `target`. Raises `ModelError` where it is none.

    Without a word from the exporter, a floating-point initializer of at least one dimension is a weight.
    """
    model = _load(source)
    constants = {t.name for t in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in constants]  # before IR 4, weights were inputs too
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    for tensor in model.graph.initializer:
        if _is_weight(tensor):
            tensor.metadata_props.add(key=WEIGHT, value="parameter")
    if not keep_weights:
        _empty(model)
    _read_external(model, source.parent)
    model.ir_version = max(model.ir_version, 10)  # the first with metadata, and what came before still holds
    try:
        fill_shapes(model)
    except (onnx.shape_inference.InferenceError, *UNREADABLE) as error:
        raise ModelError(f"ONNX cannot infer the shapes in {source.name}: {error}", hint=CURE) from error
    write(model, target)


def _load(source: Path) -> ModelProto:
    if not source.is_file():
        raise ModelError(f"no such file: {source}", hint="the path is relative to the folder of the config")
    try:
        model = onnx.load(source, load_external_data=False)
    except (DecodeError, ValueError, RuntimeError) as error:
        if pointed_at(source.read_bytes()):
            raise ModelError(f"{source.name} is a Git LFS pointer here", hint="git lfs pull") from None
        hint = "export it to ONNX, or name its class with  model:"
        raise ModelError(f"{source.name} is not a readable ONNX file: {error}", hint=hint) from error
    if not model.graph.output:
        raise ModelError(f"{source.name} holds no graph with an output", hint="is it the file that was meant?")
    require_sound(model, source.name)
    return model


def _is_weight(tensor: TensorProto) -> bool:
    return tensor.data_type in FLOATS and len(tensor.dims) > 0


def _is_large(tensor: TensorProto) -> bool:
    return int(prod(tensor.dims)) > LARGEST_CONSTANT


def _empty(model: ModelProto) -> None:
    """Weights and large constants become nodes without values, wherever they stood."""
    emptied = [t for t in model.graph.initializer if _is_weight(t) or _is_large(t)]
    kept = [t for t in model.graph.initializer if not (_is_weight(t) or _is_large(t))]
    nodes = [weight_node(t.name, t.data_type, list(t.dims), "parameter" if _is_weight(t) else "") for t in emptied]
    nodes += [_emptied(node) for node in model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)


def _emptied(node: NodeProto) -> NodeProto:
    tensor = next((a.t for a in node.attribute if a.type == AttributeProto.TENSOR), None)
    if node.op_type != "Constant" or tensor is None or not _is_large(tensor):
        return node
    kind = "parameter" if _is_weight(tensor) else ""
    return weight_node(node.output[0], tensor.data_type, list(tensor.dims), kind)


def _read_external(model: ModelProto, folder: Path) -> None:
    """What is left in other files is small or wanted: it comes into this one."""
    for tensor in model.graph.initializer:
        if uses_external_data(tensor):
            try:
                load_external_data_for_tensor(tensor, str(folder))
            except (OSError, ValueError, onnx.checker.ValidationError) as error:
                raise ModelError(f"the values of {tensor.name!r} cannot be read: {error}") from error
            tensor.data_location = TensorProto.DEFAULT
            del tensor.external_data[:]
