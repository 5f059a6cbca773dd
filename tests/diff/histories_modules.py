"""Changes of structure: functions that become modules, layers that come and go, code that is put apart."""

import math

import torch
from history import IDS, Block, changed, history
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


@changed(
    "nanoGPT: positions without a batch of one",
    loads=True,
    inputs=IDS,
    never=(r"\((Embedding|Linear)", r"moved here", r": was "),
)
class Positions(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.wte, self.wpe = new, nn.Embedding(100, 16), nn.Embedding(8, 16)

    def forward(self, ids: Tensor) -> Tensor:
        pos = torch.arange(0, ids.size(1))
        return self.wte(ids) + self.wpe(pos if self.new else pos.unsqueeze(0))


def formula(x: Tensor) -> Tensor:
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


@changed(
    "nanoGPT: exact gelu",
    r"GELU|gelu",
    r"tanh",
    loads=True,
    never=(r"\(Linear", r"moved here", r": was "),
)
class Gelu(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.c_fc, self.c_proj, self.gelu = nn.Linear(16, 32), nn.Linear(32, 16), nn.GELU() if new else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.c_fc(x)
        return self.c_proj(self.gelu(x) if self.gelu else formula(x))


class QuickGELU(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(1.702 * x)


def mlp(act: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(16, 32), act, nn.Linear(32, 16))


class Squared(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x) ** 2


PLAIN = (r"\(Linear", r"moved here", r": was ", r"^[+-] ")
history(
    "timm: quick gelu of CLIP",
    lambda: mlp(nn.GELU()),
    lambda: mlp(QuickGELU()),
    r"GELU → QuickGELU|QuickGELU → GELU",
    loads=True,
    never=PLAIN,
)
history(
    "x-transformers: squared relu",
    lambda: mlp(nn.GELU()),
    lambda: mlp(Squared()),
    r"GELU → Squared",
    loads=True,
    never=PLAIN,
)


@changed(
    "x-transformers: gated feed-forward",
    r"silu|SiLU",
    r"proj.*out 32 → 64",
    loads=False,
    never=(r"moved here", r": was ", r"down \("),
)
class Gated(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.proj, self.down = new, nn.Linear(16, 64 if new else 32), nn.Linear(32, 16)

    def forward(self, x: Tensor) -> Tensor:
        x = self.proj(x)
        if not self.new:
            return self.down(F.gelu(x))
        x, gate = x.chunk(2, dim=-1)
        return self.down(x * F.silu(gate))


history(
    "x-transformers: feed-forward without biases",
    lambda: nn.Sequential(mlp(nn.GELU()), mlp(nn.GELU())),
    lambda: nn.Sequential(
        *(nn.Sequential(nn.Linear(16, 32, bias=False), nn.GELU(), nn.Linear(32, 16, bias=False)) for _ in range(2))
    ),
    r"Linear ×4\): bias (removed|added)",
    loads=False,
    never=(r"\bmoved", r": was ", r"^[+-] ", r"GELU"),
)


@changed(
    "vit-pytorch: no last layer",
    r"[+-] blocks\.2 \(Block",
    loads=False,
    never=(r"moved here", r": was ", r"head", r"~ blocks"),
)
class Shorter(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.blocks, self.head = nn.Sequential(*(Block() for _ in range(2 if new else 3))), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.blocks(x))


class ConvBNReLU(nn.Sequential):
    def __init__(self, start: int, end: int) -> None:
        super().__init__(nn.Conv2d(start, end, 3, bias=False), nn.BatchNorm2d(end), nn.ReLU())


class Conv2dNormActivation(nn.Sequential):
    def __init__(self, start: int, end: int) -> None:
        super().__init__(nn.Conv2d(start, end, 3, bias=False), nn.BatchNorm2d(end), nn.ReLU())


history(
    "torchvision: one class for all convolutions with norms",
    lambda: nn.Sequential(ConvBNReLU(8, 8), ConvBNReLU(8, 16), nn.Conv2d(16, 4, 1)),
    lambda: nn.Sequential(Conv2dNormActivation(8, 8), Conv2dNormActivation(8, 16), nn.Conv2d(16, 4, 1)),
    r"ConvBNReLU → Conv2dNormActivation",
    loads=True,
    inputs=IMAGES,
    never=(r"^[+-] ", r"moved", r": was ", r"\((Conv2d|BatchNorm2d|ReLU)[ )]"),
)


class Rdb(nn.Module):
    def __init__(self, nested: bool) -> None:
        super().__init__()
        layers = [nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)]
        self.conv1, self.conv2 = (nn.Sequential(layer) if nested else layer for layer in layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + 0.2 * self.conv2(F.leaky_relu(self.conv1(x), 0.2))


class Skip(nn.Module):
    def __init__(self, sub: nn.Module) -> None:
        super().__init__()
        self.sub = sub

    def forward(self, x: Tensor) -> Tensor:
        return x + self.sub(x)


def parameters(*pairs: tuple[str, str]) -> dict[str, str]:
    return {f"{old}.{key}": f"{new}.{key}" for old, new in pairs for key in ("weight", "bias")}


@changed(
    "ESRGAN: named layers for a sequence",
    r"conv_first.*was model\.0|0 and 2 (moved here from|taken out of) model.*now conv_first",
    r"trunk_conv",
    loads=False,
    inputs=IMAGES,
    never=(r"^[+-] .*\(Conv2d", r"trunk \(Sequential\): was model"),
    renames=parameters(
        ("model.0", "conv_first"),
        ("model.1.sub.0.conv1.0", "trunk.0.conv1"),
        ("model.1.sub.0.conv2.0", "trunk.0.conv2"),
        ("model.1.sub.1", "trunk_conv"),
        ("model.2", "conv_last"),
    ),
)
class Generator(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        ends, middle = [nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 3, 3, padding=1)], nn.Conv2d(8, 8, 3, padding=1)
        self.new = new
        if new:
            self.conv_first, self.trunk_conv, self.conv_last = ends[0], middle, ends[1]
            self.trunk = nn.Sequential(Rdb(False))
        else:
            self.model = nn.Sequential(ends[0], Skip(nn.Sequential(Rdb(True), middle)), ends[1])

    def forward(self, x: Tensor) -> Tensor:
        if not self.new:
            return self.model(x)
        x = self.conv_first(x)
        return self.conv_last(x + self.trunk_conv(self.trunk(x)))
