"""Changes of residual branches."""

import torch
from history import changed, history
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

OTHERWISE = (r"\((Linear|Conv2d|LayerNorm|BatchNorm2d)", r"moved here", r": was ")


class MbConv(nn.Module):
    def __init__(self, residual: bool) -> None:
        super().__init__()
        self.residual, self.net = residual, nn.Sequential(nn.Conv2d(8, 16, 1), nn.GELU(), nn.Conv2d(16, 8, 1))

    def forward(self, x: Tensor) -> Tensor:
        out = self.net(x)
        return out + x if self.residual else out


history(
    "vit-pytorch: a residual that was forgotten",
    lambda: nn.Sequential(MbConv(False), MbConv(False)),
    lambda: nn.Sequential(MbConv(True), MbConv(True)),
    r"[+-] .*add\(\)",
    loads=True,
    inputs=IMAGES,
    never=OTHERWISE,
)


@changed(
    "mamba: the norm of a residual is not the residual", r"receives", loads=True, never=(*OTHERWISE[1:], r"^[+-] ")
)
class Mixed(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.norm, self.norm2 = new, nn.LayerNorm(16), nn.LayerNorm(16)
        self.mixer, self.mlp = nn.Linear(16, 16), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        residual = x + self.mixer(self.norm(x))
        hidden = self.norm2(residual)
        return self.mlp(hidden) + (residual if self.new else hidden)


class Block(nn.Module):
    def __init__(self, parallel: bool = False) -> None:
        super().__init__()
        self.parallel, self.norm1, self.norm2 = parallel, nn.LayerNorm(16), nn.LayerNorm(16)
        self.attn, self.mlp = nn.Linear(16, 16), nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))

    def forward(self, x: Tensor) -> Tensor:
        if self.parallel:
            return x + self.attn(self.norm1(x)) + self.mlp(self.norm2(x))
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


history(
    "timm: attention and MLP side by side",
    lambda: nn.Sequential(Block(), Block()),
    lambda: nn.Sequential(Block(True), Block(True)),
    r"norm2 .*(receives|moved)|(beside|parallel)",
    loads=True,
    never=(r"^[+-] ", r"moved here", r": was "),
)


class Gate(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRUCell(16, 16)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        return self.gru(x.flatten(0, 1), residual.flatten(0, 1)).view_as(x)


class Added(nn.Module):
    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        return x + residual


@changed(
    "x-transformers: residuals gated",
    r"GRU|Added → Gate",
    loads=False,
    never=(*OTHERWISE, r"branch"),
)
class Gated(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.branch, self.residual = nn.Linear(16, 16), Gate() if new else Added()

    def forward(self, x: Tensor) -> Tensor:
        return self.residual(self.branch(x), x)


@changed(
    "x-transformers: residuals scaled",
    r"mul.*(\bof\b|\bx\b|receives|behind)|receives.*mul",
    r"0\.5",
    loads=True,
    never=OTHERWISE,
)
class ScaledResidual(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.layers = new, nn.ModuleList(nn.Linear(16, 16) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x) + (x * 0.5 if self.new else x)
        return x


@changed(
    "x-transformers: branches no longer begin at zero",
    r"g\b",
    r"- .*mul\(\)",
    loads=False,
    never=OTHERWISE,
)
class Rezero(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.fn, self.g = nn.Linear(16, 16), None if new else nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        out = self.fn(x)
        return x + (out if self.g is None else out * self.g)


class FeedForward(nn.Module):
    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.up, self.down, self.scale = nn.Linear(16, 32), nn.Linear(32, 16), scale

    def forward(self, x: Tensor) -> Tensor:
        out = self.down(F.gelu(self.up(x)))
        return x + (out if self.scale == 1 else out * self.scale)


@changed(
    "x-transformers: half a feed-forward before attention",
    r"[+~] ff0 \(FeedForward",
    r"\+ ff\.mul\(\).*0\.5",
    loads=False,
    never=(r"moved here", r": was ", r"attn \(", r"\bff\.(up|down)"),
)
class Macaron(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.ff0 = FeedForward(0.5) if new else nn.Identity()
        self.attn, self.ff = nn.Linear(16, 16), FeedForward(0.5 if new else 1.0)

    def forward(self, x: Tensor) -> Tensor:
        x = self.ff0(x)
        return self.ff(x + self.attn(x))


@changed(
    "ESRGAN: a smaller step of each residual",
    r"mul\(\).*0\.2 → 0\.1",
    loads=True,
    inputs=IMAGES,
    never=(*OTHERWISE, "^[+-] "),
)
class Dense(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.scale, self.conv1, self.conv2 = 0.1 if new else 0.2, nn.Conv2d(8, 4, 1), nn.Conv2d(12, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        first = F.leaky_relu(self.conv1(x), 0.2)
        return self.conv2(torch.cat([x, first], 1)) * self.scale + x


@changed(
    "segmentation_models.pytorch: from Linknet to Unet",
    r"add\(\).*(→|->).*cat\(\)|\+ .*cat\(\)",
    r"conv \(Conv2d\): in 8 → 16",
    loads=False,
    inputs=IMAGES,
    never=(r"moved here", r": was ", r"(down|up) \("),
)
class Joined(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.down, self.up = new, nn.Conv2d(8, 8, 2, stride=2), nn.ConvTranspose2d(8, 8, 2, stride=2)
        self.conv = nn.Conv2d(16 if new else 8, 8, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        up = self.up(self.down(x))
        return self.conv(torch.cat([x, up], 1) if self.new else x + up)
