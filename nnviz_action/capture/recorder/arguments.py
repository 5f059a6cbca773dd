"""Arguments by the names of their parameters, without those that only repeat a default."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from nnviz_action.capture.recorder.schemas import (
    DROPPED,
    INTS,
    NO_DEFAULT,
    RENAMED,
    Parameter,
    pack,
    parameter_of,
    parameters_of,
)
from nnviz_action.capture.recorder.values import Value

Bound = list[tuple[str, Any]]
DEEPEST = 6  # lists in lists


def bind(func: Callable[..., Any], raw: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Bound:
    """What was given, by the names of the parameters in their order; defaults are left out."""
    args = [value.item() if isinstance(value, np.generic) else value for value in args]
    if raw in _VARIADIC:
        return _variadic(args, kwargs)
    key = (raw, *map(_kind, args), *((name, _kind(value)) for name, value in kwargs.items()))
    made, packed = parameters_of(func, raw, key, (args, kwargs)) if _hashable(func) else ((), False)
    if packed:
        args = pack(args)
    bound: Bound = []
    rank = args[0].dim() if args and isinstance(args[0], torch.Tensor) and not args[0].is_nested else 0
    positional = [p for p in made if not p.keyword_only]
    for place, value in enumerate(args):
        parameter = positional[place] if place < len(positional) else _unnamed(place, value)
        _add(bound, parameter, value, rank)
    by_name = {p.name: p for p in made}
    order = {p.name: place for place, p in enumerate(made)}
    for name in sorted(kwargs, key=lambda name: (order.get(parameter_of(name, by_name), len(order)), name)):
        _add(bound, by_name.get(parameter_of(name, by_name), Parameter(name)), kwargs[name], rank)
    return bound


def by_tensors(bound: Bound, known: Mapping[int, Value]) -> tuple[list[tuple[str, Value]], Bound]:
    """The tensors among the arguments, and the rest."""
    inputs: list[tuple[str, Value]] = []
    attributes: Bound = []
    for name, value in bound:
        found = list(_flat(name, value))
        if any(isinstance(item, torch.Tensor) for _, item in found):
            inputs += [(path, known[id(item)]) for path, item in found if isinstance(item, torch.Tensor)]
            attributes += [(p, item) for p, item in found if not isinstance(item, torch.Tensor) and item is not None]
        else:
            attributes.append((name, value))
    return inputs, attributes


def _flat(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The items of lists by their place, `tensors.0`; what is no list is itself."""
    if isinstance(value, (tuple, list)) and depth < DEEPEST:
        for place, item in enumerate(value):
            yield from _flat(f"{name}.{place}", item, depth + 1)
    elif isinstance(value, dict) and depth < DEEPEST:
        for key, item in value.items():
            yield from _flat(f"{name}.{key}", item, depth + 1)
    else:
        yield name, value


def _variadic(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Bound:
    """Tensors in a row, or in one list."""
    rest = args[0] if len(args) == 1 and isinstance(args[0], (tuple, list)) else args
    given = (item for item in sorted(kwargs.items()) if item[0] not in DROPPED and item[1] is not None)
    return [("tensors", tuple(rest)), *given]


def _unnamed(place: int, value: Any) -> Parameter:
    return Parameter("input" if place == 0 and isinstance(value, torch.Tensor) else f"arg{place}")


def _add(bound: Bound, parameter: Parameter, value: Any, rank: int) -> None:
    name = RENAMED.get(parameter.name, parameter.name)
    if parameter.name in DROPPED or value is None or isinstance(value, (torch.Generator, torch.device)):
        return
    if parameter.type.endswith("List[int]]") or parameter.type.startswith("List[int]"):
        value = (value,) * (parameter.length or 1) if isinstance(value, INTS) else tuple(value)
    is_axis = name == "dim" and type(value) is type(parameter.default) is int and rank > 0
    if not _is_default(
        value % rank if is_axis else value, parameter.default % rank if is_axis else parameter.default
    ):
        bound.append((name, value))


def _is_default(value: Any, default: Any) -> bool:
    if default is NO_DEFAULT or isinstance(value, torch.Tensor) or type(value) is not type(default):
        same_number = type(value) in (int, float) and type(default) in (int, float)
        same_list = isinstance(value, (tuple, list)) and isinstance(default, (tuple, list))
        return (same_number and value == default) or (same_list and _equal(value, default))
    return _equal(value, default) if isinstance(value, (tuple, list)) else bool(value == default)


def _equal(value: Sequence[Any], default: Sequence[Any]) -> bool:
    return len(value) == len(default) and all(
        type(v) is type(d) and v == d for v, d in zip(value, default, strict=True)
    )


def _kind(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return torch.Tensor
    if isinstance(value, (tuple, list)):
        return (_kind(value[0]) if value else None,)
    return type(value)


def _hashable(func: Any) -> bool:
    return getattr(type(func), "__hash__", None) is not None


_VARIADIC = frozenset(
    """einsum block_diag broadcast_tensors meshgrid cartesian_prod atleast_1d atleast_2d atleast_3d
    align_tensors chain_matmul""".split()  # noqa: SIM905
)
