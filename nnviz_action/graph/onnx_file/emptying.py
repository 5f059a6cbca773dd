"""Which tensors of a foreign file are weights, and nodes without values in their stead."""

from collections.abc import Iterator, Mapping
from math import prod

from onnx import AttributeProto, GraphProto, NodeProto, TensorProto

from nnviz_action.graph.onnx_file.metadata import WEIGHT
from nnviz_action.graph.onnx_file.weight_nodes import weight_nodes
from nnviz_action.graph.onnx_file.write import LARGEST_CONSTANT

FLOATS = frozenset({TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16})
FEW = 8  # numbers in a Constant that may well be one; where more are floats, they were trained
# The inputs of quantised operators that hold weights as integers.
QUANTISED = {
    "DequantizeLinear": (0,), "QLinearConv": (3, 8), "QLinearMatMul": (3,), "ConvInteger": (1,),
    "MatMulInteger": (1,), "QGemm": (3, 6), "QAttention": (1,), "DynamicQuantizeMatMul": (1,),
    "MatMulIntegerToFloat": (1,), "MatMulNBits": (1,), "MatMulBnb4": (1,), "GatherBlockQuantized": (0,),
    "DynamicQuantizeLSTM": (1, 2),
}  # fmt: skip
# Those that hold the scales of such integers, which belong to the way they are kept.
SCALES = {
    "QuantizeLinear": (1,), "DequantizeLinear": (1,), "QLinearConv": (1, 4, 6), "QLinearMatMul": (1, 4, 6),
    "QGemm": (1, 4, 7), "QAttention": (3, 4), "DynamicQuantizeMatMul": (2,), "MatMulIntegerToFloat": (2, 3),
    "MatMulNBits": (2,), "MatMulBnb4": (2,), "GatherBlockQuantized": (2,), "DynamicQuantizeLSTM": (8, 10),
}  # fmt: skip


def mark_weights(graph: GraphProto) -> None:
    """Say of each initializer that is a weight that it is one."""
    quantised, scales = _taken(graph, QUANTISED), _taken(graph, SCALES)
    for tensor in graph.initializer:
        if len(tensor.dims) and (tensor.data_type in FLOATS or tensor.name in quantised):
            tensor.metadata_props.add(key=WEIGHT, value="buffer" if tensor.name in scales else "parameter")


def empty(graph: GraphProto, opset: int) -> None:
    """Weights and large constants become nodes without values, wherever they stood."""
    kinds = {t.name: next((p.value for p in t.metadata_props if p.key == WEIGHT), "") for t in graph.initializer}
    emptied = [t for t in graph.initializer if kinds[t.name] or _is_large(t)]
    kept = [t for t in graph.initializer if not (kinds[t.name] or _is_large(t))]
    nodes = [n for t in emptied for n in weight_nodes(t.name, t.data_type, list(t.dims), kinds[t.name], opset)]
    for sparse in graph.sparse_initializer:
        kind = "parameter" if sparse.values.data_type in FLOATS else ""
        nodes += weight_nodes(sparse.values.name, sparse.values.data_type, list(sparse.dims), kind, opset)
    nodes += [n for node in graph.node for n in _emptied(node, opset)]
    del graph.initializer[:], graph.sparse_initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)


def _taken(graph: GraphProto, by: Mapping[str, tuple[int, ...]]) -> set[str]:
    """The names of the values that operators take in these places."""
    places = ((node, place) for node in graph.node for place in by.get(node.op_type, ()))
    return {node.input[place] for node, place in places if place < len(node.input)}


def _is_large(tensor: TensorProto) -> bool:
    return int(prod(tensor.dims)) > LARGEST_CONSTANT


def _emptied(node: NodeProto, opset: int) -> list[NodeProto]:
    """Some exporters write every weight as a Constant."""
    if node.op_type != "Constant":
        return [node]
    held = next(_held(node), None)
    if held is None:
        return [node]
    dtype, dims = held
    trained = dtype in FLOATS and len(dims) > 0 and prod(dims) > FEW
    if not trained and prod(dims) <= LARGEST_CONSTANT:
        return [node]
    return weight_nodes(node.output[0], dtype, dims, "parameter" if trained else "", opset)


def _held(node: NodeProto) -> Iterator[tuple[int, list[int]]]:
    """The type and the dims of the tensor that a Constant holds."""
    for attribute in node.attribute:
        if attribute.type == AttributeProto.TENSOR:
            yield attribute.t.data_type, list(attribute.t.dims)
        elif attribute.type == AttributeProto.SPARSE_TENSOR:
            yield attribute.sparse_tensor.values.data_type, list(attribute.sparse_tensor.dims)
        elif attribute.type == AttributeProto.FLOATS:
            yield TensorProto.FLOAT, [len(attribute.floats)]
        elif attribute.type == AttributeProto.INTS:
            yield TensorProto.INT64, [len(attribute.ints)]
