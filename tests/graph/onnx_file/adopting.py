"""ONNX files as tests write them, in ONNX's own text form, and what becomes of one under `onnx:`."""

from pathlib import Path

import numpy
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper, parser

from nnviz_action.graph.numbers import count
from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.onnx_file.foreign import Adopted, adopt
from nnviz_action.graph.values import Graph

KINDS = {"float": TensorProto.FLOAT, "int8": TensorProto.INT8, "uint8": TensorProto.UINT8}


def model(text: str, opset: int = 20, weights: str = "", functions: str = "", domains: str = "") -> ModelProto:
    """`net (float[2,4] x) => (float[2,3] y) { y = MatMul(x, w) }` with `weights`, `w 4×3, s 4 int8`, of random values."""
    made = parser.parse_model(f'<ir_version: 9, opset_import: ["": {opset}{domains}]>\n{text}\n{functions}')
    random = numpy.random.default_rng(0)
    for entry in filter(None, weights.split(", ")):
        name, dims, *dtype = entry.split()
        shape = [int(dim) for dim in dims.split("×")] if dims != "scalar" else []
        values = random.integers(0, 100, shape).astype(dtype[0] if dtype else "float32")
        made.graph.initializer.append(numpy_helper.from_array(numpy.asarray(values), name))
    return made


def taken(theirs: ModelProto, folder: Path) -> tuple[Graph, ModelProto, Adopted]:
    """The graph as it is read back, what was written, which ONNX's own checker takes, and what was said."""
    onnx.save(theirs, folder / "theirs.onnx")
    adopted = adopt(folder / "theirs.onnx", folder / "model.onnx")
    written = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(written)
    return read_graph(folder / "model.onnx"), written, adopted


def parameters(graph: Graph) -> int:
    return count(graph, graph, 0)["parameters"]


def types(graph: Graph) -> dict[str, str]:
    """The types of what is computed, those in bodies too."""
    return {name: str(found) for name, found in graph.values()}


def value(name: str, shape: list[int], dtype: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, shape)
