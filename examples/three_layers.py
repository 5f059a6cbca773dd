"""The small network of recipes 3 and 4: what matters is that its layers keep the names given here."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc_small = nn.Linear(8, 16)
        self.fc_large = nn.Linear(16, 64)
        self.fc_out = nn.Linear(64, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.fc_small(x))
        x = torch.relu(self.fc_large(x))
        return self.fc_out(x)
