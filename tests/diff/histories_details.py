"""Small corrections: one number, one axis, one argument."""

import torch
from history import attend, changed, history, join, split
from mutation import positional, tensor
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

OTHERWISE = (r"\((Linear|Conv2d|LayerNorm)", r"moved here", r": was ")


@changed(
    "timm: height and width of the padding",
    r"pad\(\).*0×0×0×(0|1)×0×1|pad\(\).* → ",
    inputs=positional(tensor(2, 6, 7, 16)),
    loads=True,
    never=(*OTHERWISE, r"^[+-] "),
)
class Merging(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.reduction = new, nn.Linear(16, 32)

    def forward(self, x: Tensor) -> Tensor:
        rows, columns = (6 % 2, 7 % 2) if self.new else (7 % 2, 6 % 2)
        return self.reduction(F.pad(x, (0, 0, 0, columns, 0, rows))).mean((1, 2))


class Projected(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.qkv, self.proj = new, nn.Linear(16, 48), nn.Linear(16, 16)

    def parts(self, x: Tensor) -> list[Tensor]:
        return [split(t, 2) for t in self.qkv(x).chunk(3, dim=-1)]


@changed(
    "timm: scores scaled by the size of a head",
    r"mul.*0\.707107 → 0\.353553",
    loads=True,
    never=(*OTHERWISE, r"^[+-] "),
)
class HeadScale(Projected):
    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.parts(x)
        return self.proj(join((q @ k.transpose(-2, -1) * (8 if self.new else 2) ** -0.5).softmax(-1) @ v))


@changed("timm: a scale that was forgotten", r"\+ mul\(\).*0\.353553", loads=True, never=OTHERWISE)
class Forgotten(Projected):
    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.parts(x)
        scores = q @ k.transpose(-2, -1)
        return self.proj(join((scores * 8**-0.5 if self.new else scores).softmax(-1) @ v))


@changed(
    "timm: rows and columns of rotary positions",
    r"cat|stack|receives|arange|order",
    inputs=positional(tensor(2, 6, 16)),
    loads=True,
    never=OTHERWISE,
)
class Axes(Projected):
    def forward(self, x: Tensor) -> Tensor:
        rows = torch.arange(2).float()[:, None].expand(2, 3).flatten()
        columns = torch.arange(3).float()[None].expand(2, 3).flatten()
        angles = torch.stack([columns, rows] if self.new else [rows, columns], -1).repeat(1, 4)
        q, k, v = self.parts(x)
        return self.proj(join(attend(q * angles.cos(), k * angles.cos(), v)))


@changed("timm: the largest of all tokens", r"mean\(\) → (amax|max)\(\)", loads=True, never=(*OTHERWISE, r"^[+-] "))
class MaxPool(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.body, self.head = new, nn.Linear(16, 16), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.body(x))
        return self.head(x.amax(1) if self.new else x.mean(1))


@changed("x-transformers: scores of the layer before added", r"\+ .*add", loads=True, never=OTHERWISE)
class Realformer(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.layers = new, nn.ModuleList(nn.Linear(16, 48) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        before: Tensor | None = None
        for layer in self.layers:
            q, k, v = (split(t) for t in layer(x).chunk(3, dim=-1))
            scores = q @ k.transpose(-2, -1) * 0.5
            scores = scores + before if self.new and before is not None else scores
            before, x = scores, x + join(scores.softmax(-1) @ v)
        return x


class Shifted(nn.Module):
    def __init__(self, fn: nn.Module) -> None:
        super().__init__()
        self.fn = fn

    def forward(self, x: Tensor) -> Tensor:
        stay, shift = x.chunk(2, dim=-1)
        return self.fn(torch.cat([stay, F.pad(shift, (0, 0, 1, -1))], -1))


history(
    "x-transformers: half of the channels shifted by a token",
    lambda: nn.Sequential(nn.Linear(16, 16), nn.Linear(16, 16)),
    lambda: nn.Sequential(Shifted(nn.Linear(16, 16)), Shifted(nn.Linear(16, 16))),
    r"Shifted|pad",
    loads=False,
    renames={f"{i}.{key}": f"{i}.fn.{key}" for i in (0, 1) for key in ("weight", "bias")},
    never=(r"^[+-] .*\(Linear",),
)


class AttentionPool(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.latent, self.kv = nn.Parameter(torch.zeros(1, 8)), nn.Conv2d(8, 16, 1)

    def forward(self, x: Tensor) -> Tensor:
        k, v = self.kv(x).flatten(2).transpose(1, 2).chunk(2, dim=-1)
        return F.scaled_dot_product_attention(self.latent.expand(2, 1, 8), k, v)[:, 0]


@changed(
    "timm: attention pool for the mean",
    r"pool \(AttentionPool\).*Sequential → AttentionPool",
    inputs=IMAGES,
    loads=False,
    never=(r"moved here", r": was ", r"(fc|conv) \("),
)
class Pool(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(8, 8, 3), nn.Linear(8, 4)
        self.pool = AttentionPool() if new else nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.pool(F.relu(self.conv(x))))


@changed(
    "pytorch-cifar: strides of small images",
    r"conv1 \(Conv2d\): stride 2 → 1",
    r"layers\.0 \(Conv2d\): stride 2 → 1",
    r"avg_pool2d.*3 → 12|kernel.*3 → 12",
    inputs=IMAGES,
    loads=True,
    never=(r"moved", r": was ", r"^[+-] ", r"linear \("),
)
class Small(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        stride = 1 if new else 2
        self.new, self.conv1 = new, nn.Conv2d(8, 8, 3, stride=stride, padding=1)
        self.layers, self.linear = nn.Sequential(nn.Conv2d(8, 8, 3, stride=stride, padding=1)), nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.layers(F.relu(self.conv1(x))))
        return self.linear(F.avg_pool2d(x, 12 if self.new else 3).flatten(1))


@changed(
    "transformers: names of the projections",
    r"\{0…2\}\.qkv.*was .*c_attn",
    r"\{0…2\}\.out.*was .*c_proj",
    loads=False,
    renames={
        f"{i}.{old}.{key}": f"{i}.{new}.{key}"
        for i in range(3)
        for old, new in (("c_attn", "qkv"), ("c_proj", "out"))
        for key in ("weight", "bias")
    },
    never=(r"^[+-] ", r"moved here"),
)
class Named(nn.Sequential):
    def __init__(self, new: bool) -> None:
        super().__init__(*(Attention(("qkv", "out") if new else ("c_attn", "c_proj")) for _ in range(3)))


class Attention(nn.Module):
    def __init__(self, names: tuple[str, str]) -> None:
        super().__init__()
        self.names = names
        self.add_module(names[0], nn.Linear(16, 48))
        self.add_module(names[1], nn.Linear(16, 16))

    def forward(self, x: Tensor) -> Tensor:
        first, last = (getattr(self, name) for name in self.names)
        q, k, v = (split(t) for t in first(x).chunk(3, dim=-1))
        return x + last(join(attend(q, k, v)))
