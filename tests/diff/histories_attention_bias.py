"""Changes of biases and positions in attention."""

import torch
from history import attend, changed, join, split
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

OTHERWISE = (r"\(Linear", r"moved here", r": was ")


class Biased(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.to_qkv, self.to_out = new, nn.Linear(16, 48, bias=False), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (split(t) for t in self.to_qkv(x).chunk(3, dim=-1))
        return self.to_out(join(attend(q, k, v, self.bias())))

    def bias(self) -> Tensor | None:
        return None


def distances() -> Tensor:
    return (torch.arange(6)[None] - torch.arange(6)[:, None]).abs()


@changed("x-transformers: biases by distance", r"\badd\(\)", r"slopes", never=OTHERWISE, loads=False)
class Slopes(Biased):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            self.register_buffer("slopes", torch.tensor([0.5, 0.25, 0.125, 0.0625])[:, None, None])

    def bias(self) -> Tensor | None:
        return -distances() * self.slopes if self.new else None


@changed("x-transformers: slopes are not saved", r"slopes|persist", never=OTHERWISE, loads=False)
class Unsaved(Biased):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        slopes = torch.tensor([0.5, 0.25, 0.125, 0.0625])[:, None, None]
        self.register_buffer("slopes", slopes, persistent=not new)

    def bias(self) -> Tensor:
        return -distances() * self.slopes


@changed(
    "x-transformers: relative bias scaled",
    r"\+ .*mul.*2|mul.*× .*2",
    r"mul.*(\bof\b|\bx\b|receives|behind)|receives.*mul",
    never=OTHERWISE,
    loads=True,
)
class ScaledBias(Biased):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        self.relative_attention_bias = nn.Embedding(6, 4)

    def bias(self) -> Tensor:
        bias = self.relative_attention_bias(distances()).permute(2, 0, 1)
        return bias * 2.0 if self.new else bias


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.to_q, self.to_k, self.to_v = (nn.Linear(16, 16) for _ in range(3))

    def forward(self, x: Tensor, positions: Tensor | None) -> Tensor:
        asked = x if positions is None else x + positions
        q, k = self.to_q(asked), self.to_k(asked)
        return x + join(F.scaled_dot_product_attention(split(q), split(k), split(self.to_v(x))))


@changed("detr: positions added in each layer", r"layers\.\S+add\(\)", never=OTHERWISE, loads=True)
class Positions(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.layers = new, nn.ModuleList(Layer() for _ in range(2))
        self.query_embed = nn.Embedding(6, 16)

    def forward(self, x: Tensor) -> Tensor:
        positions: Tensor | None = self.query_embed.weight
        if not self.new:
            x, positions = x + positions, None
        for layer in self.layers:
            x = layer(x, positions)
        return x


@changed(
    "vit-pytorch: a learned mix of value residuals",
    r"\+ to_residual_mix",
    r"[Ss]igmoid",
    never=(r"moved here", r": was ", r"to_(qkv|out) "),
    loads=False,
)
class LearnedMix(Biased):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            self.to_residual_mix = nn.Sequential(nn.Linear(16, 16), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        mix = self.to_residual_mix(x) if self.new else 0.5
        v = v * mix + x * (1.0 - mix)
        return self.to_out(join(attend(split(q), split(k), split(v))))


@changed(
    "x-transformers: relative bias of each layer",
    r"rel_pos",
    never=(r"\(Linear", r"moved here", r"^[+-] rel_pos \("),
    loads=False,
)
class EachBias(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.layers = new, nn.ModuleList(nn.Linear(16, 48) for _ in range(2))
        if new:
            self.rel_pos = nn.ModuleList(nn.Embedding(6, 4) for _ in range(2))
        else:
            self.rel_pos = nn.Embedding(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        for i, layer in enumerate(self.layers):
            q, k, v = (split(t) for t in layer(x).chunk(3, dim=-1))
            table = self.rel_pos[i] if self.new else self.rel_pos
            x = x + join(attend(q, k, v, table(distances()).permute(2, 0, 1)))
        return x
