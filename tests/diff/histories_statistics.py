"""Changes of what normalisation layers compute, and of where they are called."""

import torch
from history import changed
from mutation import positional, tensor
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


@changed(
    "vit-pytorch: the class token normalised before the head",
    r"\+ mlp_head\.0 \(LayerNorm",
    never=(r"^[+-] .*\((Linear|GELU)", r"moved here"),
    loads=False,
    renames={f"mlp_head.{i}.{key}": f"mlp_head.{i + 1}.{key}" for i in (0, 2) for key in ("weight", "bias")},
)
class Head(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.body, norm = nn.Linear(16, 16), [nn.LayerNorm(16)] if new else []
        self.mlp_head = nn.Sequential(*norm, nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 4))

    def forward(self, x: Tensor) -> Tensor:
        return self.mlp_head(self.body(x)[:, 0])


class BatchNormAct2d(nn.BatchNorm2d):
    def forward(self, x: Tensor) -> Tensor:
        return F.relu(super().forward(x))


@changed(
    "timm: batch norm and activation in one module",
    r"BatchNorm2d → BatchNormAct2d",
    never=(r"\(Conv2d", r"moved here"),
    loads=True,
    inputs=IMAGES,
)
class Stem(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(8, 8, 3), nn.Conv2d(8, 4, 1)
        self.bn1 = BatchNormAct2d(8) if new else nn.BatchNorm2d(8)
        self.act1 = nn.Identity() if new else nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.conv2(self.act1(self.bn1(self.conv1(x))))


class FloatNorm(nn.LayerNorm):
    def forward(self, x: Tensor) -> Tensor:
        out = F.layer_norm(x.float(), self.normalized_shape, self.weight.float(), self.bias.float(), self.eps)
        return out.to(x.dtype)


@changed(
    "timm: norms computed in float32",
    r"f32|float|FloatNorm",
    never=(r"\(Linear", r"moved here", r": was "),
    loads=True,
    inputs=positional(tensor(2, 6, 16, dtype="bfloat16")),
)
class Half(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.fc, self.norm = nn.Linear(16, 16), (FloatNorm if new else nn.LayerNorm)(16)
        self.bfloat16()

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.fc(x))


@changed(
    "x-transformers: unit offset of the root mean square norm",
    r"\+ .*add\(\)|add\(\).*added|\+ 1",
    never=(r"gamma removed", r"\(Linear", r"moved here", r": was "),
    loads=True,
)
class Offset(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.unit, self.fc, self.gamma = new, nn.Linear(16, 16), nn.Parameter(torch.ones(16))

    def forward(self, x: Tensor) -> Tensor:
        gamma = self.gamma + 1.0 if self.unit else self.gamma
        return F.normalize(self.fc(x), dim=-1) * 4.0 * gamma


class Norm2d(nn.LayerNorm):
    def __init__(self, dim: int, unbiased: bool) -> None:
        super().__init__(dim)
        self.unbiased = unbiased

    def forward(self, x: Tensor) -> Tensor:
        var, mean = torch.var_mean(x, dim=1, unbiased=self.unbiased, keepdim=True)
        x = (x - mean) * torch.rsqrt(var + self.eps)
        return x * self.weight[:, None, None] + self.bias[:, None, None]


@changed(
    "timm: biased variance in a norm of channels",
    r"correction|unbiased",
    never=(r"\(Conv2d", r"moved here", r": was ", r"^[+-] "),
    loads=True,
    inputs=IMAGES,
)
class Biased(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(8, 8, 4, stride=4), Norm2d(8, not new)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.conv(x))


@changed(
    "timm: a norm that was built and never called",
    r"\+ .*norm \(LayerNorm",
    never=(r"\(Linear", r"moved here", r": was "),
    loads=True,
)
class Mlp(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.fc1, self.norm, self.fc2 = new, nn.Linear(16, 32), nn.LayerNorm(32), nn.Linear(32, 16)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.fc1(x))
        return self.fc2(self.norm(x) if self.new else x)


class Frozen(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        for name in ("weight", "running_var"):
            self.register_buffer(name, torch.ones(channels))
        for name in ("bias", "running_mean"):
            self.register_buffer(name, torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        scale = self.weight * (self.running_var + 1e-5).rsqrt()
        bias = self.bias - self.running_mean * scale
        return x * scale[:, None, None] + bias[:, None, None]


@changed(
    "detr: batch norms frozen",
    r"BatchNorm2d → Frozen",
    never=(r"\(Conv2d", r"moved", r": was ", r"given →"),
    loads=False,
    inputs=IMAGES,
)
class Backbone(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        norm = Frozen if new else nn.BatchNorm2d
        self.conv1, self.bn1, self.conv2, self.bn2 = nn.Conv2d(8, 8, 3), norm(8), nn.Conv2d(8, 8, 3), norm(8)

    def forward(self, x: Tensor) -> Tensor:
        return self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
