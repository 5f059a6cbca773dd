"""Normalizing flows of zuko and nflows."""

import torch
import zuko
from nflows import distributions, flows, transforms
from torch import nn


class Likelihood(nn.Module):
    """What a flow under a context thinks of its input: affine steps, or splines."""

    def __init__(self, splines: bool = False) -> None:
        super().__init__()
        kind = zuko.flows.NSF if splines else zuko.flows.MAF
        self.flow = kind(features=3, context=5, transforms=2, hidden_features=(16, 16))

    def forward(self, x: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        return self.flow(context).log_prob(x)


class RealNVP(nn.Module):
    """Halves that move each other."""

    def __init__(self) -> None:
        super().__init__()
        self.flow = flows.SimpleRealNVP(features=4, hidden_features=16, num_layers=2, num_blocks_per_layer=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.flow.log_prob(x)


class Sampler(nn.Module):
    """An autoregressive flow run backwards: from noise to samples."""

    def __init__(self) -> None:
        super().__init__()
        steps = [transforms.MaskedAffineAutoregressiveTransform(3, 8), transforms.ReversePermutation(3)]
        self.flow = flows.Flow(transforms.CompositeTransform(steps), distributions.StandardNormal([3]))

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        return self.flow._transform.inverse(noise)[0]
