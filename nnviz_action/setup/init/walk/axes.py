"""The patterns of einops, which say how many axes a tensor has and what they are called."""

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk.values import Layer, Shape, Tensor, is_size

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine


def rearrange(machine: "Machine", layer: Layer, tensor: Tensor, _: Any) -> Any:
    """einops: the left side of the pattern says how many axes there are and what they are called."""
    pattern = layer.get("pattern")
    if not isinstance(pattern, str) or "->" not in pattern or "..." in pattern:
        return Tensor()
    left, right = (re.findall(r"\([^)]*\)|\S+", side) for side in pattern.split("->"))
    machine.settle(tensor, len(left), {})
    if len(tensor.shape or ()) != len(left):
        return Tensor()
    if tensor.origin and not tensor.roles:
        tensor.roles = tuple(_role(axis) for axis in left)
    for axis, name in enumerate(left):
        _divide(machine, layer, tensor, axis, name)
    return Tensor(_arranged(layer, tensor.shape or [], left, right))


def _role(axis: str) -> str:
    return next((word for word in re.findall(r"\w+", axis) if word in _AXES), "_")


_AXES = frozenset({"b", "batch", "c", "ch", "h", "w", "d", "t", "f", "n", "l", "s", "seq", "len", "length"})


def _divide(machine: "Machine", layer: Layer, tensor: Tensor, axis: int, name: str) -> None:
    """A size that is cut into pieces must be a multiple of them."""
    pieces = [layer.get(word) for word in re.findall(r"\w+", name)]
    known = math.prod(p for p in pieces if is_size(p)) if name.startswith("(") else 1
    size = tensor.shape[axis] if tensor.shape is not None else None
    if size is not None and known and size % known:
        machine.refuse(f"{size} is no multiple of {known}")


def _arranged(layer: Layer, shape: Shape, left: list[str], right: list[str]) -> Shape:
    sizes: dict[str, int | None] = {n: v for n, v in layer.given.items() if is_size(v)}
    for name, size in zip(left, shape, strict=False):
        words = re.findall(r"\w+", name)
        open_ = [w for w in words if w not in sizes]
        known = math.prod(sizes[w] or 0 for w in words if w in sizes)
        if len(open_) == 1:
            sizes[open_[0]] = size // known if size is not None and known else None
    return [
        _product([sizes.get(w) if not w.isdigit() else int(w) for w in re.findall(r"\w+", name)]) for name in right
    ]


def _product(sizes: Sequence[int | None]) -> int | None:
    return None if any(s is None for s in sizes) else math.prod(s for s in sizes if s is not None)
