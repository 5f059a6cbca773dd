"""What the state dict of a model holds that the weights of its graph do not tell, and the other way round."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nnviz_action.graph.values import Graph, TensorType, Weight

WRAPPER = "_orig_mod"  # what torch.compile puts into the keys of what it wraps
OBJECT = TensorType("object", None)  # what is kept under a key and is no tensor


def plain_path(path: str) -> str:
    """A path or a key without the wrappers that torch.compile puts around modules."""
    return ".".join(part for part in path.split(".") if part != WRAPPER)


@dataclass(frozen=True)
class Remainder:
    """Keys of a state dict that no weight of the graph tells, and weights of the graph that are no keys (buffers that
    are not persistent, tensors in plain attributes)."""

    keys: Mapping[str, TensorType]
    unsaved: tuple[str, ...]


def remainder(graph: Graph) -> Remainder | None:
    """What the weights do not tell of the state dict; None where that is not known."""
    if graph.state is None:
        return None
    held = {name: weight.type for name, weight in graph.weights.items() if weight.kind}
    keys = {key: kind for key, kind in graph.state.items() if held.get(key) != kind}
    return Remainder(keys, tuple(name for name in held if name not in graph.state))


def state_of(
    weights: Mapping[str, Weight], keys: Mapping[str, TensorType], unsaved: Iterable[str]
) -> dict[str, TensorType]:
    """The whole state dict from the weights and what they do not tell."""
    left = {name: weight.type for name, weight in weights.items() if weight.kind}
    for name in unsaved:
        if left.pop(name, None) is None:
            raise ValueError(f"unsaved names {name[:60]!r}, which is no weight")
    return {**left, **keys}
