"""A fused operator with what is known of the values that it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onnx import NodeProto, helper

from nnviz_action.graph.onnx_file.dims import Dim


@dataclass(frozen=True)
class Tensor:
    """The ONNX type of the elements, and the dimensions."""

    elem: int
    dims: tuple[Dim, ...]


Outputs = Sequence[Tensor | None]


class Call:
    """An operator with what is known of the values that it takes."""

    def __init__(self, node: NodeProto, known: Mapping[str, Tensor]) -> None:
        self._node, self._known = node, known
        self._attributes = {a.name: a for a in node.attribute}

    def has(self, place: int) -> bool:
        """Whether an input is given."""
        return place < len(self._node.input) and bool(self._node.input[place])

    def x(self, place: int) -> Tensor:
        """An input. Raises `LookupError` where it is not known."""
        return self._known[self._node.input[place]]

    def get(self, name: str, default: Any = 0) -> Any:
        """An attribute."""
        found = self._attributes.get(name)
        return default if found is None else helper.get_attribute_value(found)

    @property
    def inputs(self) -> int:
        """How many there are."""
        return len(self._node.input)


def broadcast(one: tuple[Dim, ...], other: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The dimensions of what two tensors of these give together."""
    rank = max(len(one), len(other))
    pairs = zip((1,) * (rank - len(one)) + one, (1,) * (rank - len(other)) + other, strict=True)
    return tuple(a if a == b or b == 1 else b if a == 1 else a if isinstance(a, int) else b for a, b in pairs)


def part(size: Dim, parts: int) -> Dim:
    """One of equal parts of a dimension, where that is a number."""
    return size // parts if isinstance(size, int) and parts and size % parts == 0 else None


def added(one: Dim, other: Dim) -> Dim:
    """Two dimensions one after the other."""
    if isinstance(one, int) and isinstance(other, int):
        return one + other
    if one is None or other is None:
        return None
    return other if one == 0 else one if other == 0 else f"{one} + {other}"
