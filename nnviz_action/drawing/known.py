"""What the lines of a card are told from."""

from collections.abc import Set
from dataclasses import dataclass

from nnviz_action.graph.values import Graph


@dataclass(frozen=True)
class Known:
    """The graph that a unit is part of, and which of its values depend on no input."""

    graph: Graph
    fixed: Set[str]

    def shape(self, name: str) -> tuple[int | str | None, ...]:
        """Empty where it is not known, or that of a scalar."""
        found = self.graph.types.get(name)
        return (found.shape or ()) if found else ()

    def dtype(self, name: str) -> str:
        """The type of the elements; `?` where it is not known."""
        found = self.graph.types.get(name)
        return found.dtype if found else "?"

    def number(self, name: str) -> str:
        """The value of a scalar that is a constant, as text; empty for anything else."""
        weight = self.graph.weights.get(name)
        return weight.value if weight is not None and not weight.kind and not weight.type.shape else ""

    def numbers(self, name: str) -> list[float]:
        """The values of a constant of a few numbers; none for anything else."""
        weight = self.graph.weights.get(name)
        text = weight.value if weight is not None and weight.value.startswith("[") else ""
        try:
            return [float(part) for part in text[1:-1].split(",")] if text else []
        except ValueError:
            return []
