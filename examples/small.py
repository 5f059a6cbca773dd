"""Small networks, one for each thing that a picture has to show beyond a chain of layers."""

from dataclasses import dataclass

import torch
from torch import nn


class Tagger(nn.Module):
    """Embedding, LSTM, linear: integer inputs, and a batch of any size."""

    def __init__(self, words: int = 1000, tags: int = 12) -> None:
        super().__init__()
        self.embed = nn.Embedding(words, 32)
        self.lstm = nn.LSTM(32, 48, batch_first=True, bidirectional=True)
        self.tag = nn.Linear(96, tags)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        hidden, _ = self.lstm(self.embed(words))
        return self.tag(hidden)


class Siamese(nn.Module):
    """One encoder called twice: two inputs, shared weights."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 16))

    def forward(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        return nn.functional.cosine_similarity(self.encoder(left), self.encoder(right))


class Block(nn.Sequential):
    def __init__(self, before: int, after: int) -> None:
        super().__init__(nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU())


class UNet(nn.Module):
    """Skip connections from the way down to the way up."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.down1 = Block(3, width)
        self.down2 = Block(width, 2 * width)
        self.bottom = Block(2 * width, 4 * width)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(4 * width, 2 * width, 2, stride=2)
        self.merge2 = Block(4 * width, 2 * width)
        self.up1 = nn.ConvTranspose2d(2 * width, width, 2, stride=2)
        self.merge1 = Block(2 * width, width)
        self.head = nn.Conv2d(width, 2, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        first = self.down1(image)
        second = self.down2(self.pool(first))
        x = self.bottom(self.pool(second))
        x = self.merge2(torch.cat([self.up2(x), second], 1))
        x = self.merge1(torch.cat([self.up1(x), first], 1))
        return self.head(x)


@dataclass
class Detected:
    boxes: torch.Tensor
    scores: torch.Tensor
    count: int


class Heads(nn.Module):
    """A mapping as input, a dataclass as output, dropout in between."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(24, 32)
        self.drop = nn.Dropout(0.2)
        self.boxes = nn.Linear(32, 4)
        self.scores = nn.Linear(32, 10)

    def forward(self, batch: dict[str, torch.Tensor]) -> Detected:
        x = torch.cat([batch["visual"], batch["text"]], -1)
        x = self.drop(torch.relu(self.mix(x)))
        return Detected(self.boxes(x), self.scores(x).softmax(-1), 10)
