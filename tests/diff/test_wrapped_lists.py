"""A list of blocks that became a sequence, was wrapped and shortened at once: each block stays the one that it was."""

import re
from collections.abc import Callable
from itertools import product

import pytest
import torch
from loading import written_function
from mutation import _record, positional, tensor
from torch import nn

from nnviz_action.comparison import diff
from nnviz_action.report.changes import sentence

pytestmark = pytest.mark.torch
INPUTS = positional(tensor(2, 6, 16))


class Feed(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(16, width), nn.Linear(width, 16)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.down(self.up(x).relu())
        return out


class Before(nn.Module):
    """A norm, and what is behind it."""

    def __init__(self, fn: nn.Module) -> None:
        super().__init__()
        self.norm, self.fn = nn.LayerNorm(16), fn

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.fn(self.norm(x))
        return out


class Block(nn.Module):
    def __init__(self, wrap: Callable[[nn.Module], nn.Module]) -> None:
        super().__init__()
        self.mix, self.feed = wrap(Feed(16)), wrap(Feed(32))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.mix(x)
        out: torch.Tensor = x + self.feed(x)
        return out


class Listed(nn.Module):
    def __init__(self, blocks: list[nn.Module]) -> None:
        super().__init__()
        self.layers, self.head = nn.ModuleList(blocks), nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = layer(x)
        out: torch.Tensor = self.head(x)
        return out


class Row(nn.Module):
    def __init__(self, blocks: list[nn.Module]) -> None:
        super().__init__()
        self.layers, self.head = nn.Sequential(*blocks), nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.head(self.layers(x))
        return out


BLOCKS: dict[str, Callable[[], nn.Module]] = {
    "as they were": lambda: Block(lambda fn: fn),
    "wrapped inside": lambda: Block(Before),
    "wrapped": lambda: Before(Block(lambda fn: fn)),
}


@pytest.mark.parametrize(("how", "count"), list(product(BLOCKS, (1, 2, 3))))
def test_each_block_stays_the_one_that_it_was(how: str, count: int) -> None:
    def old() -> nn.Module:
        return Listed([BLOCKS["as they were"]() for _ in range(3)])

    def new() -> nn.Module:
        return Row([BLOCKS[how]() for _ in range(count)])

    graphs = [_record(make, INPUTS, "eval", {}) for make in (old, new)]
    for found in (diff(*graphs), diff(*graphs[::-1])):
        assert found.checkpoint is not None
        told = [sentence(change) for change in found.each]
        assert not any("was layers" in line for line in told), told
        for key, now in found.checkpoint.renames.items():
            assert re.findall(r"layers\.\d+", key) == re.findall(r"layers\.\d+", now), told
    checkpoint = diff(*graphs).checkpoint
    assert checkpoint is not None
    saved = old().state_dict()
    missing, unexpected = new().load_state_dict(written_function(checkpoint)(saved), strict=False)
    assert unexpected == []
    assert all("norm" in key for key in missing), missing
