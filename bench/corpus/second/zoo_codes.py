"""Codes of vector-quantize-pytorch, between convolutions."""

import torch
import vector_quantize_pytorch as codes
from torch import nn


class Codec(nn.Module):
    """Residual codes between two convolutions."""

    def __init__(self, finite: bool = False) -> None:
        super().__init__()
        self.down, self.up = nn.Conv1d(1, 8, 4, stride=2, padding=1), nn.ConvTranspose1d(8, 1, 4, stride=2, padding=1)
        self.code = (
            codes.FSQ(levels=[5, 5, 4], dim=8)
            if finite
            else codes.ResidualVQ(dim=8, num_quantizers=3, codebook_size=16, rotation_trick=True)
        )

    def forward(self, wave: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        quantized, indices, *_ = self.code(self.down(wave).transpose(1, 2))
        return self.up(quantized.transpose(1, 2)), indices
