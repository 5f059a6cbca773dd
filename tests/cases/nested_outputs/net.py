from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Inner:
    mask: torch.Tensor
    nothing: None = None


@dataclass
class Output:
    logits: torch.Tensor
    hidden: list
    inner: Inner
    count: int = 3


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(8, 16), nn.Linear(4, 16)

    def forward(self, batch, scale):
        left, right = self.left(batch["a"]["x"]), self.right(batch["b"])
        return Output((left + right) * scale, [left, {"right": right}], Inner(left > 0))
