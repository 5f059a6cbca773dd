"""The same sums, norms and activations, written otherwise."""

import torch
from refactoring import ROWS, TOKENS, rewritten
from refactoring_layers import Layers
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


@rewritten("largest along an axis, and where")
class Pooled(Layers):
    def before(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x.amax(dim=1), self.fc(x).argmax(dim=-1)

    def after(self, x: Tensor) -> tuple[Tensor, Tensor]:
        largest, _ = x.max(dim=1)
        return largest, torch.max(self.fc(x), -1)[1]

    def after_fields(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return torch.max(x, 1).values, self.fc(x).max(2).indices


@rewritten("whole division and remainders")
class Tiles(Layers):
    def before(self, x: Tensor) -> Tensor:
        place = torch.arange(16, device=x.device)
        return self.fc(x) + place // 4 + place % 4

    def after(self, x: Tensor) -> Tensor:
        place = torch.arange(0, 16, 1)
        return self.fc(x) + torch.div(place, 4, rounding_mode="floor") + torch.remainder(place, 4)


@rewritten("norms under several names")
class Unit(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x / (self.fc(x).norm(dim=-1, keepdim=True) + 1e-8)

    def after(self, x: Tensor) -> Tensor:
        return x / (torch.linalg.vector_norm(self.fc(x), ord=2, dim=-1, keepdim=True) + 1e-8)

    def after_linalg(self, x: Tensor) -> Tensor:
        return x / (torch.linalg.norm(self.fc(x), dim=2, keepdim=True) + 1e-8)

    def after_power(self, x: Tensor) -> Tensor:
        return x / (torch.norm(self.fc(x), p=2, dim=-1).unsqueeze(-1) + 1e-8)


@rewritten("variances by word and by number")
class Whitened(Layers):
    def before(self, x: Tensor) -> Tensor:
        return (x - x.mean(0)) / (x.var(0, unbiased=False) + 1e-5).sqrt() + x.std(0)

    def after(self, x: Tensor) -> Tensor:
        var = torch.var(x, dim=0, correction=0)
        return (x - torch.mean(x, 0)) / torch.sqrt(var + 1e-5) + torch.std(x, dim=0, unbiased=True)


@rewritten("axes of a mean one by one", inputs=TOKENS)
class Global(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).mean((1, 2))

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).mean(2).mean(1)

    def after_order(self, x: Tensor) -> Tensor:
        return torch.mean(self.fc(x), dim=[-1, 1])


@rewritten("activations as functions, methods, special functions", inputs=ROWS)
class Activations(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.fc(x)) * torch.tanh(x) + F.softmax(x, dim=-1) + F.log_softmax(x, dim=1)

    def after(self, x: Tensor) -> Tensor:
        gates = self.fc(x).sigmoid() * x.tanh()
        return gates + torch.special.softmax(x, 1) + torch.special.log_softmax(x, -1)

    def after_old(self, x: Tensor) -> Tensor:
        return F.sigmoid(self.fc(x)) * F.tanh(x) + x.softmax(-1) + x.log_softmax(dim=-1)


@rewritten("defaults written out")
class WrittenOut(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = F.gelu(self.fc(x)) + F.leaky_relu(x) + F.elu(x) + F.softplus(x)
        return F.layer_norm(h, (16,)) + F.normalize(x, dim=-1) + F.glu(torch.cat([x, x], -1))

    def after(self, x: Tensor) -> Tensor:
        h = F.gelu(self.fc(x), approximate="none") + F.leaky_relu(x, 0.01) + F.elu(x, alpha=1.0, inplace=False)
        h = h + F.softplus(x, beta=1, threshold=20)
        h = F.layer_norm(h, normalized_shape=[16], weight=None, bias=None, eps=1e-5)
        return h + F.normalize(x, p=2.0, dim=2, eps=1e-12) + F.glu(torch.cat([x, x], dim=2), dim=-1)


@rewritten("keywords, and NumPy's words")
class Keywords(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.cat([x.sum(1, True), x.mean(1, True)], 1) + torch.stack((x[:, 0], x[:, 1]), 1)

    def after(self, x: Tensor) -> Tensor:
        both = torch.concatenate([x.sum(axis=1, keepdims=True), torch.mean(input=x, dim=1, keepdim=True)], axis=1)
        return both + torch.stack(tensors=(x[:, 0], x[:, 1]), dim=-2)
