"""Blocks of another class: what is so in one of them is not said of all, and what is frozen is said."""

from collections.abc import Callable

import pytest
import torch
from mutation import _record, positional, tensor
from torch import nn
from torch.nn import functional as F  # noqa: N812

from nnviz_action.comparison import diff
from nnviz_action.report.changes import sentence

pytestmark = pytest.mark.torch


class Plain(nn.Module):
    """Two convolutions and a shortcut, by choice with a GELU that is written out."""

    def __init__(self, written: bool) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.conv2, self.bn2, self.written = nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8), written

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.written:
            y = 0.5 * y * (1 + torch.tanh(0.79788456 * (y + 0.044715 * y**3)))
        return F.relu(y + x)


class Narrow(Plain):
    """Three convolutions, narrow in the middle."""

    def __init__(self, written: bool) -> None:
        super().__init__(written)
        self.conv1, self.bn1 = nn.Conv2d(8, 4, 1), nn.BatchNorm2d(4)
        self.conv2, self.bn2 = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.conv3, self.bn3 = nn.Conv2d(4, 8, 1), nn.BatchNorm2d(8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        y = self.bn3(self.conv3(y))
        return F.relu((F.gelu(y, approximate="tanh") if self.written else y) + x)


def _told(before: Callable[[], nn.Module], after: Callable[[], nn.Module]) -> list[str]:
    graphs = (_record(make, positional(tensor(1, 8, 8, 8)), "eval", {}) for make in (before, after))
    return [sentence(change) for change in diff(*graphs).changes]


def _net(block: type[Plain], written: int = -1, frozen: int = -1) -> nn.Module:
    """Three blocks: which of them has the written GELU, which is frozen."""
    blocks = nn.Sequential(*(block(place == written) for place in range(3)))
    for place, one in enumerate(blocks):
        one.requires_grad_(place != frozen)
    return nn.Sequential(nn.Conv2d(8, 8, 1), blocks)


def test_what_is_so_in_one_block_is_not_said_of_all() -> None:
    (line,) = _told(lambda: _net(Plain, written=1), lambda: _net(Narrow, written=1))
    assert "Plain → Narrow: " in line
    assert "tanh() → relu(), gelu() ×1" in line


@pytest.mark.parametrize("frozen", range(3))
def test_a_block_that_is_frozen_is_told_by_itself(frozen: int) -> None:
    lines = _told(lambda: _net(Plain), lambda: _net(Narrow, frozen=frozen))
    told = [line for line in lines if "frozen" in line]
    assert len(told) == 1
    assert told[0].startswith(f"~ 1.{frozen} (Narrow): Plain → Narrow: ")
    assert told[0].endswith("all weights frozen")
