"""Models of timm without their weights."""

import vision  # noqa: F401  # timm imports torchvision: beside any build of torch after it
from timm import create_model
from torch import nn


def make(name: str) -> nn.Module:
    """A model by its name."""
    return create_model(name, pretrained=False)
