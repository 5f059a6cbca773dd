"""Changes of names and of classes, of which some compute the same."""

import torch
from history import IDS, changed, history
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

NOTHING = (r"^[+-] ",)  # nothing comes, and nothing goes


def keys(*names: str) -> list[str]:
    return [f"{name}.{key}" for name in names for key in ("weight", "bias")]


def renamed(**names: str) -> dict[str, str]:
    """The keys of layers that have weights and biases; `__` stands for a dot."""
    pairs = ((old.replace("__", "."), new) for old, new in names.items())
    return {old: new for was, now in pairs for old, new in zip(keys(was), keys(now), strict=True)}


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.ln, self.fc = nn.LayerNorm(16), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        return x + F.gelu(self.fc(self.ln(x)))


@changed(
    "minGPT: names as in the weights of GPT-2",
    r"transformer\.wte.*was tok_emb|tok_emb.*→.*wte",
    r"transformer\.h.*was blocks|blocks.*→",
    r"lm_head.*was head",
    loads=False,
    never=NOTHING,
    inputs=IDS,
    renames={
        "tok_emb.weight": "transformer.wte.weight",
        "pos_emb.weight": "transformer.wpe.weight",
        **renamed(blocks__0__ln="transformer.h.0.ln", blocks__0__fc="transformer.h.0.fc"),
        **renamed(blocks__1__ln="transformer.h.1.ln", blocks__1__fc="transformer.h.1.fc"),
        **renamed(ln_f="transformer.ln_f"),
        "head.weight": "lm_head.weight",
    },
)
class Gpt(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        names = ("wte", "wpe", "h", "ln_f") if new else ("tok_emb", "pos_emb", "blocks", "ln_f")
        parts = [nn.Embedding(100, 16), nn.Embedding(6, 16), nn.Sequential(Block(), Block()), nn.LayerNorm(16)]
        layers, self.new = dict(zip(names, parts, strict=True)), new
        if new:
            self.transformer, self.lm_head = nn.ModuleDict(layers), nn.Linear(16, 100, bias=False)
        else:
            for name, layer in layers.items():
                setattr(self, name, layer)
            self.head = nn.Linear(16, 100, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        if self.new:
            t = self.transformer
            return self.lm_head(t["ln_f"](t["h"](t["wte"](ids) + t["wpe"](torch.arange(6)))))
        return self.head(self.ln_f(self.blocks(self.tok_emb(ids) + self.pos_emb(torch.arange(6)))))


class Conv1D(nn.Module):
    def __init__(self, end: int, start: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(start, end)), nn.Parameter(torch.zeros(end))

    def forward(self, x: Tensor) -> Tensor:
        return torch.addmm(self.bias, x.reshape(-1, x.size(-1)), self.weight).view(*x.shape[:-1], -1)


@changed(
    "minGPT: linear layers for turned convolutions",
    r"Conv1D → Linear",
    loads=False,
    never=(r"moved here", r": was "),
)
class Turned(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.c_fc = nn.Linear(16, 64) if new else Conv1D(64, 16)
        self.c_proj = nn.Linear(64, 16) if new else Conv1D(16, 64)

    def forward(self, x: Tensor) -> Tensor:
        return self.c_proj(F.gelu(self.c_fc(x)))


class VisualTransformer(nn.Sequential):
    pass


class VisionTransformer(nn.Sequential):
    pass


@changed(
    "CLIP: another name of a class", r"VisualTransformer → VisionTransformer", loads=True, never=(*NOTHING, r"moved")
)
class Clip(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.visual = (VisionTransformer if new else VisualTransformer)(Block(), nn.Linear(16, 8))

    def forward(self, x: Tensor) -> Tensor:
        return self.visual(x).mean(1)


@changed(
    "CLIP: each relu a module of its own",
    r"relu1",
    loads=True,
    inputs=IMAGES,
    never=(r"\((Conv2d|BatchNorm2d)", r"add\(\)", r"^[+-] relu \("),
)
class Bottleneck(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.conv1, self.bn1, self.conv2, self.bn2 = (
            nn.Conv2d(8, 8, 1),
            nn.BatchNorm2d(8),
            nn.Conv2d(8, 8, 1),
            nn.BatchNorm2d(8),
        )
        for name in ("relu1", "relu2", "relu3") if new else ("relu",):
            setattr(self, name, nn.ReLU())
        self.new = new

    def forward(self, x: Tensor) -> Tensor:
        first, second, third = (self.relu1, self.relu2, self.relu3) if self.new else (self.relu,) * 3
        return third(self.bn2(self.conv2(second(self.bn1(self.conv1(first(x)))))) + x)


class Mlp(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        first, second = ("fc1", "fc2") if new else ("linear_1", "linear_2")
        self.names = (first, second)
        self.add_module(first, nn.Linear(16, 32))
        self.add_module(second, nn.Linear(32, 16))

    def forward(self, x: Tensor) -> Tensor:
        first, second = (getattr(self, name) for name in self.names)
        return x + second(F.gelu(first(x)))


history(
    "torchvision: names of the layers of an MLP",
    lambda: nn.Sequential(Mlp(False), Mlp(False), Mlp(False)),
    lambda: nn.Sequential(Mlp(True), Mlp(True), Mlp(True)),
    r"fc(1|\{1,2\}).*was .*linear_(1|\{1,2\})",
    r"fc(2|\{1,2\}).*was .*linear_(2|\{1,2\})",
    loads=False,
    never=(*NOTHING, r"moved here"),
    renames={
        f"{i}.linear_{j}.{key}": f"{i}.fc{j}.{key}" for i in range(3) for j in (1, 2) for key in ("weight", "bias")
    },
)


class Head(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.fc = nn.LayerNorm(16), nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.norm(x.mean(1)))


@changed(
    "timm: a head of pool, norm and classifier",
    r"head\.norm|norm.*(moved|was)|put around .*norm",
    r"head\.fc|fc.*(moved|was)|put around Linear, now fc",
    loads=False,
    never=(r"^[+-] .*(\((Linear|LayerNorm)|mean\(\))",),
    renames=renamed(norm="head.norm", head="head.fc"),
)
class Classifier(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.blocks, self.new = nn.Sequential(Block(), Block()), new
        if not new:
            self.norm = nn.LayerNorm(16)
        self.head = Head() if new else nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(x)
        return self.head(x) if self.new else self.head(self.norm(x.mean(1)))


@changed("timm: placeholders left out", r"- drop_path \(Identity", loads=True, never=(r"\(Linear", r"add\(\)"))
class Placeholders(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.fc, self.drop_path = nn.Linear(16, 16), None if new else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        out = self.fc(x)
        return x + (self.drop_path(out) if self.drop_path else out)


class Unit(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attn, self.ff = nn.Linear(16, 16), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(x)
        return x + F.gelu(self.ff(x))


@changed(
    "vit-pytorch: blocks for lists of layers",
    r"blocks.*was .*layers|layers.*(→|->)",
    loads=False,
    never=NOTHING,
    renames={
        f"layers.{i}.{j}.{key}": f"blocks.{i}.{name}.{key}"
        for i in range(2)
        for j, name in enumerate(("attn", "ff"))
        for key in ("weight", "bias")
    },
)
class Listed(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new = new
        if new:
            self.blocks = nn.ModuleList(Unit() for _ in range(2))
        else:
            lists = (nn.ModuleList([nn.Linear(16, 16), nn.Linear(16, 16)]) for _ in range(2))
            self.layers = nn.ModuleList(lists)

    def forward(self, x: Tensor) -> Tensor:
        if self.new:
            for block in self.blocks:
                x = block(x)
            return x
        for attn, ff in self.layers:
            x = x + attn(x)
            x = x + F.gelu(ff(x))
        return x
