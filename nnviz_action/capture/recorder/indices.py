"""What stands between the brackets of `x[…]`, as the author wrote it."""

from collections.abc import Sequence
from typing import Any

import torch


def index_of(args: Sequence[Any]) -> list[tuple[str, Any]]:
    """The arguments of `x[index]` or `x[index] = value`; a tensor in the index is an input of its own."""
    index = args[1]
    parts = index if isinstance(index, tuple) else (index,)
    tensors = [(f"index.{place}", part) for place, part in enumerate(parts) if isinstance(part, torch.Tensor)]
    bound: list[tuple[str, Any]] = [("input", args[0]), *tensors]
    if len(args) > 2:
        bound.append(("value", args[2]))
    if len(parts) > len(tensors):
        bound.append(("index", Index(parts)))
    return bound


class Index:
    """The parts of an index, tensors among them."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = tuple(TENSOR if isinstance(part, torch.Tensor) else part for part in parts)


class _Tensor:
    def __repr__(self) -> str:
        return "tensor"


TENSOR = _Tensor()  # what stands in an index for any tensor
