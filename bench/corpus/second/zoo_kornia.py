"""Models of kornia: what finds and matches points, and edges without a network."""

import torch
from kornia import augmentation, feature, filters
from kornia.feature.loftr.loftr import default_cfg
from kornia.models import dexined as edges
from kornia.models import tiny_vit as tiny
from kornia.models import yunet as faces
from torch import nn


def loftr() -> nn.Module:
    """Matches between two pictures, coarse and then fine: how many, the values decide."""
    sides = {"d_model": 32, "d_ffn": 32, "nhead": 4, "attention": "linear"}
    config = {
        **default_cfg,
        "resnetfpn": {"initial_dim": 16, "block_dims": [16, 24, 32]},
        "coarse": {**default_cfg["coarse"], **sides, "layer_names": ["self", "cross"]},
        "match_coarse": {**default_cfg["match_coarse"], "thr": 0.0, "border_rm": 0},
        "fine": {**sides, "d_model": 16, "d_ffn": 16, "layer_names": ["self", "cross"]},
    }
    return feature.LoFTR(pretrained=None, config=config)


def disk() -> nn.Module:
    """Points and their descriptions from one UNet."""
    return feature.DISK(desc_dim=16)


def hardnet() -> nn.Module:
    """A description of each patch."""
    return feature.HardNet8(pretrained=False)


def tiny_vit() -> nn.Module:
    """Convolutions first, windows after."""
    return tiny.TinyViT(
        img_size=64, num_classes=10, embed_dims=(16, 16, 32, 32), depths=(1, 1, 1, 1), num_heads=(1, 2, 2, 4),
        window_sizes=(4, 4, 4, 2),
    )  # fmt: skip


def dexined() -> nn.Module:
    """Edges at each depth, and all of them together."""
    return edges.DexiNed(pretrained=False)


def yunet() -> nn.Module:
    """Faces, boxes and points as a dict."""
    return faces.YuNet("test", pretrained=False)


def sift() -> nn.Module:
    """Histograms of gradients: no weight is learnt."""
    return feature.SIFTDescriptor(patch_size=16)


def canny() -> nn.Module:
    """Edges that follow strong ones: a loop that the data ends."""
    return filters.Canny()


class Augmented(nn.Module):
    """A network that trains on pictures turned at random."""

    def __init__(self) -> None:
        super().__init__()
        self.change = nn.Sequential(
            augmentation.RandomAffine(degrees=15.0, translate=(0.1, 0.1), p=1.0),
            augmentation.RandomHorizontalFlip(p=0.5),
            augmentation.ColorJitter(0.1, 0.1, 0.1, 0.1, p=1.0),
            augmentation.Normalize(torch.tensor([0.5, 0.5, 0.5]), torch.tensor([0.2, 0.2, 0.2])),
        )
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(8, 4)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(self.change(pictures)))


def pair_inputs() -> dict[str, dict[str, torch.Tensor]]:
    """Two grey pictures in a dict."""
    return {"data": {"image0": torch.rand(1, 1, 64, 64), "image1": torch.rand(1, 1, 64, 64)}}
