"""Models of vit-pytorch."""

import torch
import vision  # noqa: F401  # vit_pytorch imports torchvision: beside any build of torch after it

# isort: split
import vit_pytorch
from torch import nn
from vit_pytorch import cct, cross_vit, max_vit, mobile_vit, na_vit, vit_3d, xcit

SMALL = {"dim": 32, "depth": 2, "heads": 4, "dim_head": 8, "mlp_dim": 64, "num_classes": 10}


def vit() -> nn.Module:
    """The plain one, by einops."""
    return vit_pytorch.ViT(image_size=32, patch_size=8, **SMALL)


def masked() -> nn.Module:
    """An autoencoder of hidden patches, which gives its loss."""
    encoder = vit_pytorch.ViT(image_size=32, patch_size=8, pool="mean", **SMALL)
    return vit_pytorch.MAE(encoder=encoder, decoder_dim=16, decoder_heads=2, decoder_dim_head=8)


def native() -> nn.Module:
    """Pictures of several sizes, packed into one sequence."""
    return na_vit.NaViT(image_size=32, patch_size=8, **SMALL)


def maxvit() -> nn.Module:
    """Windows and grids by turns."""
    return max_vit.MaxViT(num_classes=10, dim=16, depth=(1, 1), dim_head=8, dim_conv_stem=16, window_size=4)


def crossvit() -> nn.Module:
    """Small and large patches look at each other."""
    return cross_vit.CrossViT(
        image_size=32, num_classes=10, sm_dim=16, lg_dim=24, sm_patch_size=8, lg_patch_size=16, sm_enc_heads=2,
        sm_enc_mlp_dim=32, sm_enc_dim_head=8, lg_enc_depth=1, lg_enc_heads=2, lg_enc_mlp_dim=32, lg_enc_dim_head=8,
        cross_attn_depth=1, cross_attn_heads=2, cross_attn_dim_head=8, depth=2,
    )  # fmt: skip


def compact() -> nn.Module:
    """Tokens by convolution, and a pool of the sequence by attention."""
    return cct.CCT(
        img_size=32, embedding_dim=32, n_conv_layers=2, kernel_size=3, stride=1, padding=1, num_layers=2, num_heads=4,
        mlp_ratio=2, num_classes=10, positional_embedding="learnable",
    )  # fmt: skip


def mobile() -> nn.Module:
    """Inverted residuals with a transformer inside."""
    channels = [8, 16, 24, 24, 32, 32, 40, 40, 48, 48, 64]
    return mobile_vit.MobileViT((64, 64), dims=[24, 32, 40], channels=channels, num_classes=10, depths=(1, 1, 1))


def cross_covariance() -> nn.Module:
    """Attention among channels."""
    return xcit.XCiT(image_size=32, patch_size=8, cls_depth=1, **SMALL)


def volume() -> nn.Module:
    """A video in cubes."""
    return vit_3d.ViT(image_size=32, image_patch_size=16, frames=4, frame_patch_size=2, **SMALL)


def native_inputs() -> tuple[list[list[torch.Tensor]]]:
    """Two rows of pictures, each of another size."""
    return ([[torch.randn(3, 32, 16), torch.randn(3, 16, 16)], [torch.randn(3, 24, 32)]],)
