"""The tensors that a model is called with, from the shapes in the config."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from nnviz_action.capture.target import TargetError, call_target, load_target


@dataclass
class Inputs:
    """Arguments of one call, and which axes of which tensor are dynamic.

    `axes` pairs a tensor with {axis: name of the dimension}.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    axes: list[tuple[torch.Tensor, dict[int, str]]] = field(default_factory=list)


def build_inputs(request: Mapping[str, Any]) -> Inputs:
    """Inputs as `request["inputs"]` has them; inside a `FakeTensorMode` they take no memory."""
    spec = request["inputs"]
    if spec["kind"] == "function":
        function = load_target(spec["target"], request["folder"])
        hint = "a function that makes inputs is called without any"
        return _from_function(call_target(spec["target"], function, (), {}, hint))
    inputs = Inputs((), {})
    make = _maker(inputs, request["dims"])
    if spec["kind"] == "positional":
        inputs.args = tuple(make(item) for item in spec["items"])
    else:
        inputs.kwargs = {name: make(item) for name, item in spec["items"].items()}
    return inputs


def _from_function(made: Any) -> Inputs:
    if isinstance(made, Mapping):
        return Inputs((), dict(made))
    if isinstance(made, Sequence) and not isinstance(made, str):
        return Inputs(tuple(made), {})
    return Inputs((made,), {})


def _maker(inputs: Inputs, dims: Mapping[str, int]) -> Callable[[Mapping[str, Any]], Any]:
    def make(item: Mapping[str, Any]) -> Any:
        match item["kind"]:
            case "sequence":
                return [make(child) for child in item["items"]]
            case "mapping":
                return {name: make(child) for name, child in item["items"].items()}
            case "literal":
                return item["value"]
        shape = [dims[d] if isinstance(d, str) else d for d in item["shape"]]
        tensor = _tensor(shape, item)
        named = {axis: d for axis, d in enumerate(item["shape"]) if isinstance(d, str)}
        if named:
            inputs.axes.append((tensor, named))
        return tensor

    return make


def _tensor(shape: Sequence[int], item: Mapping[str, Any]) -> torch.Tensor:
    dtype = getattr(torch, item["dtype"], None)
    if not isinstance(dtype, torch.dtype):
        raise TargetError(f"torch has no dtype {item['dtype']!r}", hint="for example float32, int64 or bool")
    low, high, value = item.get("low"), item.get("high"), item.get("value")
    if value is not None:
        return torch.full(shape, value, dtype=dtype)
    if dtype.is_floating_point or dtype.is_complex:
        made = torch.randn(shape, dtype=dtype if dtype.itemsize > 1 else torch.float32)
        if low is not None and high is not None:
            made = torch.rand(shape) * (high - low) + low
        return made.to(dtype)
    if dtype == torch.bool:
        return torch.ones(shape, dtype=dtype)
    # Two is the smallest range that every embedding and every class index admits.
    return torch.randint(low or 0, high if high is not None else (low or 0) + 2, shape, dtype=dtype)
