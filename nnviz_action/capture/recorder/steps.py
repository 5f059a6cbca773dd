"""How a tensor was made, as a tree of calls that holds no tensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from nnviz_action.capture.recorder.aliases import FILLING, RANDOM
from nnviz_action.capture.recorder.functions import public_name, raw_name
from nnviz_action.capture.recorder.values import shape_of

_BY_CHANCE = frozenset(name.rpartition(".")[2] for name in RANDOM)


@dataclass(frozen=True)
class Step:
    """One call, of which the arguments that are tensors are steps. `before` is what it wrote to, if it is not all."""

    func: Any
    raw: str
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...] = ()
    before: Step | None = None
    item: int | None = None
    dtype: torch.dtype = torch.float32
    shape: tuple[Any, ...] | None = ()

    def giving(self, tensor: torch.Tensor, item: int | None = None, before: Step | None = None) -> Step:
        """The same, once it is known what came of it."""
        return replace(self, item=item, before=before, dtype=tensor.dtype, shape=shape_of(tensor))


GIVEN = Step(None, "given", ())


def step_of(func: Any, args: Any, kwargs: Mapping[str, Any], known: Mapping[int, Step]) -> Step:
    """The call of a function; `known` are the steps that made its tensors, by id."""
    named = tuple((name, _plain(value, known)) for name, value in kwargs.items())
    return Step(func, raw_name(func)[1], tuple(_plain(value, known) for value in args), named)


def _plain(value: Any, known: Mapping[int, Step]) -> Any:
    if isinstance(value, torch.Tensor):
        return known.get(id(value), GIVEN)
    if isinstance(value, (list, tuple)):
        return tuple(_plain(item, known) for item in value)
    if isinstance(value, dict):
        return {key: _plain(item, known) for key, item in value.items()}
    return value


def is_random(step: Step) -> bool:
    """Whether chance is in it, wherever."""
    todo, seen = [step], set()
    while todo:
        one = todo.pop()
        if public_name(one.raw).rpartition(".")[2].strip("_").removesuffix("_like") in _BY_CHANCE:
            return True
        before = one.args[1:] if _overwrites(one.raw) else (*one.args, one.before)
        for given in (*before, *(value for name, value in one.kwargs if name != "tensor")):
            for item in given if isinstance(given, tuple) else (given,):
                if isinstance(item, Step) and id(item) not in seen:
                    seen.add(id(item))
                    todo.append(item)
    return False


def _overwrites(raw: str) -> bool:
    """Whether nothing of what was there before is left."""
    return raw.startswith("nn.init.") or raw in ("copy_", "set_") or public_name(raw) in FILLING
