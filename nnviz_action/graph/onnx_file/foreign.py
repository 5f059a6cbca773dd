"""An ONNX file of any framework → our own: weight-free, with the shapes that inference can find."""

from collections.abc import Iterator
from math import prod
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto
from onnx.external_data_helper import load_external_data_for_tensor, uses_external_data

from nnviz_action.errors import ModelError
from nnviz_action.graph.onnx_file.metadata import WEIGHT
from nnviz_action.graph.onnx_file.read import UNREADABLE
from nnviz_action.graph.onnx_file.shapes import fill_shapes, graphs
from nnviz_action.graph.onnx_file.sound import CURE, require_sound
from nnviz_action.graph.onnx_file.write import LARGEST_CONSTANT, weight_node, write
from nnviz_action.system.files import mark, pointed_at

FLOATS = frozenset({TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16})
FEW = 8  # numbers in a Constant that may well be one; where more are floats, they were trained
# The inputs of quantised operators that hold weights as integers.
QUANTISED = {
    "DequantizeLinear": (0,), "QLinearConv": (3, 8), "QLinearMatMul": (3,), "ConvInteger": (1,),
    "MatMulInteger": (1,),
}  # fmt: skip


def adopt(source: Path, target: Path, keep_weights: bool = False) -> dict[str, list[int] | None]:
    """Write the model in `source` to `target`. Raises `ModelError` where it is none.

    Without a word from the exporter, a floating-point initializer of at least one dimension is a weight, and so are
    the integers that are dequantised. Returns the other files that values came from, each with its mark as of before.
    """
    model = _load(source)
    constants = {t.name for t in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in constants]  # before IR 4, weights were inputs too
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    for graph in graphs(model.graph):
        quantised = _quantised(graph)
        for tensor in graph.initializer:
            if _is_weight(tensor) or (tensor.name in quantised and len(tensor.dims) > 0):
                tensor.metadata_props.add(key=WEIGHT, value="parameter")
        if not keep_weights:
            _empty(graph)
    read = _read_external(model, source.parent)
    model.ir_version = max(model.ir_version, 10)  # the first with metadata, and what came before still holds
    try:
        fill_shapes(model)
    except (onnx.shape_inference.InferenceError, *UNREADABLE) as error:
        raise ModelError(f"ONNX cannot infer the shapes in {source.name}: {error}", hint=CURE) from error
    write(model, target)
    return read


def _load(source: Path) -> ModelProto:
    if not source.is_file():
        what = "this is a folder" if source.is_dir() else "no such file"
        raise ModelError(f"{what}: {source}", hint="the path is relative to the folder of the config")
    try:
        model = onnx.load(source, load_external_data=False)
    except (DecodeError, ValueError, RuntimeError) as error:
        if pointed_at(source.read_bytes()):
            raise ModelError(f"{source.name} is a Git LFS pointer here", hint="git lfs pull") from None
        hint = "export it to ONNX, or name its class with  model:"
        raise ModelError(f"{source.name} is not a readable ONNX file: {error}", hint=hint) from error
    if not model.graph.output:
        what = "holds no graph with an output" if source.stat().st_size else "is empty"
        raise ModelError(f"{source.name} {what}", hint="is it the file that was meant?")
    if model.ir_version < 3 and not model.opset_import:
        model.opset_import.add(version=1)  # what it was before files said so
    require_sound(model, source.name)
    return model


def _quantised(graph: GraphProto) -> set[str]:
    """The names of the values that quantised operators take for weights."""
    places = ((node, place) for node in graph.node for place in QUANTISED.get(node.op_type, ()))
    return {node.input[place] for node, place in places if place < len(node.input)}


def _is_weight(tensor: TensorProto) -> bool:
    return tensor.data_type in FLOATS and len(tensor.dims) > 0


def _is_large(tensor: TensorProto) -> bool:
    return _size(tensor) > LARGEST_CONSTANT


def _size(tensor: TensorProto) -> int:
    return int(prod(tensor.dims))


def _empty(graph: GraphProto) -> None:
    """Weights and large constants become nodes without values, wherever they stood."""
    kinds = {t.name: next((p.value for p in t.metadata_props if p.key == WEIGHT), "") for t in graph.initializer}
    emptied = [t for t in graph.initializer if kinds[t.name] or _is_large(t)]
    kept = [t for t in graph.initializer if not (kinds[t.name] or _is_large(t))]
    nodes = [weight_node(t.name, t.data_type, list(t.dims), kinds[t.name]) for t in emptied]
    nodes += [_emptied(node) for node in graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)


def _emptied(node: NodeProto) -> NodeProto:
    """Some exporters write every weight as a Constant."""
    tensor = next((a.t for a in node.attribute if a.type == AttributeProto.TENSOR), None)
    if node.op_type != "Constant" or tensor is None:
        return node
    trained = _is_weight(tensor) and _size(tensor) > FEW
    if not trained and not _is_large(tensor):
        return node
    return weight_node(node.output[0], tensor.data_type, list(tensor.dims), "parameter" if trained else "")


def _read_external(model: ModelProto, folder: Path) -> dict[str, list[int] | None]:
    """What is left in other files is small or wanted: it comes into this one. Gives these files with their marks."""
    read: dict[str, list[int] | None] = {}
    for tensor in _tensors(model.graph):
        if uses_external_data(tensor):
            location = next((e.value for e in tensor.external_data if e.key == "location"), "")
            path = str((folder / location).resolve())
            read.setdefault(path, mark(path))
            try:
                load_external_data_for_tensor(tensor, str(folder))
            except (OSError, ValueError, onnx.checker.ValidationError) as error:
                raise ModelError(f"the values of {tensor.name!r} cannot be read: {error}") from error
            tensor.data_location = TensorProto.DEFAULT
            del tensor.external_data[:]
    return read


def _tensors(graph: GraphProto) -> Iterator[TensorProto]:
    """Those that are left in a graph and its bodies, in attributes too."""
    for inner in graphs(graph):
        yield from inner.initializer
        yield from (a.t for node in inner.node for a in node.attribute if a.type == AttributeProto.TENSOR)
