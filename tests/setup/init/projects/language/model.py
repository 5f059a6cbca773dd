"""A small language model.

>>> model = Tagger(words=500)
>>> tags = model(torch.randint(0, 500, (2, 7)))
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class Settings:
    block_size: int = 32
    vocab_size: int = 100
    width: int = 16


class GPT(nn.Module):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings
        self.words = nn.Embedding(settings.vocab_size, settings.width)
        self.places = nn.Embedding(settings.block_size, settings.width)
        self.head = nn.Linear(settings.width, settings.vocab_size, bias=False)

    def forward(self, idx, targets=None):
        b, t = idx.size()
        assert t <= self.settings.block_size
        x = self.words(idx) + self.places(torch.arange(t, device=idx.device))
        logits = self.head(x)
        if targets is not None:
            return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        return logits


class Tagger(nn.Module):
    def __init__(self, words, tags=5):
        super().__init__()
        self.words = nn.Embedding(words, 8)
        self.lstm = nn.LSTM(8, 8, batch_first=True)
        self.tags = nn.Linear(8, tags)

    def forward(self, sentence):
        return self.tags(self.lstm(self.words(sentence))[0])


class Mixture(nn.Module):
    def __init__(self, experts: int, router):
        super().__init__()
        self.first, self.second, self.third = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, experts)
        self.router = router

    def forward(self, x, route):
        return self.router(x, route)
