"""Changes of heads, of what a model returns, and of losses in it."""

import torch
from history import changed
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

STILL = (r"moved here", r": was ")


@changed(
    "vit-pytorch: a linear head that was a norm",
    r"linear_head.*LayerNorm → Linear",
    loads=False,
    never=(*STILL, r"body"),
)
class LinearHead(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.body, self.linear_head = nn.Linear(16, 16), nn.Linear(16, 4) if new else nn.LayerNorm(16)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear_head(F.gelu(self.body(x)).mean(1))


@changed(
    "vit-pytorch: a simpler head",
    r"GELU",
    r"mlp_head.*(out 32 → 4|16→4|in 32 → 16|- .*Linear)|- .*Linear",
    loads=False,
    never=(*STILL, r"body", r"\(LayerNorm"),
)
class Simpler(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        last: list[nn.Module] = [nn.Linear(16, 4)] if new else [nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 4)]
        self.body, self.mlp_head = nn.Linear(16, 16), nn.Sequential(nn.LayerNorm(16), *last)

    def forward(self, x: Tensor) -> Tensor:
        return self.mlp_head(self.body(x)[:, 0])


@changed(
    "vit-pytorch: no head", r"- mlp_head \(Linear", r"output|\[:, 0\]|getitem", loads=False, never=(*STILL, r"body")
)
class Headless(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.body, self.mlp_head = nn.Linear(16, 16), None if new else nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.body(x))
        return self.mlp_head(x[:, 0]) if self.mlp_head else x


@changed(
    "timm: a head of distillation", r"\+ head_dist \(Linear", r"dist_token", loads=False, never=(*STILL, r"\bhead \(")
)
class Distilled(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.cls_token, self.head = nn.Parameter(torch.zeros(1, 1, 16)), nn.Linear(16, 4)
        self.block = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
        if new:
            self.dist_token, self.head_dist = nn.Parameter(torch.zeros(1, 1, 16)), nn.Linear(16, 4)
        self.new = new

    def forward(self, x: Tensor) -> Tensor:
        tokens = [self.cls_token, self.dist_token] if self.new else [self.cls_token]
        x = self.block(torch.cat([*(token.expand(2, -1, -1) for token in tokens), x], 1))
        logits = self.head(x[:, 0])
        return (logits + self.head_dist(x[:, 1])) / 2 if self.new else logits


@changed(
    "timm: the other token for the other head",
    r"receives|\[:, 0\] → \[:, 1\]|\[:, 1\]",
    loads=True,
    never=(*STILL, r"(in|out) \d"),
)
class OtherToken(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.body, self.head, self.head_dist = new, nn.Linear(16, 16), nn.Linear(16, 4), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.body(x)
        return self.head(x[:, 0]), self.head_dist(x[:, 1] if self.new else x[:, 0])


@changed(
    "detr: a dimension for the layers",
    r"unsqueeze|output.*2×6×16 → 1×2×6×16",
    loads=True,
    never=(*STILL, r"\((Linear|LayerNorm)\): (in|out)"),
)
class Unsqueezed(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.layer, self.norm = new, nn.Linear(16, 16), nn.LayerNorm(16)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(F.relu(self.layer(x)))
        return x.unsqueeze(0) if self.new else x


@changed(
    "detr: predictions of each layer",
    r"stack|output",
    r"norm.*called|called.*more|norm",
    loads=True,
    never=(*STILL, r"(in|out) \d+ →"),
)
class Intermediate(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.norm = new, nn.LayerNorm(16)
        self.layers, self.class_embed = nn.ModuleList(nn.Linear(16, 16) for _ in range(2)), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        states = []
        for layer in self.layers:
            x = F.relu(layer(x))
            states.append(self.norm(x) if self.new else x)
        return self.class_embed(torch.stack(states) if self.new else self.norm(x))


class Decoder(nn.Module):
    def __init__(self, new: bool, classes: int) -> None:
        super().__init__()
        self.new, self.up, self.outc = new, nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, classes, 1)


@changed(
    "Pytorch-UNet: the sigmoid in the model",
    r"[+-] sigmoid\(\)",
    loads=True,
    inputs=IMAGES,
    never=(*STILL, r"\(Conv2d"),
)
class Sigmoid(Decoder):
    def __init__(self, new: bool) -> None:
        super().__init__(new, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.outc(F.relu(self.up(x)))
        return F.sigmoid(x) if self.new else x


@changed(
    "Pytorch-UNet: logits of several classes",
    r"outc \(Conv2d\): out 1 → 3",
    r"sigmoid",
    loads=False,
    inputs=IMAGES,
    never=(*STILL, r"up \("),
)
class Classes(Decoder):
    def __init__(self, new: bool) -> None:
        super().__init__(new, 3 if new else 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.outc(F.relu(self.up(x)))
        return x if self.new else F.sigmoid(x)


@changed(
    "torchvision: a classifier of an earlier stage",
    r"\+ .*aux_classifier",
    r"\+ .*output",
    loads=False,
    inputs=IMAGES,
    mode="train",
    never=(*STILL, r"(layer|\bclassifier \()"),
)
class Auxiliary(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.layer3, self.layer4 = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
        self.classifier, self.aux_classifier = nn.Conv2d(8, 4, 1), nn.Conv2d(8, 4, 1) if new else None

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x = F.relu(self.layer3(x))
        result = {"out": self.classifier(F.relu(self.layer4(x)))}
        if self.aux_classifier:
            result["aux"] = self.aux_classifier(x)
        return result
