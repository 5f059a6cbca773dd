"""The same arithmetic, written otherwise."""

import math

import torch
from refactoring import rewritten
from refactoring_layers import Layers
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


@rewritten("functions and methods for operators")
class Residual(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = self.fc(x) * self.scale + self.shift
        return (x - h) / 2

    def after(self, x: Tensor) -> Tensor:
        h = torch.add(torch.mul(self.fc(x), self.scale), self.shift)
        return torch.div(torch.sub(x, h), 2)

    def after_methods(self, x: Tensor) -> Tensor:
        return x.sub(self.fc(x).mul(self.scale).add(self.shift)).true_divide(2)


@rewritten("in place or not")
class InPlace(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = F.relu(self.fc(x))
        h = h * self.scale + 1
        return F.silu(self.out(h))

    def after(self, x: Tensor) -> Tensor:
        h = F.relu_(self.fc(x))
        h *= self.scale
        h += 1
        return F.silu(self.out(h), inplace=True)

    def after_methods(self, x: Tensor) -> Tensor:
        return F.silu(self.out(self.fc(x).relu_().mul_(self.scale).add_(1)))


@rewritten("the order of summands and factors")
class Commuted(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x + self.out(self.scale * F.relu(self.fc(x)))

    def after(self, x: Tensor) -> Tensor:
        return self.out(F.relu(self.fc(x)) * self.scale) + x


@rewritten("numbers left and right")
class NumbersBeside(Layers):
    def before(self, x: Tensor) -> Tensor:
        return (2 * self.fc(x) + 1).masked_fill(x >= 0, 0)

    def after(self, x: Tensor) -> Tensor:
        return (1.0 + self.fc(x) * 2.0).masked_fill(x >= 0.0, 0.0)


@rewritten("powers and roots")
class Normed(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x**2 + (x.abs() + 1) ** 0.5 + 1 / (x.abs() + 2)

    def after(self, x: Tensor) -> Tensor:
        return torch.square(x) + torch.sqrt(x.abs() + 1) + torch.reciprocal(x.abs() + 2)

    def after_pow(self, x: Tensor) -> Tensor:
        return x * x + torch.pow(torch.abs(x) + 1, 1 / 2) + (abs(x) + 2).pow(-1)


@rewritten("one over a root")
class RMSNorm(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.scale * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))

    def after(self, x: Tensor) -> Tensor:
        mean = torch.mean(x * x, dim=2, keepdim=True)
        return (1.0 / torch.sqrt(mean + 1e-6) * x) * self.scale

    def after_power(self, x: Tensor) -> Tensor:
        return self.scale * (x * (x.square().mean(dim=-1, keepdim=True) + 1e-6) ** -0.5)


@rewritten("a kept axis or one put back")
class Centred(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x - x.mean(dim=-1, keepdim=True)

    def after(self, x: Tensor) -> Tensor:
        return x - x.mean(-1).unsqueeze(-1)

    def after_none(self, x: Tensor) -> Tensor:
        return x - torch.mean(x, 2)[:, :, None]


@rewritten("constants computed beforehand")
class Scaled(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) * 48**-0.5 / math.sqrt(2)

    def after(self, x: Tensor) -> Tensor:
        scale, root = 1 / math.sqrt(48), 1.4142135623730951
        return self.fc(x) * scale / root


@rewritten("numbers as tensors of the code's own")
class Temperature(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.where(x > 0, self.fc(x) / 0.07, -1.0)

    def after(self, x: Tensor) -> Tensor:
        temperature = torch.tensor(0.07, device=x.device)
        return torch.where(x > 0, self.fc(x) / temperature, torch.full((), -1.0))


@rewritten("a sum begun with zero")
class Branches(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) + self.out(x)

    def after(self, x: Tensor) -> Tensor:
        return sum(branch(x) for branch in (self.fc, self.out))

    def after_loop(self, x: Tensor) -> Tensor:
        total = 0
        for branch in (self.fc, self.out):
            total = total + branch(x)
        return total


@rewritten("factors of one and summands of nothing")
class Neutral(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x + self.fc(x)

    def after(self, x: Tensor) -> Tensor:
        residual_scale, bias = 1.0, 0
        return x + residual_scale * self.fc(x / 1) + bias


@rewritten("signs")
class Negated(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.exp(-self.fc(x))

    def after(self, x: Tensor) -> Tensor:
        return (-1 * self.fc(x)).exp()

    def after_difference(self, x: Tensor) -> Tensor:
        return torch.exp(0 - self.fc(x))


@rewritten("limits by clamp and clip")
class Limited(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).clamp(0, 1) + x.clamp(min=1e-6) + x.clamp(max=5)

    def after(self, x: Tensor) -> Tensor:
        return torch.clip(self.fc(x), min=0.0, max=1.0) + torch.clamp_min(x, 1e-6) + x.clip(None, 5)


@rewritten("the larger of two")
class Larger(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.maximum(self.fc(x), x) + torch.minimum(self.out(x), x)

    def after(self, x: Tensor) -> Tensor:
        return torch.max(x, self.fc(x)) + x.min(self.out(x))
