"""The layers that most pairs are written with."""

import torch
from torch import nn


class Layers(nn.Module):
    """Of 16 features: linear ones, a norm, an MLP, a convolution of 8 channels, and plain parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.out, self.qkv = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 48)
        self.norm, self.conv = nn.LayerNorm(16), nn.Conv2d(8, 8, 3, padding=1)
        self.layers = nn.ModuleList(nn.Linear(16, 16) for _ in range(3))
        self.body = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))
        self.scale, self.shift = nn.Parameter(torch.ones(16)), nn.Parameter(torch.zeros(16))
        self.table, self.token = nn.Parameter(torch.zeros(6, 16)), nn.Parameter(torch.zeros(16))
