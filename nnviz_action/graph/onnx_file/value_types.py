"""Types as ONNX keeps them → as a picture shows them: `f32`, `2×3 f32`, `seq(2×3 f32)`."""

from onnx import TensorProto, TypeProto

from nnviz_action.graph.onnx_file.dims import dim_of
from nnviz_action.graph.values import TensorType

DTYPES = {
    "FLOAT": "f32", "DOUBLE": "f64", "FLOAT16": "f16", "BFLOAT16": "bf16", "INT64": "i64", "INT32": "i32",
    "INT16": "i16", "INT8": "i8", "UINT8": "u8", "UINT16": "u16", "UINT32": "u32", "UINT64": "u64",
    "BOOL": "bool", "STRING": "str", "COMPLEX64": "c64", "COMPLEX128": "c128",
}  # fmt: skip
_DEEPEST = 8  # types within types


def dtype_name(elem_type: int) -> str:
    """`f32` for TensorProto.FLOAT; the lower-cased ONNX name for rarer types."""
    name = TensorProto.DataType.Name(elem_type) if elem_type in TensorProto.DataType.values() else "?"
    return DTYPES.get(name, name.lower())


def type_of(proto: TypeProto, depth: int = 0) -> TensorType:
    """A tensor's type, or, as a type without a shape of its own, that of what holds tensors: `seq(…)`."""
    kind = proto.WhichOneof("value")
    if kind == "tensor_type":
        return _tensor(proto.tensor_type)
    if kind == "sparse_tensor_type":
        return TensorType(f"sparse({_tensor(proto.sparse_tensor_type)})", None)
    if depth == _DEEPEST or kind not in ("sequence_type", "optional_type", "map_type"):
        return TensorType("?", None)
    if kind == "map_type":
        value = type_of(proto.map_type.value_type, depth + 1)
        return TensorType(f"map({dtype_name(proto.map_type.key_type)}, {value})", None)
    word, inner = ("seq", proto.sequence_type) if kind == "sequence_type" else ("optional", proto.optional_type)
    return TensorType(f"{word}({type_of(inner.elem_type, depth + 1)})", None)


def _tensor(proto: TypeProto.Tensor | TypeProto.SparseTensor) -> TensorType:
    shape = tuple(dim_of(dim) for dim in proto.shape.dim) if proto.HasField("shape") else None
    return TensorType(dtype_name(proto.elem_type), shape)
