"""Models of denoising-diffusion-pytorch."""

import vision  # noqa: F401  # it imports torchvision: beside any build of torch after it

# isort: split
import denoising_diffusion_pytorch as diffusion
from torch import nn


def diffusion_unet() -> nn.Module:
    """Noise, with linear and full attention."""
    return diffusion.Unet(dim=8, dim_mults=(1, 2), attn_heads=2, attn_dim_head=8, self_condition=True)


def diffusion_loss() -> nn.Module:
    """The loss at a random step of time."""
    net = diffusion.Unet(dim=8, dim_mults=(1, 2), attn_heads=2, attn_dim_head=8)
    return diffusion.GaussianDiffusion(net, image_size=16, timesteps=20)
