"""Which graph is that of a model in eval mode, and what is drawn at random even there."""

from collections.abc import Iterator

from nnviz_action.drawing.call_lines import DROPOUTS
from nnviz_action.graph.values import Graph, Node

_OF_TORCH = "torch.nn."


def is_in_eval(graph: Graph) -> bool:
    """Whether the layers that do something else in training do not do it; so too where there are none of these."""
    trains = [is_busy for node in graph.walk() for is_busy in _trains(node)]
    return not trains or not all(trains)


def _trains(node: Node) -> Iterator[bool]:
    """Of a layer of torch's whether it is in train mode; nothing of others, whose mode need not be the model's."""
    options, is_layer = dict(node.attributes), bool(node.modules) and node.modules[-1].kind.startswith(_OF_TORCH)
    if is_layer and node.op in DROPOUTS and options.get("p", 0.5) != 0:
        yield node.random
    elif is_layer and node.op == "batch_norm":
        yield bool(options.get("training", False))
