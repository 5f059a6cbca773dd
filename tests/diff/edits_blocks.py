"""Edits to what stands around the layers of blocks: wrappers, modules of their own, names, shared and merged layers."""

from collections.abc import Callable
from typing import Any

import torch
from mutation import Base, edit, positional, tensor
from torch import nn
from torch.nn import functional as F  # noqa: N812

Tensor = torch.Tensor
Make = Callable[[], nn.Module]
ROWS = positional(tensor(2, 5, 8))


class PreNorm(nn.Module):
    def __init__(self, fn: nn.Module) -> None:
        super().__init__()
        self.norm, self.fn = nn.LayerNorm(8), fn

    def forward(self, x: Tensor) -> Tensor:
        return self.fn(self.norm(x))


class Residual(nn.Module):
    def __init__(self, fn: nn.Module) -> None:
        super().__init__()
        self.fn = fn

    def forward(self, x: Tensor) -> Tensor:
        return self.fn(x) + x


class Feed(nn.Module):
    def __init__(self, *first: nn.Module) -> None:
        super().__init__()
        self.net = nn.Sequential(*first, nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Stack(nn.Module):
    """Blocks with a residual around each, and a head of its own or in a row."""

    def __init__(self, make: Make, adds: bool = True, early: bool = False, row: bool = True) -> None:
        super().__init__()
        self.layers, self.adds, self.early = nn.ModuleList(make() for _ in range(3)), adds, early
        if row:
            self.head: nn.Module = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 2))
        else:
            self.norm, self.head = nn.LayerNorm(8), nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x) + x if self.adds else layer(x)
        if not hasattr(self, "norm"):
            return self.head(x.mean(1))
        return self.head(self.norm(x).mean(1) if self.early else self.norm(x.mean(1)))


NORMED = Base("blocks in PreNorm", lambda: Stack(lambda: PreNorm(Feed())), ROWS)


@edit(
    NORMED,
    "~ layers.{0…2} (Feed ×3): taken out of PreNorm",
    "~ layers.{0…2}.net.0 (LayerNorm ×3): moved here from layers.{0…2}.norm",
    "~ norm (LayerNorm): taken out of head (Sequential), now before mean()",
    "~ head (Linear): taken out of Sequential",
)
def wrappers_dissolved(m: Any) -> nn.Module:
    return Stack(lambda: Feed(nn.LayerNorm(8)), early=True, row=False)


@edit(
    NORMED,
    "~ norm (LayerNorm): taken out of head (Sequential)",
    "~ head (Linear): taken out of Sequential",
)
def head_dissolved(m: Any) -> nn.Module:
    return Stack(lambda: PreNorm(Feed()), row=False)


@edit(
    NORMED,
    "~ layers.{0…2} (Residual ×3): put around PreNorm, now fn",
    "~ layers.{0…2}.add() (×3): moved here from the top",
)
def wrapped_once_more(m: Any) -> nn.Module:
    return Stack(lambda: Residual(PreNorm(Feed())), adds=False)


@edit(
    NORMED,
    "~ layers.{0…2} (Sequential ×3): put around PreNorm, now 0",
    "+ layers.{0…2}.1 (Dropout ×3): p 0.1",
)
def wrapped_in_rows(m: Any) -> nn.Module:
    return Stack(lambda: nn.Sequential(PreNorm(Feed()), nn.Dropout(0.1)))


