"""The lines below the title of a forward graph."""

from collections.abc import Mapping

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.graph.number_text import short, short_bytes, short_macs
from nnviz_action.graph.values import Graph

MOST_VALUES = 4  # inputs or outputs that it names


def headline(graph: Graph, numbers: Mapping[str, int], mode: str) -> tuple[str, ...]:
    """What the model weighs, and what goes in and comes out; `numbers` are those of `graph.numbers.count`."""
    unused = f" ({short(graph.unused_parameters)} not used here)" if graph.unused_parameters else ""
    facts = [f"{short(numbers['parameters'])} parameters{unused}", short_macs(numbers["macs"])]
    facts += [f"activations {short_bytes(numbers['activations'])}"]
    facts += [f"saved for backward {short_bytes(numbers['saved'])}"] if "saved" in numbers else []
    facts += [mode] if mode else []
    facts += [f"opset {graph.opset}"] if graph.opset else []
    if graph.sizes:
        facts += [f"counted at {', '.join(f'{name} = {size}' for name, size in graph.sizes.items())}"]
    return " · ".join(facts), f"{_values(graph, graph.inputs)} → {_values(graph, graph.outputs)}"


def backward_line(recorded: Drawing, mode: str) -> str:
    """The one line of an autograd graph, as it was recorded."""
    return f"autograd · {sum(box.kind == 'function' for box in recorded.boxes)} backward functions · {mode}"


def weight_line(graph: Graph, numbers: Mapping[str, int]) -> str:
    """The one line of an overview: parameters, MACs, and the sizes at which these are counted."""
    facts = [f"{short(numbers['parameters'])} parameters", short_macs(numbers["macs"])]
    facts += [f"{name} = {size}" for name, size in graph.sizes.items()]
    return " · ".join(facts)


def _values(graph: Graph, names: tuple[str, ...]) -> str:
    shown = [f"{name} {graph.types.get(name) or '?'}" for name in names[:MOST_VALUES]]
    return ", ".join([*shown, *([f"{len(names) - MOST_VALUES} more"] if len(names) > MOST_VALUES else [])])
