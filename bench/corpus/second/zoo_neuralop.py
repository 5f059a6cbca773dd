"""Operators between functions, of neuraloperator: weights are complex."""

from neuralop import models
from torch import nn


def fno() -> nn.Module:
    """A few frequencies of a field."""
    return models.FNO(n_modes=(4, 4), in_channels=1, out_channels=1, hidden_channels=8, n_layers=2)


def tfno() -> nn.Module:
    """The same with factors in place of a tensor, and norms."""
    return models.TFNO(
        n_modes=(4, 4), in_channels=1, out_channels=1, hidden_channels=8, n_layers=2, factorization="Tucker", rank=0.5,
        norm="instance_norm",
    )  # fmt: skip


def uno() -> nn.Module:
    """Fields that grow coarse and fine again."""
    return models.UNO(
        1, 1, hidden_channels=8, lifting_channels=16, projection_channels=16, n_layers=3, uno_out_channels=[8, 8, 8],
        uno_n_modes=[[4, 4], [4, 4], [4, 4]], uno_scalings=[[1.0, 1.0], [0.5, 0.5], [2.0, 2.0]], channel_mlp_skip="linear",
    )  # fmt: skip
