"""Formulas in one layer, and what functions in blocks are given: each is told by what differs."""

from collections.abc import Callable
from typing import Any

import torch
from refactoring import differs, unlike
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

Run = Callable[[Any, Tensor], Tensor]


class Norm(nn.Module):
    """A layer of its own: what it computes is one card."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.scale, self.shift, self.run = nn.Parameter(torch.ones(16)), nn.Parameter(torch.zeros(16)), run

    def forward(self, x: Tensor) -> Tensor:
        return self.run(self, x)


def norm(run: Run) -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(nn.Linear(16, 16), Norm(run))


def _outside(m: Any, x: Tensor) -> Tensor:
    return x / (x.var(-1, keepdim=True).sqrt() + 1e-6) * m.scale + m.shift


def _inside(m: Any, x: Tensor) -> Tensor:
    return x / (x.var(-1, keepdim=True) + 1e-6).sqrt() * m.scale + m.shift


def _shifted_first(m: Any, x: Tensor) -> Tensor:
    return (x / (x.var(-1, keepdim=True) + 1e-6).sqrt() + m.shift) * m.scale


unlike(
    "a number behind a root and in it",
    norm(_outside),
    norm(_inside),
    "~ 1 (Norm): sqrt(var) + 1e-06 → sqrt(var + 1e-06)",
)
unlike(
    "a shift behind a scale",
    norm(_inside),
    norm(_shifted_first),
    "~ 1 (Norm): div * scale + shift → (div + shift) * scale",
)
unlike(
    "the square of a mean",
    norm(lambda m, x: x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * m.scale + m.shift),
    norm(lambda m, x: x * torch.rsqrt(x.mean(-1, keepdim=True).pow(2) + 1e-6) * m.scale + m.shift),
    "~ 1 (Norm): mean(square(x), dim 2, keepdim True) → square(mean(x, dim 2, keepdim True))",
)


class Block(nn.Module):
    def __init__(self, run: Run) -> None:
        super().__init__()
        self.fc, self.norm, self.run = nn.Linear(16, 16), nn.LayerNorm(16), run

    def forward(self, x: Tensor) -> Tensor:
        return self.run(self, x)


class Net(nn.Module):
    """Functions before and in the blocks that are called alike."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.stem, self.blocks = nn.Linear(16, 16), nn.Sequential(Block(run), Block(run))

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(F.relu(self.stem(x)))


def _from_relu(m: Any, x: Tensor) -> Tensor:
    h = F.relu(m.norm(x))
    return m.fc(h) + h


def _from_input(m: Any, x: Tensor) -> Tensor:
    return m.fc(F.relu(m.norm(x))) + x


unlike(
    "a residual from before a block",
    lambda: Net(_from_relu),
    lambda: Net(_from_input),
    "~ blocks.{0,1}.add() (×2): receives input instead of relu",
)


@differs("a dropout of channels that is active in eval mode", "- dropout1d(): p 0.2, active in eval")
@differs("a dropout of channels in train mode", "- dropout1d(): p 0.2", mode="train")
class Channels(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 16)

    def before(self, x: Tensor) -> Tensor:
        return F.dropout1d(self.fc(x), 0.2)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x)
