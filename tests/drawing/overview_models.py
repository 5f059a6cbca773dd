"""Small models of which each is easily drawn as what it is not."""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, max_pool2d, normalize, silu

from nnviz_action.capture.built import Built
from nnviz_action.capture.inputs import Inputs
from nnviz_action.capture.recorder import record
from nnviz_action.drawing import forward
from nnviz_action.drawing.boxes import Drawing


def drawn(model: nn.Module, *args: Any) -> Drawing:
    """The forward drawing of a model."""
    folder = __file__.rpartition("/")[0]
    request = {"fake": "auto", "dims": {}, "folder": folder, "root": folder}
    return forward.draw(record(Built(model.eval(), Inputs(args, {}), None), request).graph)


class Two(nn.Module):
    """Two results, one without weights."""

    def __init__(self) -> None:
        super().__init__()
        self.f, self.c = nn.Linear(8, 8), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        h = self.f(x)
        return self.c(h), normalize(h, dim=1)


class Gate(nn.Module):
    """One input scales what is made of the other."""

    def __init__(self) -> None:
        super().__init__()
        self.img, self.tab = nn.Conv2d(3, 8, 3, padding=1), nn.Linear(4, 8)
        self.a, self.b = nn.Conv2d(8, 1, 1), nn.Conv2d(8, 2, 1)

    def forward(self, image: Tensor, table: Tensor) -> tuple[Tensor, Tensor]:
        f = self.img(image) * self.tab(table)[:, :, None, None]
        return self.a(f), self.b(f)


class Mask(nn.Module):
    """A mask between two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(8, 8), nn.Linear(8, 2)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return self.b(self.a(x).masked_fill(~mask, 0.0))


class Pre(nn.Module):
    """Normalisations before layers, in a list of their own."""

    def __init__(self, last: bool = False) -> None:
        super().__init__()
        self.ls = nn.ModuleList(nn.Linear(16, 16) for _ in range(3))
        self.ns = nn.ModuleList(nn.LayerNorm(16) for _ in range(3))
        self.norm, self.head = (nn.LayerNorm(16), nn.Linear(16, 2)) if last else (nn.Identity(), nn.Identity())

    def forward(self, x: Tensor) -> Tensor:
        for layer, norm in zip(self.ls, self.ns, strict=True):
            x = x + gelu(layer(norm(x)))
        return self.head(self.norm(x))


class Rec(nn.Module):
    """A cell that is called step by step."""

    def __init__(self) -> None:
        super().__init__()
        self.inp, self.cell, self.out = nn.Linear(4, 8), nn.GRUCell(8, 8), nn.Linear(8, 2)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        ys = []
        for t in range(3):
            h = self.cell(self.inp(x[:, t]), h)
            ys.append(self.out(h))
        return torch.stack(ys, 1)


class Block(nn.Module):
    """Takes one value, or a second to add to it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(8, 8, 3, padding=1), nn.GroupNorm(2, 8)

    def forward(self, x: Tensor, extra: Tensor | None = None) -> Tensor:
        return silu(self.norm(self.conv(x if extra is None else x + extra)))


class Far(nn.Module):
    """Later blocks take what earlier ones gave."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.blocks = nn.Conv2d(3, 8, 3, padding=1), nn.ModuleList(Block() for _ in range(6))
        self.head = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        outs = [self.stem(x)]
        for i, block in enumerate(self.blocks):
            outs.append(block(outs[-1], outs[1] if i in (3, 5) else None))
        return self.head(outs[-1].mean((2, 3)))


class Parallel(nn.Module):
    """Four branches of one class, and one module for three values."""

    def __init__(self) -> None:
        super().__init__()
        self.br = nn.ModuleList(
            nn.Sequential(nn.Conv2d(8, 8, 3, padding=d, dilation=d), nn.ReLU()) for d in (1, 2, 4, 8)
        )
        self.enc = nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, x: Tensor) -> Tensor:
        f = torch.cat([b(x) for b in self.br], 1).mean((2, 3))
        return self.enc(f) + self.enc(f * 2) + self.enc(f * 3)


class Skips(nn.Module):
    """A U-Net with more levels than there is room for."""

    def __init__(self, levels: int = 4) -> None:
        super().__init__()
        ws = [8 * 2**k for k in range(levels + 1)]
        self.inc = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1))
        pairs = list(pairwise(ws))
        self.down = nn.ModuleList(_double(a, b) for a, b in pairs)
        self.ups = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in reversed(pairs))
        self.dec = nn.ModuleList(_double(2 * a, a) for a, _ in reversed(pairs))
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = [self.inc(x)]
        for down in self.down:
            skips.append(down(max_pool2d(skips[-1], 2)))
        y = skips.pop()
        for up, dec in zip(self.ups, self.dec, strict=True):
            y = dec(torch.cat([skips.pop(), up(y)], 1))
        return self.head(y)


def _double(a: int, b: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.Conv2d(b, b, 3, padding=1), nn.ReLU())
