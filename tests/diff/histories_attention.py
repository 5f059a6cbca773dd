"""Changes of how attention is computed."""

import math

import torch
from history import attend, changed, join, split
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

OTHERWISE = (r"\(Linear", r"moved here", r": was ")  # what none of these changes does


class Attention(nn.Module):
    """The projections, and a switch."""

    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.to_qkv, self.to_out = new, nn.Linear(16, 48, bias=False), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (split(t) for t in self.to_qkv(x).chunk(3, dim=-1))
        return self.to_out(join(self.attend(q, k, v)))

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return attend(q, k, v)


@changed("nanoGPT: flash attention", r"scaled_dot_product_attention", r"\bbias\b", never=OTHERWISE, loads=False)
class Flash(Attention):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if not new:
            self.register_buffer("bias", torch.tril(torch.ones(8, 8)).view(1, 1, 8, 8))

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if self.new:
            return F.scaled_dot_product_attention(q, k, v, is_causal=True)
        att = q @ k.transpose(-2, -1) * (1.0 / math.sqrt(k.size(-1)))
        return att.masked_fill(self.bias[:, :, : q.size(2), : q.size(2)] == 0, float("-inf")).softmax(-1) @ v


@changed("nanoGPT: no dropout in evaluation", r"dropout.*0\.1 → 0", never=OTHERWISE, loads=True)
class Dropped(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        dropout = 0.1 if self.training or not self.new else 0.0
        return F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)


@changed("whisper: scaled dot product attention", r"scaled_dot_product_attention", never=OTHERWISE, loads=True)
class Scaled(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if self.new:
            return F.scaled_dot_product_attention(q, k, v)
        scale = q.shape[-1] ** -0.25
        return ((q * scale) @ (k.transpose(-2, -1) * scale)).softmax(-1) @ v


@changed("whisper: attention returns its scores as well", r"\+ .*output", never=OTHERWISE[:2], loads=True)
class Scores(Attention):
    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        q, k, v = (split(t) for t in self.to_qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-2, -1) * 0.5
        out = self.to_out(join(scores.softmax(-1) @ v))
        return (out, scores) if self.new else out


@changed("minGPT: masked with minus infinity", r"-inf", never=(*OTHERWISE, r"^[+-] "), loads=True)
class Infinite(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        mask = torch.tril(torch.ones(6, 6)) == 0
        att = (q @ k.transpose(-2, -1) * 0.5).masked_fill(mask, float("-inf") if self.new else -1e10)
        return att.softmax(-1) @ v


@changed(
    "timm: masked before the softmax", r"(softmax|masked_fill|where).*(moved|receives)", never=OTHERWISE, loads=True
)
class MaskedBefore(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        att, mask = q @ k.transpose(-2, -1) * 0.5, torch.tril(torch.ones(6, 6)) == 0
        if self.new:
            return att.masked_fill(mask, float("-inf")).softmax(-1) @ v
        return att.softmax(-1).masked_fill(mask, float("-inf")) @ v


@changed(
    "x-transformers: norms of queries and keys", r"\+ .*q\S*norm", r"\+ .*k\S*norm", never=OTHERWISE, loads=False
)
class Normed(Attention):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            self.q_norm, self.k_norm = nn.LayerNorm(4), nn.LayerNorm(4)

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return attend(self.q_norm(q), self.k_norm(k), v) if self.new else attend(q, k, v)


@changed("x-transformers: cosine similarity", r"norm", r"\b10\b", never=OTHERWISE, loads=True)
class Cosine(Attention):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if self.new:
            q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
        return (q @ k.transpose(-2, -1) * (10.0 if self.new else 0.5)).softmax(-1) @ v


@changed("x-transformers: talking heads", r"pre_softmax_proj", r"post_softmax_proj", never=OTHERWISE, loads=False)
class Talking(Attention):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            self.pre_softmax_proj, self.post_softmax_proj = (nn.Parameter(torch.eye(4)) for _ in range(2))

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        dots = q @ k.transpose(-2, -1) * 0.5
        if self.new:
            dots = torch.einsum("b h i j, h k -> b k i j", dots, self.pre_softmax_proj)
        dots = dots.softmax(-1)
        return (torch.einsum("b h i j, h k -> b k i j", dots, self.post_softmax_proj) if self.new else dots) @ v


@changed("x-transformers: keys and values of memory", r"mem_k", r"mem_v", never=OTHERWISE, loads=False)
class Memory(Attention):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            self.mem_k, self.mem_v = (nn.Parameter(torch.randn(4, 2, 4)) for _ in range(2))

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if self.new:
            k, v = (torch.cat([m.expand(2, -1, -1, -1), t], 2) for m, t in ((self.mem_k, k), (self.mem_v, v)))
        return attend(q, k, v)


def rotated(x: Tensor, freqs: Tensor) -> Tensor:
    left, right = x.chunk(2, dim=-1)
    return x * freqs.cos() + torch.cat([-right, left], -1) * freqs.sin()


class Rotary(Attention):
    def __init__(self, new: bool, dim: int = 4, base: float = 10_000) -> None:
        super().__init__(new)
        self.register_buffer("inv_freq", 1 / base ** (torch.arange(0, dim, 2) / dim))

    def freqs(self) -> Tensor:
        return torch.cat([torch.arange(6)[:, None] * self.inv_freq] * 2, -1)


@changed(
    "x-transformers: values rotated as well",
    r"\+ .*(mul|cat|add)|(mul|cat|add)\(\).* added",
    r"\b(of|behind|on|receives)\b",
    never=OTHERWISE,
    loads=True,
)
class Values(Rotary):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        freqs = self.freqs()
        return attend(rotated(q, freqs), rotated(k, freqs), rotated(v, freqs) if self.new else v)


@changed("x-transformers: half of each head rotated", r"inv_freq", r"cat|\[", never=OTHERWISE, loads=False)
class Partial(Rotary):
    def __init__(self, new: bool) -> None:
        super().__init__(new, 2 if new else 4)

    def turned(self, x: Tensor) -> Tensor:
        freqs = self.freqs()
        return torch.cat([rotated(x[..., :2], freqs), x[..., 2:]], -1) if self.new else rotated(x, freqs)

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return attend(self.turned(q), self.turned(k), v)


@changed(
    "llama3: another base of rotary frequencies",
    r"inv_freq.*10000.*500000|500000",
    never=(*OTHERWISE, r"^[+-] "),
    loads=True,
)
class Base(Rotary):
    def __init__(self, new: bool) -> None:
        super().__init__(new, base=500_000 if new else 10_000)

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return attend(rotated(q, self.freqs()), rotated(k, self.freqs()), v)


@changed("vit-pytorch: frequencies from one on", r"scales", never=(*OTHERWISE, r"^[+-] "), loads=True)
class Frequencies(Attention):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        self.register_buffer("scales", torch.logspace(0.0 if new else 1.0, 2.0, 2, base=2))

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        freqs = torch.cat([torch.linspace(-1, 1, 6)[:, None] * self.scales * math.pi] * 2, -1)
        return attend(rotated(q, freqs), rotated(k, freqs), v)


@changed(
    "vit-pytorch: value residuals averaged",
    r"0\.5",
    r"mul.*(\bof\b|\bx\b|receives|behind)|receives.*mul",
    never=OTHERWISE,
    loads=True,
)
class ValueResidual(Attention):
    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        mixed = 0.5 * (v + x) if self.new else v + x
        return self.to_out(join(attend(split(q), split(k), split(mixed))))
