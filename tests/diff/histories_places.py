"""Changes of where layers are: in another module, under another name, at another place of the path."""

import torch
from history import changed, history
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

NO_LAYER = r"^[+-] .*\((Linear|Conv2d|LayerNorm|BatchNorm2d|Embedding)"  # none comes, and none goes


def parameters(*pairs: tuple[str, str]) -> dict[str, str]:
    return {f"{old}.{key}": f"{new}.{key}" for old, new in pairs for key in ("weight", "bias")}


class Mlp(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.act, self.fc2 = nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.act(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, mlp: nn.Module) -> None:
        super().__init__()
        self.norm, self.mlp = nn.LayerNorm(16), mlp

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mlp(self.norm(x))


def listed() -> nn.Module:
    return nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))


history(
    "timm: a class for what was a sequence",
    lambda: nn.Sequential(Block(listed()), Block(listed())),
    lambda: nn.Sequential(Block(Mlp()), Block(Mlp())),
    r"Sequential → Mlp|fc1.*was .*mlp\.0|fc\{1,2\}.*was",
    never=(NO_LAYER, r"norm \("),
    loads=False,
    renames=parameters(
        *((f"{i}.mlp.{j}", f"{i}.mlp.{name}") for i in (0, 1) for j, name in ((0, "fc1"), (2, "fc2")))
    ),
)


class DenseLayer(nn.Module):
    def __init__(self, nested: bool) -> None:
        super().__init__()
        layers = {"1": nn.Conv2d(8, 8, 1), "2": nn.Conv2d(8, 4, 3, padding=1)}
        self.nested = nested
        if nested:
            self.conv = nn.ModuleDict(layers)
        else:
            self.conv1, self.conv2 = layers["1"], layers["2"]

    def forward(self, x: Tensor) -> Tensor:
        first, second = (self.conv["1"], self.conv["2"]) if self.nested else (self.conv1, self.conv2)
        return torch.cat([x[:, 4:], second(F.relu(first(x)))], 1)


history(
    "torchvision: names without dots in dense layers",
    lambda: nn.Sequential(*(DenseLayer(True) for _ in range(3))),
    lambda: nn.Sequential(*(DenseLayer(False) for _ in range(3))),
    r"conv(1|\{1,2\}).*(was|moved here)",
    r"conv(2|\{1,2\}).*(was|moved here)",
    never=(NO_LAYER,),
    loads=False,
    renames=parameters(*((f"{i}.conv.{j}", f"{i}.conv{j}") for i in range(3) for j in (1, 2))),
    inputs=IMAGES,
)


