"""Changes of normalisation layers."""

import torch
from history import IDS, changed, history
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class ChannelNorm(nn.Module):
    def __init__(self, dim: int, inside: bool) -> None:
        super().__init__()
        self.inside, self.eps = inside, 1e-5
        self.g, self.b = nn.Parameter(torch.ones(1, dim, 1, 1)), nn.Parameter(torch.zeros(1, dim, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        mean, var = x.mean(1, keepdim=True), x.var(1, unbiased=False, keepdim=True)
        std = (var + self.eps).sqrt() if self.inside else var.sqrt() + self.eps
        return (x - mean) / std * self.g + self.b


history(
    "vit-pytorch: epsilon inside the square root",
    lambda: nn.Sequential(nn.Conv2d(8, 8, 1), ChannelNorm(8, False)),
    lambda: nn.Sequential(nn.Conv2d(8, 8, 1), ChannelNorm(8, True)),
    r"sqrt\(var\) \+ 1e-05 → sqrt\(var \+ 1e-05\)",
    never=(r"\(Conv2d", r"moved here", r": was "),
    loads=True,
    inputs=IMAGES,
)
history(
    "vit-pytorch: channel norm becomes instance norm",
    lambda: nn.Sequential(nn.Conv2d(8, 8, 1), ChannelNorm(8, False)),
    lambda: nn.Sequential(nn.Conv2d(8, 8, 1), nn.InstanceNorm2d(8, affine=True)),
    r"ChannelNorm → InstanceNorm2d",
    never=(r"\(Conv2d", r"moved here", r": was "),
    loads=False,
    inputs=IMAGES,
)


class Patches(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.unfold(x, 4, stride=4).transpose(1, 2)


@changed(
    "vit-pytorch: dual patch norm",
    r"\+ .*LayerNorm.*128",
    r"\+ .*LayerNorm.*16\b",
    never=(r"[+-] .*\(Linear", r"moved here"),
    loads=False,
    renames={f"to_patch_embedding.1.{key}": f"to_patch_embedding.2.{key}" for key in ("weight", "bias")},
    inputs=IMAGES,
)
class PatchNorm(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        layers = [nn.LayerNorm(128), nn.Linear(128, 16), nn.LayerNorm(16)] if new else [nn.Linear(128, 16)]
        self.to_patch_embedding, self.head = nn.Sequential(Patches(), *layers), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.to_patch_embedding(x).mean(1))


class PreNorm(nn.Module):
    def __init__(self, fn: nn.Module) -> None:
        super().__init__()
        self.norm, self.fn = nn.LayerNorm(16), fn

    def forward(self, x: Tensor) -> Tensor:
        return self.fn(self.norm(x))


class FeedForward(nn.Module):
    def __init__(self, norm: bool) -> None:
        super().__init__()
        first = [nn.LayerNorm(16)] if norm else []
        self.net = nn.Sequential(*first, nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


@changed(
    "vit-pytorch: no pre-norm wrapper",
    r"PreNorm",
    never=(r"^[+-] .*\((LayerNorm|Linear|GELU|FeedForward)",),
    loads=False,
    renames={
        f"layers.{i}.{old}.{key}": f"layers.{i}.{new}.{key}"
        for i in range(2)
        for old, new in (("norm", "net.0"), ("fn.net.0", "net.1"), ("fn.net.2", "net.3"))
        for key in ("weight", "bias")
    },
)
class Unwrapped(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList(FeedForward(True) if new else PreNorm(FeedForward(False)) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = x + layer(x)
        return x


class Block(nn.Module):
    def __init__(self, norm: nn.Module, post: nn.Module | None = None) -> None:
        super().__init__()
        self.norm, self.fc1, self.fc2 = norm, nn.Linear(16, 32), nn.Linear(32, 16)
        self.post_norm = post

    def forward(self, x: Tensor) -> Tensor:
        out = self.fc2(F.gelu(self.fc1(self.norm(x))))
        return x + (self.post_norm(out) if self.post_norm else out)


def blocks(norm: type[nn.Module], **options: float) -> nn.Module:
    return nn.Sequential(*(Block(norm(16, **options)) for _ in range(3)), norm(16, **options))


history(
    "x-transformers: root mean square norms",
    lambda: blocks(nn.LayerNorm),
    lambda: blocks(nn.RMSNorm),
    r"LayerNorm → RMSNorm",
    never=(r"\(Linear", r"moved", r": was "),
    loads=False,
)
history(
    "timm: epsilon of the norms as in the weights",
    lambda: blocks(nn.LayerNorm, eps=1e-6),
    lambda: blocks(nn.LayerNorm, eps=1e-5),
    r"LayerNorm.*eps 1e-0[56] → 1e-0[56]",
    never=(r"\(Linear", r"moved", r": was "),
    loads=True,
)
history(
    "x-transformers: sandwich norm",
    lambda: nn.Sequential(*(Block(nn.LayerNorm(16)) for _ in range(3))),
    lambda: nn.Sequential(*(Block(nn.LayerNorm(16), nn.LayerNorm(16)) for _ in range(3))),
    r"\+ .*post_norm.*LayerNorm",
    never=(r"\(Linear", r"moved here", r": was "),
    loads=False,
)


def units(norm: type[nn.Module], *size: int) -> nn.Module:
    def layers(channels: int) -> list[nn.Module]:
        return [nn.Conv2d(channels, 8, 3, padding=1, bias=False), norm(*size, 8), nn.ReLU()]

    return nn.Sequential(*layers(8), *layers(8), *layers(8))


history(
    "timm: group norm for batch norm",
    lambda: units(nn.BatchNorm2d),
    lambda: units(nn.GroupNorm, 4),
    r"BatchNorm2d → GroupNorm",
    never=(r"\(Conv2d", r"\(ReLU", r"moved", r": was "),
    loads=False,
    inputs=IMAGES,
)


@changed(
    "detr: norms behind the residuals",
    r"norm(1|\{1,2\}|1,.*norm2) .*(moved|receives)|norm.*(moved|receives).*norm",
    r"norm(2|\{1,2\}|1,.*norm2) .*(moved|receives)|norm.*(moved|receives).*norm",
    never=(r"^[+-] ", r": was ", r"moved here"),
    loads=True,
)
class EncoderLayer(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.post, self.norm1, self.norm2 = new, nn.LayerNorm(16), nn.LayerNorm(16)
        self.attn = nn.MultiheadAttention(16, 4, batch_first=True)
        self.linear1, self.linear2 = nn.Linear(16, 32), nn.Linear(32, 16)

    def attended(self, x: Tensor) -> Tensor:
        return self.attn(x, x, x, need_weights=False)[0]

    def fed(self, x: Tensor) -> Tensor:
        return self.linear2(F.relu(self.linear1(x)))

    def forward(self, x: Tensor) -> Tensor:
        if self.post:
            x = self.norm1(x + self.attended(x))
            return self.norm2(x + self.fed(x))
        x = x + self.attended(self.norm1(x))
        return x + self.fed(self.norm2(x))


class Layers(nn.Module):
    def __init__(self, final: bool) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(16, 16), nn.Linear(16, 16)
        self.final_norm = nn.LayerNorm(16) if final else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.second(F.relu(self.first(x)))
        return self.final_norm(x) if self.final_norm else x


@changed(
    "x-transformers: the layers own the final norm",
    r"final_norm",
    never=(r"^[+-] .*norm \(LayerNorm", r"\(Linear", r"(added|removed)"),
    loads=False,
    renames={f"norm.{key}": f"attn_layers.final_norm.{key}" for key in ("weight", "bias")},
    inputs=IDS,
)
class Wrapper(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.token_emb, self.attn_layers = nn.Embedding(100, 16), Layers(new)
        self.norm = None if new else nn.LayerNorm(16)
        self.to_logits = nn.Linear(16, 100)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.attn_layers(self.token_emb(ids))
        return self.to_logits(self.norm(x) if self.norm else x)
