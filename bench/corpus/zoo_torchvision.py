"""Models of torchvision without their weights."""

import vision  # noqa: F401  # torchvision imports beside any build of torch after it
from torch import nn
from torchvision import models


def make(name: str) -> nn.Module:
    """A model by its path below `torchvision.models`."""
    factory = models
    for part in name.split("."):
        factory = getattr(factory, part)
    options = {"weights_backbone": None} if name.startswith("segmentation") else {}
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    return factory(weights=None, **options)