class Tower(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.ln_post = nn.Conv2d(8, 16, 4, stride=4), nn.LayerNorm(16)
        self.transformer = nn.Sequential(Block(listed()), Block(listed()))

    def forward(self, x: Tensor) -> Tensor:
        return self.ln_post(self.transformer(self.conv1(x).flatten(2).transpose(1, 2)))


TOWER = ("conv1", "ln_post", *(f"transformer.{i}.{name}" for i in (0, 1) for name in ("norm", "mlp.0", "mlp.2")))


@changed(
    "CLIP: a tower of its own for images",
    r"visual",
    r"moved here|was|put around",
    never=(NO_LAYER, r"^[+-] .*\(Block"),
    loads=False,
    renames=parameters(*((name, f"visual.{name}") for name in TOWER)),
    inputs=IMAGES,
)
class Towers(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        tower, self.new, self.proj = Tower(), new, nn.Linear(16, 8)
        for name, layer in [("visual", tower)] if new else tower.named_children():
            self.add_module(name, layer)

    def forward(self, x: Tensor) -> Tensor:
        return self.proj((self.visual(x) if self.new else Tower.forward(self, x)).mean(1))  # type: ignore[arg-type]


class PatchEmbed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.proj, self.norm = nn.Conv2d(8, 16, 4, stride=4), nn.LayerNorm(16)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.proj(x).flatten(2).transpose(1, 2))


@changed(
    "timm: a module of patches, with a norm",
    r"patch_embed\.proj \(Conv2d\).*(was|moved here).*patch_embed|put around Conv2d, now proj",
    r"\+ patch_embed\.norm \(LayerNorm",
    never=(r"^[+-] .*\((Conv2d|Linear)", r"^[+-] patch_embed\.(reshape|permute)\(\)"),
    loads=False,
    renames=parameters(("patch_embed", "patch_embed.proj")),
    inputs=IMAGES,
)
class Patched(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.head = new, nn.Linear(16, 4)
        self.patch_embed = PatchEmbed() if new else nn.Conv2d(8, 16, 4, stride=4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch_embed(x)
        return self.head((x if self.new else x.flatten(2).transpose(1, 2)).mean(1))


class Excitation(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))).sigmoid()


@changed(
    "timm: attention between the convolutions",
    r"(attn|conv2) .*(moved|receives)",
    never=(r"^[+-] ", r": was ", r"moved here"),
    loads=True,
    inputs=IMAGES,
)
class DarkBlock(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.conv1, self.conv2 = new, nn.Conv2d(8, 8, 1), nn.Conv2d(8, 8, 3, padding=1)
        self.attn = Excitation()

    def forward(self, x: Tensor) -> Tensor:
        out = F.silu(self.conv1(x))
        out = F.silu(self.conv2(self.attn(out))) if self.new else self.attn(F.silu(self.conv2(out)))
        return out + x


@changed(
    "timm: the head's norm before the pool",
    r"(norm|mean).*(moved|receives)",
    never=(r"^[+-] ", r": was ", r"moved here"),
    loads=True,
)
class NormFirst(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.norm, self.fc = new, nn.LayerNorm(16), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.norm(x).mean(1) if self.new else self.norm(x.mean(1)))


class Layer(nn.Module):
    """Three branches, each with a norm before or behind it."""

    def __init__(self, post: bool) -> None:
        super().__init__()
        self.post, self.norm1, self.norm2, self.norm3 = post, nn.LayerNorm(16), nn.LayerNorm(16), nn.LayerNorm(16)
        self.self_attn, self.cross_attn, self.linear = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        branches = ((self.norm1, self.self_attn), (self.norm2, self.cross_attn), (self.norm3, self.linear))
        for norm, branch in branches:
            x = norm(x + branch(x)) if self.post else x + branch(norm(x))
        return x


history(
    "detr: norms of two decoder layers behind their residuals",
    lambda: nn.Sequential(Layer(False), Layer(False)),
    lambda: nn.Sequential(Layer(True), Layer(True)),
    r"norm.*(moved|receives)",
    never=(r"^[+-] ", r": was ", r"moved here"),
    loads=True,
)


@changed(
    "x-transformers: residuals of what was not normalised",
    r"add\S*.*receives (x|input|add)",
    never=(r"^[+-] ", r": was ", r"moved here"),
    loads=True,
)
class Unnormalised(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.norms = new, nn.ModuleList(nn.LayerNorm(16) for _ in range(2))
        self.blocks = nn.ModuleList(nn.Linear(16, 16) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        for norm, block in zip(self.norms, self.blocks, strict=True):
            normed = norm(x)
            x = F.gelu(block(normed)) + (x if self.new else normed)
        return x


@changed(
    "vit-pytorch: what is attended to has a norm of its own",
    r"\+ norm_context \(LayerNorm",
    never=(r"moved here", r": was ", r"\(Linear", r"\bnorm \("),
    loads=False,
)
class Context(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.norm, self.norm_context = nn.LayerNorm(16), nn.LayerNorm(16) if new else None
        self.to_q, self.to_k, self.to_context = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        context = self.to_context(x)
        context = self.norm_context(context) if self.norm_context else context
        return F.scaled_dot_product_attention(self.to_q(self.norm(x)), self.to_k(context), context)
