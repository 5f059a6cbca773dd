"""A model of demucs, made small."""

from demucs.htdemucs import HTDemucs
from torch import nn


def htdemucs() -> nn.Module:
    """Wave and spectrogram, joined by a transformer."""
    return HTDemucs(
        ["voice", "other"], channels=8, nfft=256, depth=3, t_layers=2, t_heads=2, t_hidden_scale=2.0, segment=1,
        samplerate=1024, use_train_segment=False,
    )  # fmt: skip
