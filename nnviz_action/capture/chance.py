"""Weights that are drawn by chance, drawn anew: each from a seed of its own name.

Where a model's path depends on values, as the choice of experts does, it would otherwise change with every layer that
is added before, and with every other initialisation.
"""

import math
import zlib
from collections.abc import Callable

import torch
from torch import nn

_DRAWN = (torch.float64, torch.float32, torch.float16, torch.bfloat16)  # of smaller types torch draws nothing


def settle_chance(module: nn.Module, by_chance: Callable[[torch.Tensor], bool | None]) -> None:
    """Draw each parameter that was drawn by chance from a normal distribution, smaller the more inputs there are.

    `by_chance` tells that of a tensor; None where nobody saw it being made.
    """
    for name, parameter in module.named_parameters():
        drawn = by_chance(parameter)
        if drawn or (drawn is None and parameter.requires_grad and _varies(parameter)):
            _draw(parameter, zlib.crc32(name.encode()))


def _varies(parameter: torch.Tensor) -> bool:
    return parameter.numel() > 1 and bool((parameter != parameter.flatten()[0]).any())


def _draw(parameter: nn.Parameter, seed: int) -> None:
    if parameter.dtype not in _DRAWN or parameter.layout is not torch.strided:
        return
    generator = torch.Generator(parameter.device).manual_seed(seed)
    scale = 1 / math.sqrt(max(1, math.prod(parameter.shape[1:] if parameter.dim() > 1 else parameter.shape)))
    with torch.no_grad():
        parameter.normal_(0, scale, generator=generator)
