"""A model of perceiver-pytorch."""

import perceiver_pytorch
from torch import nn


def perceiver_io() -> nn.Module:
    """Latents that read an input and answer queries."""
    return perceiver_pytorch.PerceiverIO(
        depth=2, dim=12, queries_dim=8, logits_dim=5, num_latents=6, latent_dim=16, latent_heads=2, cross_dim_head=8,
        latent_dim_head=8, weight_tie_layers=True,
    )  # fmt: skip
