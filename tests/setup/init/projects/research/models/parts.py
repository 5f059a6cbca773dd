from abc import abstractmethod

from torch import nn


class Double(nn.Sequential):
    def __init__(self, inside, outside):
        super().__init__(
            nn.Conv2d(inside, outside, 3, padding=1), nn.ReLU(), nn.Conv2d(outside, outside, 3, padding=1)
        )


class DiceLoss(nn.Module):
    def forward(self, x, y):
        return 1 - (x * y).sum()


class BaseModel(nn.Module):
    @abstractmethod
    def forward(self, x): ...
