"""Helpers that were once in the file of their model."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


def activated(layer: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return F.gelu(layer(x))


def residual(x: Tensor, branch: Tensor) -> Tensor:
    return torch.add(x, branch)


class Block(nn.Module):
    """As the one in `refactorings_modules`, moved here."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.fc = nn.LayerNorm(width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return residual(x, activated(self.fc, self.norm(x)))
