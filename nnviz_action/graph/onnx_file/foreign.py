"""An ONNX file of any framework → our own: weight-free, with the shapes that inference can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, GraphProto, ModelProto, TensorProto
from onnx.external_data_helper import load_external_data_for_tensor, uses_external_data

from nnviz_action.errors import ModelError
from nnviz_action.graph.onnx_file.contradictions import contradictions
from nnviz_action.graph.onnx_file.emptying import empty, mark_weights
from nnviz_action.graph.onnx_file.functions import open_functions, walk
from nnviz_action.graph.onnx_file.read import UNREADABLE
from nnviz_action.graph.onnx_file.schema import opset_of
from nnviz_action.graph.onnx_file.shapes import fill_shapes, graphs
from nnviz_action.graph.onnx_file.sound import CURE, require_sound
from nnviz_action.graph.onnx_file.write import model_bytes
from nnviz_action.graph.values import ONNX
from nnviz_action.system.files import mark, pointed_at

OF_WEIGHTS = 20  # the opset of ONNX's own operators where only weights are such


@dataclass(frozen=True)
class Adopted:
    """The other files that values came from, each with its mark as of before; and what is to be said of the model."""

    files: dict[str, list[int] | None]
    notes: tuple[str, ...]
    sha256: str  # of the file that was written


def adopt(source: Path, target: Path, keep_weights: bool = False) -> Adopted:
    """Write the model in `source` to `target`. Raises `ModelError` where it is none.

    Without a word from the exporter, a floating-point initializer of at least one dimension is a weight, and so are
    the integers that are dequantised. Local functions are opened.
    """
    model = _load(source)
    notes = _open(model, source.name)
    constants = {t.name for t in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in constants]  # before IR 4, weights were inputs too
    del model.graph.input[:], model.training_info[:]
    model.graph.input.extend(inputs)
    for graph in graphs(model.graph):
        mark_weights(graph)
        if not keep_weights:
            empty(graph, opset_of(model))
    if not opset_of(model) and any(not node.domain for node in model.graph.node):
        model.opset_import.add(version=OF_WEIGHTS)
    read = _read_external(model, source.parent)
    model.ir_version = max(model.ir_version, 10)  # the first with metadata, and what came before still holds
    try:
        fill_shapes(model, named=True)
    except (onnx.shape_inference.InferenceError, *UNREADABLE) as error:
        raise ModelError(f"ONNX cannot infer the shapes in {source.name}: {error}", hint=CURE) from error
    data = model_bytes(model)
    target.write_bytes(data)
    return Adopted(read, (*notes, *contradictions(model)), sha256(data).hexdigest())


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


def _open(model: ModelProto, name: str) -> list[str]:
    """Local functions become what they consist of, which is to be sound as well."""
    has_functions = bool(model.functions)
    try:
        _name_own_domain(model)
        notes = open_functions(model)
    except UNREADABLE as error:
        raise ModelError(f"the functions in {name} cannot be opened: {error}", hint=CURE) from error
    if has_functions:
        require_sound(model, name)
    return notes


def _name_own_domain(model: ModelProto) -> None:
    """ONNX's own operators have two domains that are one. Of any other that is used, some files import no version."""
    nodes = [node for f in model.functions for node in walk(f.node)]
    for node in (*nodes, *walk(model.graph.node)):
        node.domain = "" if node.domain in ONNX else node.domain
    for imported in (*model.opset_import, *(o for f in model.functions for o in f.opset_import)):
        imported.domain = "" if imported.domain in ONNX else imported.domain
    known = {"", *(imported.domain for imported in model.opset_import)}
    for domain in sorted({node.domain for node in walk(model.graph.node)} - known):
        model.opset_import.add(domain=domain, version=1)


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
