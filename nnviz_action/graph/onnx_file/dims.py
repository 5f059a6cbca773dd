"""Dimensions as ONNX keeps them."""

from typing import Any

from onnx import ValueInfoProto

Dim = int | str | None
_UNKNOWN_DIM = "unk__"  # how ONNX's inference names a dimension that it knows nothing of


def dims_of(info: ValueInfoProto) -> list[Dim]:
    """The dimensions: a number, a name, or None, which some exporters write as -1."""
    return [dim_of(dim) for dim in info.type.tensor_type.shape.dim]


def dim_of(dim: Any) -> Dim:
    """One dimension."""
    if dim.HasField("dim_value"):
        return int(dim.dim_value) if dim.dim_value >= 0 else None
    return str(dim.dim_param) if is_named(dim.dim_param) else None


def set_dim(field: Any, dim: Dim) -> None:
    """Write one dimension."""
    field.Clear()
    if isinstance(dim, int):
        field.dim_value = dim
    elif dim is not None:
        field.dim_param = dim


def is_named(dim: str) -> bool:
    """Whether a symbolic dimension has a name of its own, not one that inference made up."""
    return bool(dim) and not dim.startswith(_UNKNOWN_DIM)


def is_full(info: ValueInfoProto) -> bool:
    """Whether a value's type, rank and every dimension are known."""
    tensor = info.type.tensor_type
    return tensor.elem_type != 0 and tensor.HasField("shape") and None not in dims_of(info)
