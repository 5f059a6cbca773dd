"""Shapes of what ONNX Runtime fuses: operators of which ONNX's own inference knows nothing, and stops at.

A rule gives the outputs of one operator, from what is known of its inputs. It may raise `LookupError`, or whatever
else a shape makes of it that is none: then nothing is known.
"""

from collections.abc import Callable, Mapping

from onnx import AttributeProto, GraphProto, NodeProto, ValueInfoProto

from nnviz_action.graph.onnx_file.dims import dims_of, set_dim
from nnviz_action.graph.onnx_file.fused_attention import ATTENTION
from nnviz_action.graph.onnx_file.fused_call import Call, Outputs, Tensor
from nnviz_action.graph.onnx_file.fused_products import PRODUCTS
from nnviz_action.graph.onnx_file.schema import schema_of
from nnviz_action.graph.onnx_file.weight_nodes import held_types
from nnviz_action.graph.values import ONNX

MICROSOFT = "com.microsoft"
_OF_ONE_SHAPE = """
    BiasGelu FastGelu QuickGelu Gelu BiasAdd BiasDropout BiasSoftmax GroupNorm SkipGroupNorm RotaryEmbedding
    SimplifiedLayerNormalization LayerNormalization QLinearSigmoid QLinearLeakyRelu QLinearSoftmax MoE QMoE
    LongformerAttention Inverse Trilu
"""


def fill_fused(graph: GraphProto, opset: int, outer: Mapping[str, Tensor]) -> bool:
    """One pass over the operators that ONNX Runtime fuses, those of bodies too; whether anything was found."""
    infos = {info.name: info for info in (*graph.value_info, *graph.input, *graph.output)}
    known = {**outer, **{name: Tensor(*held) for name, held in held_types(graph).items()}}
    known |= {name: tensor for name, info in infos.items() if (tensor := _tensor(info))}
    found = False
    for node in graph.node:
        for body in (a.g for a in node.attribute if a.type == AttributeProto.GRAPH):
            found |= fill_fused(body, opset, known)
        if node.domain == MICROSOFT or (node.domain in ONNX and schema_of(node.op_type, opset) is None):
            for name, tensor in zip(node.output, _outputs_of(node, known), strict=False):
                if name and tensor is not None:
                    found |= _learn(graph, infos, name, tensor)
                    known.setdefault(name, tensor)
    return found


def _tensor(info: ValueInfoProto) -> Tensor | None:
    tensor = info.type.tensor_type
    return Tensor(tensor.elem_type, tuple(dims_of(info))) if tensor.HasField("shape") else None


def _learn(graph: GraphProto, infos: dict[str, ValueInfoProto], name: str, tensor: Tensor) -> bool:
    """Write what was found of a value; whether that is more than was known."""
    info = infos.get(name)
    if info is None:
        info = infos[name] = graph.value_info.add(name=name)
    before = info.SerializeToString()
    proto = info.type.tensor_type
    proto.elem_type = proto.elem_type or tensor.elem
    if not proto.HasField("shape"):
        proto.shape.SetInParent()
        for _ in tensor.dims:
            proto.shape.dim.add()
    if len(proto.shape.dim) == len(tensor.dims):
        for field, mine, dim in zip(proto.shape.dim, dims_of(info), tensor.dims, strict=True):
            if mine is None and dim is not None:
                set_dim(field, dim)
    return bool(info.SerializeToString() != before)


def _outputs_of(node: NodeProto, known: Mapping[str, Tensor]) -> Outputs:
    """What is known of an operator's outputs, as far as there is a rule; nothing for any other operator."""
    rule = _RULES.get(node.op_type)
    try:
        return rule(Call(node, known)) if rule else ()
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return ()


def _same(call: Call) -> Outputs:
    return [call.x(0)]


_RULES: dict[str, Callable[[Call], Outputs]] = {
    **dict.fromkeys(_OF_ONE_SHAPE.split(), _same),
    **PRODUCTS,
    **ATTENTION,
}
