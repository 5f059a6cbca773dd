"""An ONNX file of any framework → our own: weight-free, with the shapes that inference can find."""

from pathlib import Path

import onnx_ir as ir

from nnviz_action.errors import ModelError
from nnviz_action.onnx_file.write import to_proto, write


def adopt(source: Path, target: Path) -> None:
    """Write the model in `source` to `target`; external data is not read. Raises `ModelError`."""
    if not source.is_file():
        raise ModelError(f"no such file: {source.name}", hint="the path is relative to the folder of the config")
    try:
        model = ir.load(source)
    except Exception as error:  # a protobuf can be broken in as many ways as it has fields
        raise ModelError(f"{source.name} is not a readable ONNX file: {error}") from error
    if not model.graph.outputs:
        raise ModelError(f"{source.name} holds no graph with an output", hint="is it the file that was meant?")
    kinds = {name: "parameter" for name, value in model.graph.initializers.items() if _is_weight(value)}
    write(to_proto(model, kinds), target)


def _is_weight(value: ir.Value) -> bool:
    """Without a word from the exporter: floating-point tensors of at least one dimension."""
    return value.dtype is not None and value.dtype.is_floating_point() and bool(value.shape and len(value.shape))
