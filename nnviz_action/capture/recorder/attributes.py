"""Plain arguments as values that a file can hold: the same text in every run."""

import enum
import hashlib
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nnviz_action.capture.private import script_name
from nnviz_action.capture.recorder.indices import Index
from nnviz_action.graph.values import Attribute

DTYPES = {
    torch.float32: "f32", torch.float64: "f64", torch.float16: "f16", torch.bfloat16: "bf16", torch.int64: "i64",
    torch.int32: "i32", torch.int16: "i16", torch.int8: "i8", torch.uint8: "u8", torch.bool: "bool",
    torch.complex64: "c64", torch.complex128: "c128",
}  # fmt: skip
MOST_TEXT = 400
MOST_ITEMS = 64  # of a list that is told one by one
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
Dim = Callable[[Any], "int | str | None"]


def dtype_name(dtype: torch.dtype) -> str:
    """`f32` for torch.float32; torch's own name, without underscores, for rarer types."""
    if dtype in DTYPES:
        return DTYPES[dtype]
    name = str(dtype).removeprefix("torch.")
    return (
        re.sub(r"^uint(?=\d)", "u", name).replace("_", "")
        if name.startswith("float8")
        else re.sub(r"^uint", "u", name)
    )


def attribute_of(value: Any, dim: Dim) -> Attribute:
    """The argument as one of the types of an attribute; `dim` says what a symbolic size is called."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, str)) or type(value) in (int, float):
        return value  # type: ignore[no-any-return]
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, (tuple, list)) and len(value) > MOST_ITEMS:
        return _hash(_ADDRESS.sub("0x…", repr(value)).encode())
    if isinstance(value, (tuple, list)) and value:
        plain: list[Any] = [attribute_of(item, dim) for item in value]
        for kind in (int, float, str):
            if all(type(item) is kind for item in plain):
                return tuple(plain)
        if all(type(item) in (int, float) for item in plain):
            return tuple(float(item) for item in plain)
        if all(type(item) in (int, str) for item in plain):
            return tuple(map(str, plain))
    return text_of(value, dim)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _array(value: np.ndarray) -> str:
    """Type, shape and a hash of the numbers to four digits; those of objects say nothing."""
    shape = "×".join(map(str, value.shape))
    if value.dtype.kind not in "biufc":
        return f"array {shape} {value.dtype.kind}"
    numbers = ",".join(f"{n:.4g}" if isinstance(n, (float, complex)) else str(n) for n in value.reshape(-1).tolist())
    return f"array {shape} {value.dtype} {_hash(numbers.encode())}"


def text_of(value: Any, dim: Dim) -> str:
    """Any argument as short text that says nothing of where in memory it is."""
    if isinstance(value, (tuple, list)):
        inside = ", ".join(text_of(item, dim) for item in value)
        return f"[{inside}]"
    if isinstance(value, slice):
        parts = [text_of(part, dim) if part is not None else "" for part in (value.start, value.stop, value.step)]
        return ":".join(parts if parts[2] else parts[:2])
    if isinstance(value, Index):
        return ", ".join(text_of(part, dim) for part in value.parts)
    if isinstance(value, torch.dtype):
        return dtype_name(value)
    if isinstance(value, torch.SymInt):
        return str(dim(value))
    if isinstance(value, enum.Enum):
        return value.name
    return _plain_text(value)


def _plain_text(value: Any) -> str:
    if value is Ellipsis:
        return "..."
    if isinstance(value, torch.ScriptObject):
        return script_name(value)
    if isinstance(value, torch.Tensor):
        return "tensor"
    if isinstance(value, np.ndarray):
        return _array(value)
    if callable(value) and not isinstance(value, type):
        return getattr(value, "__qualname__", type(value).__qualname__)
    text = _ADDRESS.sub("0x…", repr(value) if not isinstance(value, type) else value.__qualname__)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
