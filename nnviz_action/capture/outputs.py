"""Outputs of any nesting as a flat mapping from names to tensors."""

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import nn

from nnviz_action.errors import ModelError

DEEPEST = 8  # an output nested deeper than this is taken for a cycle


def name_tensors(output: Any) -> dict[str, torch.Tensor]:
    """The tensors of `output` by their path: `logits`, `hidden.3`; a lone tensor is `output`.

    Numbers and None are left out, as a graph has no place for them.
    """
    if isinstance(output, torch.Tensor):
        return {"output": output}
    return {".".join(path) or "output": tensor for path, tensor in _walk(output, (), frozenset())}


def flatten_outputs(module: nn.Module) -> Callable[[], list[str]]:
    """Make `module.forward` return a tuple of tensors; the result gives their names after a call.

    The forward of this one object is wrapped, not the module, so that no module path changes.
    """
    names: list[str] = []
    forward = module.forward

    @functools.wraps(forward)
    def flat(*args: Any, **kwargs: Any) -> tuple[torch.Tensor, ...]:
        found = name_tensors(forward(*args, **kwargs))
        if not found:
            raise ModelError("the model returns no tensor", hint="its forward must return at least one tensor")
        names[:] = found
        return tuple(found.values())

    module.forward = flat
    return lambda: names


def _walk(value: Any, path: tuple[str, ...], above: frozenset[int]) -> Iterator[tuple[tuple[str, ...], torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield (path or ("output",), value)
        return
    if len(path) > DEEPEST or id(value) in above:
        return
    for key, child in _children(value):
        prefix = path or (("output",) if key.isdigit() else ())
        yield from _walk(child, (*prefix, key), above | {id(value)})


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(key), child) for key, child in value.items())
    elif is_dataclass(value) and not isinstance(value, type):
        yield from ((f.name, getattr(value, f.name)) for f in fields(value))
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        yield from zip(value._fields, value, strict=True)
    elif isinstance(value, (list, tuple)):
        yield from ((str(index), child) for index, child in enumerate(value))
    elif hasattr(value, "__dict__") and not isinstance(value, (type, nn.Module)) and not callable(value):
        yield from ((name, child) for name, child in vars(value).items() if not name.startswith("_"))
