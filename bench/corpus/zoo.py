"""The factories of the corpus: timm, torchvision and transformers models from their configurations alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))

import vision  # noqa: F401  # torchvision imports beside any build of torch after it
from torch import nn


def timm(name: str) -> nn.Module:
    """A timm model without its weights."""
    import timm as library

    return library.create_model(name, pretrained=False)


def torchvision(name: str) -> nn.Module:
    """A torchvision model by its path below `torchvision.models`."""
    import torchvision.models as models

    factory = models
    for part in name.split("."):
        factory = getattr(factory, part)
    options = {"weights_backbone": None} if name.startswith("segmentation") else {}
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    return factory(weights=None, **options)


def transformers(kind: str, task: str = "Model", **config: object) -> nn.Module:
    """A transformers model from its config class, with random weights and no cache of keys."""
    import transformers as library

    made = getattr(library, f"{kind}Config")(**config)
    if hasattr(made, "use_cache"):
        made.use_cache = False
    return getattr(library, f"{kind}{task}")(made)
