"""What a model is called with, as a config has it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch


@dataclass(frozen=True)
class TensorInput:
    """A tensor; its integers are below `high`."""

    shape: tuple[int, ...]
    dtype: str = "float32"
    high: int | None = None


@dataclass(frozen=True)
class PlainInput:
    """What is no tensor."""

    value: Any


# Inputs by the names of `forward`'s parameters; lists and mappings hold others.
State = Mapping[str, Any]


def tensors(state: State) -> Iterator[tuple[str, TensorInput]]:
    """All tensors, each by its path: `images`, `batch/0/image`."""
    yield from _within("", state)


def _within(path: str, value: Any) -> Iterator[tuple[str, TensorInput]]:
    if isinstance(value, TensorInput):
        yield path, value
    elif isinstance(value, (Mapping, list)):
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, child in pairs:
            yield from _within(f"{path}/{key}" if path else str(key), child)


def changed(state: State, path: str, value: Any) -> dict[str, Any]:
    """The same state with another value at this path."""
    made: dict[str, Any] = _changed(state, path.split("/"), value)
    return made


def _changed(owner: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    if isinstance(owner, list):
        return [_changed(v, path[1:], value) if str(i) == path[0] else v for i, v in enumerate(owner)]
    return {**owner, path[0]: _changed(owner.get(path[0]), path[1:], value)}


def made(value: Any, on_tensor: Callable[[str, torch.Tensor], None], path: str = "") -> Any:
    """The object to call the model with; `on_tensor` hears of each tensor and its path."""
    if isinstance(value, TensorInput):
        tensor = _tensor(value)
        on_tensor(path, tensor)
        return tensor
    if isinstance(value, PlainInput):
        return value.value
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
    children = {k: made(child, on_tensor, f"{path}/{k}" if path else str(k)) for k, child in pairs}
    return list(children.values()) if isinstance(value, list) else children


def _tensor(value: TensorInput) -> torch.Tensor:
    dtype = getattr(torch, value.dtype)
    if dtype.is_floating_point or dtype.is_complex:
        return torch.randn(value.shape, dtype=dtype)
    if dtype == torch.bool:
        return torch.ones(value.shape, dtype=dtype)
    return torch.randint(0, min(value.high or 2, 2), value.shape, dtype=dtype)


def observed(value: Any) -> Any:
    """The input that an object is; raises `TypeError` where no config can hold it."""
    if isinstance(value, torch.Tensor):
        return TensorInput(tuple(value.shape), str(value.dtype).removeprefix("torch."))
    if isinstance(value, (list, tuple)) and any(isinstance(v, (torch.Tensor, list, tuple, dict)) for v in value):
        return [observed(child) for child in value]
    if isinstance(value, dict) and value and all(isinstance(key, str) for key in value):
        return {key: observed(child) for key, child in value.items()}
    if is_plain(value):
        return PlainInput(value)
    raise TypeError(type(value).__name__)


def is_plain(value: Any) -> bool:
    """Whether YAML holds it; a tuple becomes a list there."""
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(child) for key, child in value.items())
    return value is None or type(value) in (bool, int, float, str)


def listed(value: Any) -> Any:
    """A plain value as YAML gives it back: with lists for tuples."""
    if isinstance(value, (list, tuple)):
        return [listed(child) for child in value]
    return {key: listed(child) for key, child in value.items()} if isinstance(value, dict) else value


def written(value: Any) -> Any:
    """An input in the shortest form that the config takes."""
    if isinstance(value, TensorInput):
        if value.dtype == "float32" and value.high is None:
            return list(value.shape)
        return {"shape": list(value.shape), "dtype": value.dtype} | ({"high": value.high} if value.high else {})
    if isinstance(value, PlainInput):
        return {"value": listed(value.value)}
    if isinstance(value, list):
        return [written(child) for child in value]
    return {key: written(child) for key, child in value.items()}


def bounded(state: State, highs: Mapping[str, int]) -> State:
    """The same with the bounds that embeddings put on integers."""
    for path, tensor in list(tensors(state)):
        if path in highs and not getattr(torch, tensor.dtype).is_floating_point:
            state = changed(state, path, replace(tensor, high=highs[path]))
    return state
