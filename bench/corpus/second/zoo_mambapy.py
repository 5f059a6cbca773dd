"""A language model around the layers of mambapy."""

import torch
from mambapy.mamba import Mamba, MambaConfig
from torch import nn


class ParallelScan(nn.Module):
    """A state space by a scan in place, with a backward of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.body = Mamba(MambaConfig(d_model=16, n_layers=2, d_state=4, pscan=True))
        self.head = nn.Linear(16, 50, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(self.embed(ids)))
