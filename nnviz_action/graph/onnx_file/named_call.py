"""One operator, with the dimensions and the values that are known of what it takes."""

from collections.abc import Mapping, Sequence
from typing import Any

from onnx import NodeProto, helper

from nnviz_action.graph.onnx_file.dims import Dim
from nnviz_action.graph.onnx_file.held_values import Held

Dims = Sequence[Dim]


class NamedCall:
    """Raises `LookupError` where something is not known."""

    def __init__(self, node: NodeProto, dims: Mapping[str, Dims], held: Mapping[str, Held]) -> None:
        self._node, self._dims, self._held = node, dims, held

    @property
    def shapes(self) -> list[Dims]:
        """The dimensions of all inputs that are given."""
        return [self._dims[name] for name in self._node.input if name]

    def x(self, place: int) -> Dims:
        """The dimensions of an input."""
        return self._dims[self._node.input[place]]

    def has(self, place: int) -> bool:
        """Whether an input is given."""
        return place < len(self._node.input) and bool(self._node.input[place])

    def held(self, place: int, name: str = "") -> tuple[Dim, ...]:
        """The values of an input, or of an attribute that stood for it in older opsets."""
        if name and not self.has(place):
            found = self.get(name)
            if found is None:
                raise LookupError(name)
            return tuple(map(int, found))
        return tuple(self._held[self._node.input[place]].reshape(-1))

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute."""
        found = next((a for a in self._node.attribute if a.name == name), None)
        return default if found is None else helper.get_attribute_value(found)
