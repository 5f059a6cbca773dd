from typing import Any

import torch
from torch import Tensor, nn


class BasicBlock(nn.Module):
    def __init__(self, width: int, out: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, out, 3, stride, 1)
        self.norm = nn.BatchNorm2d(out)
        self.shortcut = nn.Conv2d(width, out, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.norm(self.conv(x)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, block: type[nn.Module], depths: list[int], num_classes: int = 10) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 7, 2, 3)
        self.layers = nn.ModuleList()
        width = 16
        for stage, depth in enumerate(depths):
            for index in range(depth):
                self.layers.append(block(width, 16 * 2**stage, 2 if index == 0 else 1))
                width = 16 * 2**stage
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(width, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for layer in self.layers:
            x = layer(x)
        return self.fc(self.pool(x).flatten(1))


def _resnet(depths: list[int], weights: str | None, **kwargs: Any) -> ResNet:
    model = ResNet(BasicBlock, depths, **kwargs)
    if weights is not None:
        model.load_state_dict(torch.hub.load_state_dict_from_url(weights))
    return model


def resnet18(*, weights: str | None = "https://example.org/resnet18.pt", **kwargs: Any) -> ResNet:
    return _resnet([1, 1], weights, **kwargs)


def resnet34(weights: str | None = None, **kwargs: Any) -> ResNet:
    return _resnet([2, 2], weights, **kwargs)
