"""The same buffers, made otherwise."""

import math
from collections.abc import Callable

import torch
from refactoring import rewritten, same, unlike
from torch import Tensor, nn


def kept(kind: str, *recipes: Callable[[], Tensor]) -> None:
    """Note that buffers which are made so are the same."""
    same(kind, *(lambda make=make: Table(make) for make in recipes))


class Table(nn.Module):
    def __init__(self, make: Callable[[], Tensor]) -> None:
        super().__init__()
        self.register_buffer("table", make())

    def forward(self, x: Tensor) -> Tensor:
        return x @ x.mT.new_ones(16, 16) + self.table.sum()


kept(
    "a buffer of numbers in order",
    lambda: torch.arange(4).float(),
    lambda: torch.arange(4, dtype=torch.float32),
    lambda: torch.arange(0.0, 4.0).contiguous(),
    lambda: torch.arange(start=0, end=4, step=1).to(torch.float).clone(),
)
kept(
    "a buffer of turns",
    lambda: 1.0 / 10000 ** (torch.arange(0, 16, 2).float() / 16),
    lambda: torch.pow(10000.0, torch.arange(0, 16, 2, dtype=torch.int64) / 16).reciprocal(),
    lambda: torch.reciprocal(torch.pow(10000, torch.div(torch.arange(start=0, end=16, step=2), 16.0))),
)
kept(
    "a buffer of waves",
    lambda: torch.exp(torch.arange(0, 16, 2).float() * (-math.log(10000.0) / 16)),
    lambda: (-math.log(10000) / 16 * torch.arange(0, 16, 2, dtype=torch.float32)).exp(),
)
kept(
    "a triangle as a buffer",
    lambda: torch.tril(torch.ones(16, 16)).view(1, 1, 16, 16),
    lambda: torch.ones((16, 16)).tril(diagonal=0)[None, None],
    lambda: torch.full([16, 16], 1.0).tril_().unsqueeze(0).unsqueeze(0),
    lambda: torch.zeros(16, 16).fill_(1).tril(0).reshape(1, 1, 16, -1),
)
kept(
    "a buffer of a mask of infinities",
    lambda: torch.full((16, 16), float("-inf")).triu(1),
    lambda: torch.triu(torch.full([16, 16], -math.inf), diagonal=1),
)
kept(
    "a buffer of means and deviations",
    lambda: torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1),
    lambda: torch.Tensor([0.485, 0.456, 0.406])[None, :, None, None],
    lambda: torch.as_tensor([0.485, 0.456, 0.406], dtype=torch.float32).reshape(1, -1, 1, 1),
)
kept(
    "a buffer put together",
    lambda: torch.stack([torch.arange(8).sin(), torch.arange(8).cos()], dim=-1).flatten(1)[:6],
    lambda: torch.stack((torch.sin(torch.arange(0, 8)), torch.cos(torch.arange(8))), 1).view(8, -1).narrow(0, 0, 6),
)


def wave(written: int) -> Tensor:
    place, turns = torch.arange(6).unsqueeze(1), torch.exp(torch.arange(0, 16, 2) * (-math.log(10000.0) / 16))
    table = torch.zeros(6, 16)
    if written:
        place = torch.arange(0, 6, dtype=torch.float)[:, None]
        table[:, ::2] = (turns * place).sin() if written > 1 else torch.sin(place * turns)
        table[:, 1::2] = torch.cos(place * turns)
    else:
        table[:, 0::2] = torch.sin(place * turns)
        table[:, 1::2] = torch.cos(place * turns)
    return table


kept("a table filled in parts", lambda: wave(0), lambda: wave(1))


class Registered(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("scale", torch.linspace(0, 1, 16))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale


class NotPersistent(Registered):
    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.register_buffer("scale", torch.linspace(start=0.0, end=1.0, steps=16), persistent=False)


class Attribute(Registered):
    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.scale = torch.linspace(0, 1, steps=16)


class Late(Registered):
    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.register_buffer("scale", None)
        self.scale = torch.linspace(0, 1, 16, dtype=torch.float32)


same("a buffer registered otherwise", Registered, Late)
same("a buffer that is not saved", NotPersistent, Attribute)
unlike(
    "a buffer saved no longer", Registered, NotPersistent, "~ the top: buffer scale is no longer in the state dict"
)


@rewritten("a buffer read in other ways")
class Read(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mask", torch.ones(16, 16).tril().bool())

    def before(self, x: Tensor) -> Tensor:
        return (x @ x.mT).masked_fill(~self.mask[:6, :6], float("-inf"))

    def after(self, x: Tensor) -> Tensor:
        length = x.size(1)
        mask = self.get_buffer("mask")[0:length, :length]
        return (x @ x.transpose(1, 2)).masked_fill(mask == 0, -math.inf)
