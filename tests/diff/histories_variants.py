"""Kinds of change that are told of one model, in others: other names, other wiring, several at once."""

import torch
from history import Block, attend, changed, join, split
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

STILL = (r"moved here", r": was ")


@changed(
    "variant: a gain through softplus", r"\+ softplus\(\): gain", never=(*STILL, r"(removed|added) 16"), loads=True
)
class Gain(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.fc, self.gain = new, nn.Linear(16, 16), nn.Parameter(torch.ones(16))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) * (F.softplus(self.gain) if self.new else self.gain)


@changed(
    "variant: a weight that is normalised",
    r"\+ normalize\(\): fc\.weight",
    r"fc \(Linear\) → linear",
    never=(*STILL, r"^[+-] fc", r"in, out|bias|head"),
    loads=True,
)
class Normalised(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.fc, self.head = new, nn.Linear(16, 16), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = F.linear(x, F.normalize(self.fc.weight, dim=1), self.fc.bias) if self.new else self.fc(x)
        return self.head(F.relu(y))


@changed(
    "variant: a norm of each layer for a shared one",
    r"norms\.0 .*was norm",
    r"called 2 times less",
    r"\+ norms\.\{1,2\}",
    never=(r"moved here", r"^[+-] norm \(", r"layers"),
    loads=False,
    renames={f"norm.{key}": f"norms.0.{key}" for key in ("weight", "bias")},
)
class OwnNorms(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.layers = new, nn.ModuleList(nn.Linear(16, 16) for _ in range(3))
        if new:
            self.norms = nn.ModuleList(nn.LayerNorm(16) for _ in range(3))
        else:
            self.norm = nn.LayerNorm(16)

    def forward(self, x: Tensor) -> Tensor:
        for i, layer in enumerate(self.layers):
            x = x + layer((self.norms[i] if self.new else self.norm)(x))
        return x


@changed(
    "variant: two blocks for one that is called twice",
    r"blocks\.0 \(Block\): was block",
    r"called once less",
    r"\+ blocks\.1 \(Block\)",
    never=(r"moved here", r"shared", r"\.(fc|norm|gelu|add)"),
    loads=False,
    renames={f"block.{key}": f"blocks.0.{key}" for key in ("norm.weight", "norm.bias", "fc.weight", "fc.bias")},
)
class OwnBlocks(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new = new
        if new:
            self.blocks = nn.ModuleList(Block() for _ in range(2))
        else:
            self.block = Block()

    def forward(self, x: Tensor) -> Tensor:
        for i in range(2):
            x = (self.blocks[i] if self.new else self.block)(x)
        return x


@changed(
    "variant: positions of queries as well",
    r"\+ pos .*called once more",
    r"\+ add\(\): of q, pos",
    never=(*STILL, r"receives", r"\(Linear"),
    loads=True,
)
class Looked(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.q, self.k, self.pos = new, nn.Linear(16, 16), nn.Linear(16, 16), nn.Embedding(8, 16)

    def forward(self, x: Tensor) -> Tensor:
        q = self.q(x)
        if self.new:
            q = q + self.pos(torch.arange(6))
        return q @ (self.k(x) + self.pos(torch.arange(6))).transpose(1, 2)


class Merging(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.norm, self.out, self.fc = new, nn.LayerNorm(16), nn.Linear(16, 16), nn.Linear(16, 16)
        if new:
            self.qkv = nn.Linear(16, 48)
        else:
            self.q, self.k, self.v = (nn.Linear(16, 16) for _ in range(3))

    def attention(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).chunk(3, -1) if self.new else (self.q(x), self.k(x), self.v(x))
        return self.out(join(attend(split(q), split(k), split(v))))


@changed(
    "variant: merged layers, and another residual",
    r"q, k and v merged into qkv",
    r"add\(\): receives norm instead of x",
    never=(*STILL, r"^[+-] ", r"(matmul|reshape|permute)\(\)"),
    loads=False,
)
class MergedAndRewired(Merging):
    def forward(self, x: Tensor) -> Tensor:
        h = self.norm(x)
        return self.fc((h if self.new else x) + self.attention(h))


@changed(
    "variant: merged layers, and nothing else",
    r"q, k and v merged into qkv",
    never=(*STILL, r"receives", r"^[+-] "),
    loads=False,
)
class MergedAlone(Merging):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x + self.attention(self.norm(x)))


class Residual(nn.Module):
    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        return x + self.module(x)


def conv() -> nn.Module:
    return nn.Conv2d(8, 8, 3, padding=1)


def body() -> list[nn.Module]:
    return [Residual(nn.Sequential(conv(), nn.ReLU(), conv())) for _ in range(2)]


@changed(
    "variant: head, body and tail for one sequence",
    r"net.*now head and tail",
    r"body \(Sequential\): taken out of",
    r"body_conv .*net\.1\.module\.2",
    never=(r"^[+-] ", r"body \(Sequential\): was net"),
    loads=False,
    inputs=IMAGES,
    renames={
        f"net.{was}.{key}": f"{now}.{key}"
        for was, now in (("0", "head"), ("2", "tail"))
        for key in ("weight", "bias")
    },
)
class Headed(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new = new
        if new:
            self.head, self.body, self.body_conv, self.tail = conv(), nn.Sequential(*body()), conv(), conv()
        else:
            self.net = nn.Sequential(conv(), Residual(nn.Sequential(*body(), conv())), conv())

    def forward(self, x: Tensor) -> Tensor:
        if not self.new:
            return self.net(x)
        x = self.head(x)
        return self.tail(x + self.body_conv(self.body(x)))
