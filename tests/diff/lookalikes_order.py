"""Changes of order and of sharing that do count: each is told."""

import torch
from refactoring import differs
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Layers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.out, self.norm = nn.Linear(16, 16), nn.Linear(16, 16), nn.LayerNorm(16)
        self.body = nn.Sequential(nn.Linear(16, 16), nn.GELU(), nn.LayerNorm(16))
        self.gru, self.attention = nn.GRU(16, 16, batch_first=True), nn.MultiheadAttention(16, 4, batch_first=True)
        self.weight = nn.Parameter(torch.ones(16, 16))


@differs("a write before or after a read", "~ exp(): receives add instead of fc")
class Written(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        read = h.exp()
        h += 1
        return read * h

    def after(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        h += 1
        return h.exp() * h


@differs("noise drawn once or twice", "+ rand()#2: random", "~ mul()#2: no longer receives rand")
class Drawn(Layers):
    def before(self, x: Tensor) -> Tensor:
        noise = torch.rand_like(x)
        return self.fc(x) * noise + self.out(x) * noise

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x) * torch.rand_like(x) + self.out(x) * torch.rand_like(x)


@differs(
    "layers of a row in another order",
    "- body (Sequential): Linear · GELU · LayerNorm",
    "+ body.2 (LayerNorm): weight, bias 16",
    "+ body.1 (GELU)",
    "+ body.0 (Linear): 16→16",
)
class Unordered(Layers):
    def before(self, x: Tensor) -> Tensor:
        for layer in self.body:
            x = layer(x)
        return x

    def after(self, x: Tensor) -> Tensor:
        for layer in reversed(self.body):
            x = layer(x)
        return x


@differs(
    "a layer of a row left out",
    "- body.2 (LayerNorm): weight, bias 16",
    "~ the top: 0 and 1 called outside of body (Sequential)",
    "~ the top: unused parameters 3552 → 3584",
)
class Shortened(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.body(x)

    def after(self, x: Tensor) -> Tensor:
        for layer in self.body[:2]:
            x = layer(x)
        return x


@differs(
    "which of two branches is gated", "~ mul(): receives out instead of fc", "~ sigmoid(): receives fc instead of out"
)
class Gate(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) * torch.sigmoid(self.out(x))

    def after(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.fc(x)) * self.out(x)


@differs("operands of einsum", "~ matmul(): receives out instead of fc", "~ permute(): receives fc instead of out")
class Operands(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.einsum("bid,bjd->bij", self.fc(x), self.out(x))

    def after(self, x: Tensor) -> Tensor:
        return torch.einsum("bid,bjd->bij", self.out(x), self.fc(x))


@differs("a weight turned round", "~ the top: linear() → matmul()")
class Turned(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight)

    def after(self, x: Tensor) -> Tensor:
        return x @ self.weight


@differs("a first state of ones", "+ ones()")
class Started(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.gru(x, torch.zeros(1, x.size(0), 16))[0]

    def after(self, x: Tensor) -> Tensor:
        return self.gru(x, torch.ones(1, x.size(0), 16))[0]


@differs("the last state for all states", "~ gru (GRU): output 2×6×16 → 1×2×16", "~ getitem(): [:, -1] → [0]")
class Last(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.gru(x)[0][:, -1]

    def after(self, x: Tensor) -> Tensor:
        return self.gru(x)[1][0]


@differs(
    "averages of weights that are read",
    "~ attention (MultiheadAttention): average_attn_weights added False, output 2×6×6 → 2×4×6×6",
)
class Averaged(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.attention(x, x, x)[1].sum()

    def after(self, x: Tensor) -> Tensor:
        return self.attention(x, x, x, average_attn_weights=False)[1].sum()


@differs("a mean over other axes", "~ mean(): dim 0 1 → 0 2, output 16 → 6")
class Averages(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).mean(1).mean(0)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).mean(2).mean(0)


@differs("a mask assigned the other way round", "~ where(): receives out, fc instead of fc, out")
class Assigned(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.where(x > 0, self.fc(x), self.out(x))

    def after(self, x: Tensor) -> Tensor:
        return torch.where(x > 0, self.out(x), self.fc(x))


@differs("a power of two for a square", "~ the top: square() → pow()")
class Powers(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) ** 2

    def after(self, x: Tensor) -> Tensor:
        return 2 ** self.fc(x)


@differs("the largest for its place", "~ the top: amax() → amin()")
class Largest(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).max(-1)[0]

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).min(-1)[0]
