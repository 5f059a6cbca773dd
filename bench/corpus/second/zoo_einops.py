"""A network whose every change of shape is written in einops."""

import torch
from einops import einsum, pack, rearrange, reduce, unpack
from einops.layers.torch import EinMix, Rearrange, Reduce
from torch import nn


class Einops(nn.Module):
    """Layers and functions of einops: names in place of axes."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = Rearrange("b c (h p) (w q) -> b (h w) (c p q)", p=4, q=4)
        self.mix = EinMix("b n i -> b n o", weight_shape="i o", bias_shape="o", i=48, o=16)
        self.heads = nn.Linear(16, 48)
        self.token = nn.Parameter(torch.randn(16))
        self.pool = Reduce("b n d -> b d", "mean")

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.mix(self.patch(pictures))
        x, shapes = pack([self.token.expand(len(x), 1, 16), x], "b * d")
        q, k, v = rearrange(self.heads(x), "b n (three h d) -> three b h n d", three=3, h=4)
        weights = einsum(q, k, "b h i d, b h j d -> b h i j").softmax(-1)
        x = x + rearrange(einsum(weights, v, "b h i j, b h j d -> b h i d"), "b h n d -> b n (h d)")
        token, rest = unpack(x, shapes, "b * d")
        return self.pool(rest), reduce(token, "b 1 d -> b d", "max")
