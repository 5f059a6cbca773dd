"""What the zoos lack, written by hand."""

from dataclasses import dataclass

import torch
from torch import nn


class GRUTagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(500, 24)
        self.gru = nn.GRU(24, 32, num_layers=2, batch_first=True)
        self.tag = nn.Linear(32, 9)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        return self.tag(self.gru(self.embed(words))[0])


@dataclass
class Result:
    logits: torch.Tensor
    hidden: list[torch.Tensor]
    note: str = "kept"


class Nested(nn.Module):
    """Nested inputs, a dataclass as output."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(8, 16), nn.Linear(4, 16)
        self.out = nn.Linear(16, 3)

    def forward(self, batch: dict, pairs: list) -> Result:
        left = self.left(batch["a"]["x"]) + self.left(pairs[0])
        right = self.right(batch["b"]) * pairs[1].sigmoid()
        return Result(self.out(left + right), [left, right])


class MixedLoop(nn.Module):
    """A loop over a ModuleList of mixed kinds."""

    def __init__(self) -> None:
        super().__init__()
        kinds = [
            nn.Linear(16, 16),
            nn.LayerNorm(16),
            nn.GELU(),
            nn.Linear(16, 16),
            nn.Dropout(0.1),
            nn.Tanh(),
        ]
        self.steps = nn.ModuleList(kinds * 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for index, step in enumerate(self.steps):
            x = step(x) + x if index % 2 else step(x)
        return x


class Conditional(nn.Module):
    """torch.cond: a branch that depends on the data."""

    def __init__(self) -> None:
        super().__init__()
        self.yes, self.no = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cond(x.sum() > 0, lambda v: self.yes(v).relu(), lambda v: self.no(v).tanh(), (x,))


class TiedLM(nn.Module):
    """A language model whose head is its embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(1000, 64)
        layer = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)
        self.body = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
        self.head = nn.Linear(64, 1000, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(self.embed(ids)))


class MultiHead(nn.Module):
    """Several attentions, several outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.attend = nn.ModuleList([nn.MultiheadAttention(32, 4, batch_first=True) for _ in range(2)])
        self.heads = nn.ModuleDict({"depth": nn.Linear(32, 1), "class": nn.Linear(32, 5), "flow": nn.Linear(32, 2)})

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        for attend in self.attend:
            x = x + attend(x, x, x, need_weights=False)[0]
        return {name: head(x) for name, head in self.heads.items()}


class Chain(nn.Module):
    """A thousand layers."""

    def __init__(self, length: int = 1000) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(length)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x


class Free(nn.Module):
    """A batch and a length of any size."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(100, 32)
        self.body = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
        self.out = nn.Linear(32, 4)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.out(self.body(self.embed(ids)).mean(1))
