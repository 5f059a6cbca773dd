"""The difference of two graphs as sentences."""

from graphs import traced

from nnviz_action.comparison import diff
from nnviz_action.graph.values import Graph, TensorType, Weight
from nnviz_action.report.changes import sentence


def told(old: Graph, new: Graph) -> list[str]:
    return [sentence(change) for change in diff(old, new).changes]


def row(*classes: str) -> Graph:
    """Layers of these classes in an `nn.Sequential` named `s`."""
    return traced(*(f"{kind} s: net.Row/s.{i}: torch.nn.{kind}/f{i}: aten.{kind}" for i, kind in enumerate(classes)))


def weight(name: str, *shape: int, kind: str = "parameter", dtype: str = "f32") -> dict[str, Weight]:
    return {name: Weight(name, TensorType(dtype, shape), kind)}
