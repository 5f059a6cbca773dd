"""Changes of the weights that attention has."""

import torch
from history import attend, changed, join, split
from mutation import positional, tensor
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Projected(nn.Module):
    """Queries, keys and values by projections of their own."""

    def __init__(self, new: bool, kv: int = 16) -> None:
        super().__init__()
        self.new, self.to_q, self.to_out = new, nn.Linear(16, 16, bias=False), nn.Linear(16, 16)
        self.to_k, self.to_v = nn.Linear(16, kv, bias=False), nn.Linear(16, kv, bias=False)


@changed(
    "x-transformers: fewer heads of keys and values",
    r"to_k|\{to_k,to_v\}|to_\{k,v\}",
    r"to_v|\{to_k,to_v\}|to_\{k,v\}",
    r"out (16 → 8|8 → 16)",
    r"repeat|expand|gather|index",
    never=(r"moved here", r": was ", r"to_q", r"to_out"),
    loads=False,
)
class Grouped(Projected):
    def __init__(self, new: bool) -> None:
        super().__init__(new, 8 if new else 16)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (
            split(self.to_q(x)),
            split(self.to_k(x), 2 if self.new else 4),
            split(self.to_v(x), 2 if self.new else 4),
        )
        if self.new:
            k, v = k.repeat_interleave(2, dim=1), v.repeat_interleave(2, dim=1)
        return self.to_out(join(attend(q, k, v)))


@changed(
    "x-transformers: shared keys and values",
    r"- to_v \(Linear",
    never=(r"moved here", r": was ", r"^[+-] to_[kq]", r"to_out"),
    loads=False,
)
class SharedValues(Projected):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            del self.to_v

    def forward(self, x: Tensor) -> Tensor:
        k = self.to_k(x)
        v = k if self.new else self.to_v(x)
        return self.to_out(join(attend(split(self.to_q(x)), split(k), split(v))))


@changed(
    "x-transformers: one projection of queries, keys and values",
    r"to_q, to_k and to_v merged into to_qkv|\+ to_qkv \(Linear\): 16→48",
    never=(r"to_out \(", r": was "),
    loads=False,
)
class Fused(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.to_out = new, nn.Linear(16, 16)
        if new:
            self.to_qkv = nn.Linear(16, 48, bias=False)
        else:
            self.to_q, self.to_k, self.to_v = (nn.Linear(16, 16, bias=False) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        parts = self.to_qkv(x).chunk(3, dim=-1) if self.new else (self.to_q(x), self.to_k(x), self.to_v(x))
        q, k, v = (split(part) for part in parts)
        return self.to_out(join(attend(q, k, v)))


@changed(
    "timm: biases of queries and values apart",
    r"qkv.*bias",
    r"q_bias",
    r"v_bias",
    never=(r"proj \(", r"moved here", r": was "),
    loads=False,
)
class Biases(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.qkv, self.proj = new, nn.Linear(16, 48, bias=not new), nn.Linear(16, 16)
        if new:
            self.q_bias, self.v_bias = nn.Parameter(torch.zeros(16)), nn.Parameter(torch.zeros(16))

    def forward(self, x: Tensor) -> Tensor:
        if self.new:
            bias = torch.cat([self.q_bias, torch.zeros_like(self.v_bias), self.v_bias])
            qkv = F.linear(x, self.qkv.weight, bias)
        else:
            qkv = self.qkv(x)
        q, k, v = (split(part) for part in qkv.chunk(3, dim=-1))
        return self.proj(join(attend(q, k, v)))


@changed("CLIP: attention pool asks for one token", r"\[:1\]", never=(r"\(Linear", r": was "), loads=True)
class AttentionPool(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.attn = new, nn.MultiheadAttention(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = x.transpose(0, 1)
        x = torch.cat([x.mean(0, keepdim=True), x])
        out = self.attn(x[:1] if self.new else x, x, x, need_weights=False)[0]
        return out.squeeze(0) if self.new else out[0]


@changed(
    "x-transformers: attention on attention",
    r"Linear → GatedUnit|to_out\.proj \(Linear\).*16 → 32",
    r"\+ .*cat|cat\(\)",
    never=(r"moved here", r"to_[qkv] "),
    loads=False,
)
class OnAttention(Projected):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            self.to_out = GatedUnit()

    def forward(self, x: Tensor) -> Tensor:
        q = self.to_q(x)
        out = join(attend(split(q), split(self.to_k(x)), split(self.to_v(x))))
        return self.to_out(torch.cat([out, q], -1) if self.new else out)


class GatedUnit(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.proj = nn.Linear(32, 32)

    def forward(self, x: Tensor) -> Tensor:
        x, gate = self.proj(x).chunk(2, dim=-1)
        return x * F.gelu(gate)


@changed(
    "x-transformers: values gated",
    r"\+ to_v_gate \(Linear",
    r"sigmoid",
    never=(r"moved here", r": was ", r"to_[qkv] "),
    loads=False,
)
class GatedValues(Projected):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            self.to_v_gate = nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        out = join(attend(split(self.to_q(x)), split(self.to_k(x)), split(self.to_v(x))))
        return self.to_out(out * self.to_v_gate(x).sigmoid() if self.new else out)


@changed(
    "segment-anything: relative positions by height and width",
    r"rel_pos_h",
    r"rel_pos_w",
    never=(r"moved here", r": was ", r"\(Linear"),
    loads=False,
    inputs=positional(tensor(2, 9, 16)),
)
class Decomposed(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.qkv, self.proj = new, nn.Linear(16, 48), nn.Linear(16, 16)
        if new:
            self.rel_pos_h, self.rel_pos_w = nn.Parameter(torch.zeros(3, 3, 4)), nn.Parameter(torch.zeros(3, 3, 4))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (split(part) for part in self.qkv(x).chunk(3, dim=-1))
        bias: Tensor | None = None
        if self.new:
            grid = q.unflatten(2, (3, 3))
            rows = torch.einsum("bnhwc,hkc->bnhwk", grid, self.rel_pos_h)
            columns = torch.einsum("bnhwc,wkc->bnhwk", grid, self.rel_pos_w)
            bias = (rows[..., :, None] + columns[..., None, :]).flatten(4).flatten(2, 3)
        return self.proj(join(attend(q, k, v, bias)))
