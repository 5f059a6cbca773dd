"""Changes that look like refactorings: each is told."""

from collections.abc import Callable

import torch
from refactoring import differs, unlike
from torch import Tensor, nn


class Layers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.out, self.norm = nn.Linear(16, 16), nn.Linear(16, 16), nn.LayerNorm(16)
        self.weight, self.grouped = nn.Parameter(torch.ones(8, 8, 3, 3)), nn.Parameter(torch.ones(8, 4, 3, 3))


@differs("operands of a difference", "~ sub(): receives out, fc instead of fc, out")
class Difference(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) - self.out(x)

    def after(self, x: Tensor) -> Tensor:
        return self.out(x) - self.fc(x)


@differs("operands of a quotient", "~ div(): receives out, fc instead of fc, out")
class Quotient(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) / self.out(x)

    def after(self, x: Tensor) -> Tensor:
        return torch.div(self.out(x), self.fc(x))


@differs(
    "operands of a product of matrices",
    "~ matmul(): receives fc instead of out",
    "~ permute(): receives out instead of fc",
)
class Product(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).mT @ self.out(x)

    def after(self, x: Tensor) -> Tensor:
        return self.out(x).mT @ self.fc(x)


@differs("order of what is joined", "~ cat(): receives out, fc instead of fc, out")
class Joined(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.cat([self.fc(x), self.out(x)], dim=-1)

    def after(self, x: Tensor) -> Tensor:
        return torch.cat([self.out(x), self.fc(x)], dim=-1)


@differs(
    "halves the other way round",
    "~ sigmoid(): receives chunk [0] instead of chunk [1]",
    "~ mul(): receives chunk [1] instead of chunk [0]",
)
class Gated(Layers):
    def before(self, x: Tensor) -> Tensor:
        value, gate = self.fc(x).chunk(2, dim=-1)
        return value * gate.sigmoid()

    def after(self, x: Tensor) -> Tensor:
        gate, value = self.fc(x).chunk(2, dim=-1)
        return value * gate.sigmoid()


@differs("halves, or every other one", "~ the top: chunk() → getitem()", "+ getitem()#2: [..., ::2], of fc")
class Interleaved(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        return torch.cat([-h[..., 8:], h[..., :8]], -1)

    def after(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        return torch.cat([-h[..., 1::2], h[..., ::2]], -1)


@differs("a power for a root", "~ the top: sqrt() → rsqrt()")
class Power(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) ** 0.5

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x) ** -0.5


@differs("eps inside and outside of a root", "~ add(): moved behind sqrt()")
class Eps(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x / torch.sqrt(x.var(-1, keepdim=True) + 1e-5)

    def after(self, x: Tensor) -> Tensor:
        return x / (torch.sqrt(x.var(-1, keepdim=True)) + 1e-5)


@differs("half as a factor and as a divisor of other sizes", "~ mul(): × 0.25 → 0.353553")
class Half(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) * 16**-0.5

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x) * 8**-0.5


@differs("the norm of a sum, a sum of norms", "~ norm (LayerNorm): moved behind add()")
class PreNorm(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x + self.fc(self.norm(x))

    def after(self, x: Tensor) -> Tensor:
        return self.norm(x + self.fc(x))


@differs("where a residual begins", "~ add(): receives norm instead of x")
class Skipped(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x + self.fc(self.norm(x))

    def after(self, x: Tensor) -> Tensor:
        x = self.norm(x)
        return x + self.fc(x)


@differs("a layer called twice", "+ fc (Linear): called once more")
class Twice(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(self.fc(x))


@differs("noise of another kind", "~ the top: rand() → randn()")
class Noise(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) + torch.rand_like(x)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x) + torch.randn_like(x)


def hooked(hook: Callable[..., Tensor]) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        model = nn.Sequential(nn.Linear(16, 16), nn.ReLU())
        model[0].register_forward_hook(hook)
        return model

    return make


unlike(
    "a hook that does something else",
    hooked(lambda module, given, made: made * 2),
    hooked(lambda module, given, made: made + 2),
    "~ the top: mul() → add()",
)


class Angles(nn.Module):
    def __init__(self, turns: Tensor) -> None:
        super().__init__()
        self.register_buffer("turns", turns)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.turns


unlike(
    "the base of angles",
    lambda: Angles(1 / 10_000 ** (torch.arange(0, 32, 2) / 32)),
    lambda: Angles(1 / 500_000 ** (torch.arange(0, 32, 2) / 32)),
    "~ the top: buffer turns 1 / (10000 ** (arange(0, 32, 2) / 32)) → 1 / (500000 ** (arange(0, 32, 2) / 32))",
)
unlike(
    "rows and columns of a table",
    lambda: Angles((torch.arange(6)[:, None] - torch.arange(16)[None]).float()),
    lambda: Angles((torch.arange(16)[None] - torch.arange(6)[:, None]).float()),
    "~ the top: buffer turns arange(6)[:, None] - arange(16)[None] → arange(16)[None] - arange(6)[:, None]",
)
unlike(
    "numbers of a buffer",
    lambda: Angles(torch.tensor([0.5, 1, 2, 4] * 4)),
    lambda: Angles(torch.tensor([0.5, 1, 2, 8] * 4)),
    "~ the top: buffer turns …[0.5, 1, 2, 4, 0.5, 1, 2, 4, 0.5, 1, 2, 4, 0.5, 1, 2, 4]) → …[0.5, 1, 2, 8, 0.5, 1, 2, 8, 0.5, 1, 2, 8, 0.5, 1, 2, 8])",
)
