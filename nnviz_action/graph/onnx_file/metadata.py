"""What our ONNX files say beyond ONNX: the keys of metadata and their values."""

from onnx import NodeProto

from nnviz_action.graph.values import ONNX

WEIGHT = "nnviz.weight"  # metadata of a kept tensor or of such a node: parameter (or nothing), frozen, buffer
CONSTANT = "constant"  # or this, of a large constant that is no weight
ZEROS = "zeros"  # or this, of a node whose zeros the next one casts to the type of a weight
SIZES = "nnviz.sizes"  # metadata of the model: example sizes of its dynamic dimensions, batch=4
UNUSED = "nnviz.unused"  # metadata of the model: elements of parameters that it does not use, by kind


def said_of(node: NodeProto) -> str | None:
    """What a node's metadata says of the weight that it gives; None where it says nothing."""
    return next((p.value for p in node.metadata_props if p.key == WEIGHT), None)


def gives_weight(node: NodeProto) -> bool:
    """Whether a node stands for a weight or a constant, rather than for something that is computed."""
    if not node.output or node.domain not in ONNX:
        return False
    return node.op_type == "Constant" or (node.op_type in ("RandomUniform", "Cast") and said_of(node) is not None)
