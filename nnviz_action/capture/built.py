"""A model that is built, ready for a forward pass."""

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from types import MappingProxyType
from typing import Any, Protocol

import torch
from torch import nn

from nnviz_action.capture.eager import eager
from nnviz_action.capture.inputs import Inputs
from nnviz_action.capture.private import FakeTensorMode


class BufferRecipes(Protocol):
    """How buffers were made, as text: by their names, and of any tensor that was seen being made."""

    @property
    def named(self) -> Mapping[str, str]:
        """The recipe of each buffer by its name."""

    def of(self, tensor: torch.Tensor) -> str:
        """The recipe of a tensor; empty where nobody saw it being made."""


# A weight, as far as anything still holds it, and what has been put in its place.
Replaced = tuple[weakref.ref[torch.Tensor], torch.Tensor]
NOTHING_REPLACED: Mapping[int, Replaced] = MappingProxyType({})


class Built:
    """A model with inputs that fit it, the mode in which both must be used, and how its buffers were made.

    `replaced` tells by id which weights have others in their place: libraries may hold the first ones elsewhere too.
    """

    def __init__(
        self,
        module: nn.Module,
        inputs: Inputs,
        mode: FakeTensorMode | None,
        recipes: BufferRecipes | None = None,
        replaced: Mapping[int, Replaced] = NOTHING_REPLACED,
    ) -> None:
        self.module, self.inputs, self.mode, self.recipes, self.replaced = module, inputs, mode, recipes, replaced

    @contextmanager
    def active(self, dynamo: bool = True) -> Iterator[None]:
        """The fake mode, or none where the weights are real; nothing of the user's is compiled meanwhile."""
        with eager(self.module, dynamo), self.mode if self.mode is not None else nullcontext():
            yield

    def call(self) -> Any:
        """One forward pass."""
        with self.active():
            return self.module(*self.inputs.args, **self.inputs.kwargs)