class Squeeze(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(8, 4), nn.Linear(4, 8)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.up(F.relu(self.down(x.mean(1, keepdim=True)))).sigmoid()


class Flat(Squeeze):
    """The same with what comes before in one module."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(self.fc(x)) + x


class Nested(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.se = nn.Linear(8, 8), Squeeze()

    def forward(self, x: Tensor) -> Tensor:
        return self.se(self.fc(x)) + x


for kind in (Flat, Nested):
    kind.__qualname__ = kind.__name__ = "Block"
FLAT = Base("flat blocks", lambda: nn.Sequential(*(Flat() for _ in range(4))), ROWS)
NESTED = Base("nested blocks", lambda: nn.Sequential(*(Nested() for _ in range(4))), ROWS)


@edit(FLAT, "~ {0…3}.se (Squeeze ×4): put around mean(), down, relu() and 3 more")
def moved_into_a_module(m: Any) -> nn.Module:
    return NESTED.make()


@edit(NESTED, "~ {0…3} (Block ×4): mean(), down, relu() and 3 more taken out of se (Squeeze)")
def taken_out_of_a_module(m: Any) -> nn.Module:
    return FLAT.make()


class Halves(nn.Module):
    """A layer for both halves of what comes in."""

    def __init__(self, run: Callable[[Any, Tensor], Tensor]) -> None:
        super().__init__()
        self.ff, self.run = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 8)), run

    def forward(self, x: Tensor) -> Tensor:
        return self.run(self, x)


def _each_half(m: Any, x: Tensor) -> Tensor:
    a, b = x[:, :1], x[:, 1:]
    return torch.cat([a + m.ff(a), b + m.ff(b)], 1)


def _before_the_halves(m: Any, x: Tensor) -> Tensor:
    x = x + m.ff(x)
    return torch.cat([x[:, 1:], x[:, :1]], 1)


HALVES = Base("halves", lambda: nn.Sequential(Halves(_each_half), Halves(_each_half)), ROWS)


@edit(
    HALVES,
    "- {0,1}.ff (Sequential ×2): called once less",
    "- {0,1}.add()#2 (×2): of split [1], ff.1",
    "~ {0,1}.split() (×2): moved behind add()",
    "~ {0,1}.cat() (×2): receives split [1], split [0] instead of split [0], split [1]",
)
def before_the_halves(m: Any) -> nn.Module:
    return nn.Sequential(Halves(_before_the_halves), Halves(_before_the_halves))


class Block(nn.Module):
    def __init__(self, run: Callable[[Any, Tensor], Tensor], **layers: Make) -> None:
        super().__init__()
        self.norm1, self.mix, self.norm2, self.feed = nn.LayerNorm(8), nn.Linear(8, 8), nn.LayerNorm(8), Feed()
        self.run = run
        for name, make in layers.items():
            setattr(self, name, make())

    def forward(self, x: Tensor) -> Tensor:
        return self.run(self, x)


def _before(m: Any, x: Tensor) -> Tensor:
    x = x + m.mix(m.norm1(x))
    return x + m.feed(m.norm2(x))


def _behind(m: Any, x: Tensor) -> Tensor:
    x = m.norm1(x + m.mix(x))
    return m.norm2(x + m.feed(x))


def blocks(run: Callable[[Any, Tensor], Tensor], **layers: Make) -> nn.Module:
    return nn.Sequential(*(Block(run, **layers) for _ in range(3)))


BLOCKS = Base("blocks of norms", lambda: blocks(_before), ROWS)


@edit(
    BLOCKS,
    "~ {0…2}.norm1 (LayerNorm ×3): moved behind add()",
    "~ {0…2}.norm2 (LayerNorm ×3): moved behind add()#2",
)
def norms_behind(m: Any) -> nn.Module:
    return blocks(_behind)


class Adapted(nn.Module):
    def __init__(self, base: nn.Module) -> None:
        super().__init__()
        self.base, self.down, self.up = base, nn.Linear(8, 2, bias=False), nn.Linear(2, 8, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.up(self.down(x))


@edit(
    BLOCKS,
    "~ the top: all weights frozen but those of down ×3 and up ×3",
    "~ {0…2}.mix (Adapted ×3): put around Linear, now base",
    "+ {0…2}.mix.down (Linear ×3): 8→2",
    "+ {0…2}.mix.up (Linear ×3): 2→8",
    "+ {0…2}.mix.add() (×3): of base, up",
)
def adapters(m: Any) -> None:
    m.requires_grad_(False)
    for block in m:
        block.mix = Adapted(block.mix)


class Attention(nn.Module):
    def __init__(self, merged: bool) -> None:
        super().__init__()
        self.out = nn.Linear(8, 8)
        if merged:
            self.qkv = nn.Linear(8, 24)
        else:
            self.q, self.k, self.v = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).chunk(3, -1) if hasattr(self, "qkv") else (self.q(x), self.k(x), self.v(x))
        return self.out(F.scaled_dot_product_attention(q, k, v))


APART = Base("attention", lambda: nn.Sequential(Attention(False), Attention(False)), ROWS)


@edit(APART, "~ {0,1} (Attention ×2): q, k and v merged into qkv")
def merged(m: Any) -> nn.Module:
    return nn.Sequential(Attention(True), Attention(True))


def _written_out(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(0.79788456 * (x + 0.044715 * x**3)))


class Act(nn.Module):
    def __init__(self, act: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.fc, self.act, self.out = nn.Linear(8, 8), act, nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.act(self.fc(x)))


WRITTEN = Base("activations", lambda: nn.Sequential(Act(_written_out), Act(_written_out)), ROWS)


@edit(WRITTEN, "~ {0,1} (Act ×2): mul() ×4, pow(), add() ×2, tanh() → act (GELU, approximate tanh)")
def a_module_for_functions(m: Any) -> nn.Module:
    return nn.Sequential(Act(nn.GELU("tanh")), Act(nn.GELU("tanh")))


def of_family(prefix: str) -> nn.Module:
    """Blocks whose classes begin with the same word."""
    kinds = {kind: type(f"{prefix}{kind.__name__}", (kind,), {}) for kind in (Block, Feed, nn.LayerNorm)}
    model = blocks(_before)
    for module in model.modules():
        module.__class__ = kinds.get(type(module), type(module))
    return model


FAMILY = Base("family", lambda: of_family("Llama"), ROWS)


@edit(FAMILY, "~ the top: Llama* → Qwen2*, 3 classes")
def classes_renamed(m: Any) -> nn.Module:
    return of_family("Qwen2")


# Weights that are shared, parametrized, or no longer parameters


class Repeated(nn.Module):
    """Three layers, or one three times."""

    def __init__(self, shared: bool) -> None:
        super().__init__()
        first = Feed()
        self.layers = nn.ModuleList(first if shared else Feed() for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = x + layer(x)
        return x


APIECE = Base("layers of their own", lambda: Repeated(False), ROWS)


@edit(
    APIECE,
    "- layers.{1,2} (Feed ×2): Linear ×2 · GELU",
    "+ layers.0 (Feed): called 2 times more",
)
def one_layer_for_all(m: Any) -> nn.Module:
    return Repeated(True)


CHAIN = Base("two layers", lambda: nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8)), ROWS)


@edit(CHAIN, "~ 0 (Linear): parametrized by _WeightNorm")
def weight_norm(m: Any) -> None:
    nn.utils.parametrizations.weight_norm(m[0])


class Scaled(nn.Module):
    def __init__(self, trains: bool) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 8)
        if trains:
            self.scale: Tensor = nn.Parameter(torch.ones(8))
        else:
            self.register_buffer("scale", torch.ones(8))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) * self.scale


SCALED = Base("scaled", lambda: Scaled(True), ROWS)


@edit(SCALED, "~ the top: scale parameter → buffer")
def a_buffer_for_a_parameter(m: Any) -> nn.Module:
    return Scaled(False)


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.fc = Feed(), nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.body(x))


class Calibrated(nn.Module):
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model, self.extra = model, nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.extra(self.model(x))


CLASSIFIER = Base("classifier", Classifier, ROWS)


@edit(CLASSIFIER, "~ model (Classifier): put around body and fc", "+ extra (Linear): 2→2")
def wrapped_beside_a_layer(m: Any) -> nn.Module:
    return Calibrated(m)


# A block with two inputs


class Joining(nn.Module):
    def __init__(self, run: Callable[[Any, Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.fc, self.run = nn.Linear(8, 8), run

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        return self.run(self, x, skip)


class Skipping(nn.Module):
    def __init__(self, run: Callable[[Any, Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.a, self.b, self.join = nn.Linear(8, 8), nn.Linear(8, 8), Joining(run)

    def forward(self, x: Tensor) -> Tensor:
        first = F.relu(self.a(x))
        return self.join(F.relu(self.b(first)), first)


SKIPPING = Base("two inputs", lambda: Skipping(lambda m, x, skip: m.fc(x) + skip), ROWS)


@edit(SKIPPING, "~ join.add(): receives relu#2 from outside instead of relu from outside")
def another_input(m: Any) -> nn.Module:
    return Skipping(lambda m, x, skip: m.fc(x) + x)


class Listed(nn.Module):
    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


class InARow(nn.Module):
    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


LISTED = Base("listed layers", lambda: Listed(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8)), ROWS)


@edit(LISTED, "~ layers (Sequential): called as a whole")
def in_a_row(m: Any) -> nn.Module:
    return InARow(*m.layers)
