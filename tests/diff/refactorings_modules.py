"""The same modules, built, named and put together otherwise."""

import functools
import itertools
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import refactoring_helpers
import torch
from refactoring import IMAGES, rewritten, same
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Net(nn.Module):
    """Named layers; the first of them is called."""

    def __init__(self, **layers: nn.Module) -> None:
        super().__init__()
        self.first = next(iter(layers))
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, x: Tensor) -> Tensor:
        return getattr(self, self.first)(x)


class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.fc = nn.LayerNorm(width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + F.gelu(self.fc(self.norm(x)))


def blocks(kind: type[nn.Module] = Block) -> nn.Module:
    return Net(body=nn.Sequential(*(kind(16) for _ in range(3))))


same("a class in a file of its own", blocks, lambda: blocks(refactoring_helpers.Block))


class Base(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.fc = nn.LayerNorm(width), nn.Linear(width, width)

    def branch(self, x: Tensor) -> Tensor:
        return F.gelu(self.fc(self.norm(x)))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.branch(x)


def child(name: str, **methods: Any) -> type[nn.Module]:
    return type(name, (Base,), methods)


def through_super(self: Any, x: Tensor) -> Tensor:
    return super(type(self), self).forward(x)


same(
    "a base class, and super().forward",
    blocks,
    lambda: blocks(child("Block")),
    lambda: blocks(child("Block", forward=through_super)),
)


class Mixin:
    def forward(self, x: Tensor) -> Tensor:
        return x + self.branch(x)  # type: ignore[attr-defined]


same("a mixin", blocks, lambda: blocks(type("Block", (Mixin, Base), {})))


def literal() -> nn.Module:
    return Net(body=nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16)))


def from_list() -> nn.Module:
    layers: list[nn.Module] = [nn.Linear(16, 32)]
    layers += [nn.ReLU(inplace=True), nn.Linear(32, 16)]
    return Net(body=nn.Sequential(*layers))


def from_names() -> nn.Module:
    names = OrderedDict([("0", nn.Linear(16, 32)), ("1", nn.ReLU()), ("2", nn.Linear(32, 16))])
    return Net(body=nn.Sequential(names))


def appended() -> nn.Module:
    body = nn.Sequential(nn.Linear(16, 32))
    body.append(nn.ReLU())
    body.extend([nn.Linear(in_features=32, out_features=16, bias=True)])
    return Net(body=body)


same("a Sequential from a list, from names, bit by bit", literal, from_list, from_names, appended)


@dataclass
class Config:
    width: int = 16
    hidden: int = 32
    activation: str = "relu"


ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU}


def from_config(config: Config) -> nn.Module:
    activation = ACTIVATIONS[config.activation]()
    return Net(body=nn.Sequential(nn.Linear(config.width, config.hidden), activation, nn.LazyLinear(config.width)))


def from_dict(settings: dict[str, Any]) -> nn.Module:
    linear = functools.partial(nn.Linear, bias=settings.get("bias", True))
    sizes = settings["sizes"]
    layers = [linear(a, b) for a, b in itertools.pairwise(sizes)]
    return Net(body=nn.Sequential(layers[0], nn.ReLU(), layers[1]))


same(
    "a config, a dict, a partial in place of arguments",
    literal,
    lambda: from_config(Config()),
    lambda: from_dict({"sizes": [16, 32, 16]}),
)


class InOrder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(16, 32)
        self.fc2 = nn.Linear(32, 16)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.relu(self.fc1(x)))


class OutOfOrder(InOrder):
    def __init__(self) -> None:
        nn.Module.__init__(self)
        for name, sizes in (("fc2", (32, 16)), ("fc1", (16, 32))):
            setattr(self, name, nn.Linear(*sizes))


same("layers made in another order", InOrder, OutOfOrder)


def initialised() -> nn.Module:
    model = InOrder()
    for layer in model.children():
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
    return model


def hooked() -> nn.Module:
    model = InOrder()
    model.fc1.register_forward_hook(lambda module, given, made: print(end=""))
    model.register_forward_pre_hook(lambda module, given: None)
    return model.train().eval()


same("initial values, and hooks that only look", InOrder, initialised, hooked)


def frozen(by_hand: bool) -> nn.Module:
    model = InOrder()
    if not by_hand:
        return model.requires_grad_(False)
    for parameter in model.parameters():
        parameter.requires_grad = False
    return model


same("weights frozen by hand", lambda: frozen(False), lambda: frozen(True))


@rewritten("a weight by its name")
class Weighted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(16, 16))

    def before(self, x: Tensor) -> Tensor:
        return x @ self.weight

    def after(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.get_parameter("weight"))

    def after_dict(self, x: Tensor) -> Tensor:
        return x.matmul(dict(self.named_parameters())["weight"])


@rewritten("heads in a ModuleDict")
class Heads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Linear(16, size) for name, size in (("boxes", 4), ("classes", 10))})

    def before(self, x: Tensor) -> dict[str, Tensor]:
        return {name: head(x) for name, head in self.heads.items()}

    def after(self, x: Tensor) -> dict[str, Tensor]:
        classes = self.heads["classes"](x)
        return {"boxes": self.heads["boxes"](x), "classes": classes}


@rewritten("a module called twice, in another order")
class Siamese(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.fc = Block(16), nn.Linear(16, 16)

    def before(self, x: Tensor) -> Tensor:
        left = self.encoder(x)
        right = self.encoder(self.fc(x))
        return F.cosine_similarity(left, right)

    def after(self, x: Tensor) -> Tensor:
        right = self.encoder(self.fc(x))
        return F.cosine_similarity(self.encoder(x), right, dim=1)


@rewritten("squeeze and excitation", inputs=IMAGES)
class Excited(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)

    def before(self, x: Tensor) -> Tensor:
        scale = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.up(F.relu(self.down(scale))))

    def after(self, x: Tensor) -> Tensor:
        scale = x.mean(3).mean(2).view(x.size(0), -1, 1, 1)
        scale = self.up(F.relu(self.down(scale), inplace=True))
        return scale.sigmoid().expand_as(x) * x
