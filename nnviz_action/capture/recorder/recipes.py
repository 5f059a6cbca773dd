"""How buffers and constants are made: the calls and numbers, as text. It needs no values, and so no weights either.

A tensor's recipe is a tree of calls, kept beside it while the model is built; text is made only of what is asked for.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from nnviz_action.capture.private import base, plainly, version
from nnviz_action.capture.recorder.functions import is_fact
from nnviz_action.capture.recorder.origins import numbers_of, weights_of
from nnviz_action.capture.recorder.recipe_text import recipe_text
from nnviz_action.capture.recorder.steps import GIVEN, Step, is_random, step_of
from nnviz_action.capture.recorder.values import tensors_of


class Recipes(TorchFunctionMode):
    """While active, notes how each tensor is made."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: dict[int, tuple[weakref.ref[torch.Tensor], Step]] = {}
        self._texts: dict[int, tuple[Step, str]] = {}
        self.named: dict[str, str] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if is_fact(func):
            return func(*args, **kwargs)
        real = [t for t in tensors_of((args, kwargs)) if not is_lazy(t)]
        given = [(t, version(t)) for t in real if not t.is_inference()]
        loads = getattr(func, "__name__", "") in ("copy_", "set_")  # as `load_state_dict` does: data, and no recipe
        known = {id(t): self._known(t) or GIVEN if loads else self._step(t) for t, _ in given}
        result = func(*args, **kwargs)
        written = [t for t, before in given if version(t) != before]
        made = [t for t in tensors_of(result) if id(t) not in known and not is_lazy(t)]
        if getattr(func, "__name__", "") == "__deepcopy__":
            self._copy(args[0], result)
        elif made or written:
            self._note(step_of(func, args, kwargs, known), made, written)
        return result

    def name(self, module: nn.Module) -> None:
        """Keep the recipes of the model's buffers by their names: the tensors themselves may yet be replaced."""
        buffers = {o.name: self.of(o.tensor) for o in weights_of(module).values() if o.kind == "buffer"}
        self.named = {name: text for name, text in buffers.items() if text}

    def of(self, tensor: torch.Tensor) -> str:
        """The recipe of a tensor as text, or as a hash where that is long; empty where nothing is known."""
        step = self._known(tensor)
        if step is None:
            numbers = numbers_of(tensor)  # made where nobody listens, by NumPy or from a file
            return f"tensor({numbers})" if numbers else ""
        try:
            with plainly():
                return recipe_text(step)
        except Exception:  # functions of any library may stand in it, and it is no reason to draw nothing
            return ""

    def by_chance(self, tensor: torch.Tensor) -> bool | None:
        """Whether its values are drawn by chance; None where nobody saw it being made."""
        step = self._known(tensor)
        return None if step is None else is_random(step)

    def _note(self, step: Step, made: list[torch.Tensor], written: list[torch.Tensor]) -> None:
        for place, tensor in enumerate(made):
            self._keep(tensor, step.giving(tensor, place if len(made) > 1 else None))
        for tensor in written:
            whole = base(tensor)
            if whole is not None:
                self._keep(whole, step.giving(whole, before=self._step(whole)))
            partial = step.raw == "__setitem__"
            self._keep(tensor, step.giving(tensor, before=self._step(tensor) if partial else None))

    def _copy(self, tensor: torch.Tensor, copy: torch.Tensor) -> None:
        """A copy is made as what it is copied from."""
        step = self._known(tensor)
        if step is not None:
            self._keep(copy, step)

    def _keep(self, tensor: torch.Tensor, step: Step) -> None:
        self._steps[id(tensor)] = weakref.ref(tensor), step

    def _known(self, tensor: torch.Tensor) -> Step | None:
        entry = self._steps.get(id(tensor))
        return entry[1] if entry is not None and entry[0]() is tensor else None

    def _step(self, tensor: torch.Tensor) -> Step:
        return self._known(tensor) or Step(None, "tensor", (numbers_of(tensor),)).giving(tensor)


@contextmanager
def listening() -> Iterator[Recipes]:
    """Meanwhile, all that makes tensors is noted: `recipes.name(module)` once the model is built."""
    recipes = Recipes()
    with recipes:
        yield recipes
