"""Kinds of edits that public histories are full of: other functions for the same, old words for new ones."""

import torch
from refactoring import IMAGES, ROWS, rewritten
from torch import Tensor, nn
from torch.autograd import Variable
from torch.nn import functional as F  # noqa: N812


class Layers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.fc = nn.Linear(16, 48), nn.Linear(16, 16)
        self.weight, self.bias = nn.Parameter(torch.ones(24, 16)), nn.Parameter(torch.zeros(24))


@rewritten("matmul for einsum")
class Attention(Layers):
    def heads(self, x: Tensor) -> tuple[Tensor, ...]:
        return self.qkv(x).view(2, 6, 3, 4, 4).permute(2, 0, 3, 1, 4).unbind(0)

    def before(self, x: Tensor) -> Tensor:
        q, k, v = self.heads(x)
        weights = torch.einsum("bhid,bhjd->bhij", q, k).softmax(dim=-1)
        return torch.einsum("b h i j, b h j d -> b h i d", weights, v)

    def after(self, x: Tensor) -> Tensor:
        q, k, v = self.heads(x)
        weights = torch.matmul(q, k.transpose(-1, -2)).softmax(dim=-1)
        return torch.matmul(weights, v)

    def after_ellipsis(self, x: Tensor) -> Tensor:
        q, k, v = self.heads(x)
        return torch.einsum("...ij,...jd->...id", F.softmax(q @ k.mT, -1), v)


@rewritten("linear for a product with a weight that is turned round")
class Projected(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x @ self.weight.T

    def after(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight)

    def after_einsum(self, x: Tensor) -> Tensor:
        return torch.einsum("bti,oi->bto", x, self.weight)


@rewritten("a bias given to linear")
class Biased(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.weight.t()) + self.bias

    def after(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)


@rewritten("where for an assignment behind a mask")
class Assigned(Layers):
    def before(self, x: Tensor) -> Tensor:
        h, mask = self.fc(x).clone(), x > 0
        h[mask] = x[mask]
        return h

    def after(self, x: Tensor) -> Tensor:
        return torch.where(x > 0, x, self.fc(x))


@rewritten("Variable and volatile")
class Wrapped(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(Variable(x)) + Variable(torch.zeros(16), requires_grad=False)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x) + torch.zeros(16, device=x.device)


@rewritten("the axis of a softmax that was not told", inputs=ROWS)
class Implicit(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.softmax(self.fc(x)) + F.log_softmax(x)

    def after(self, x: Tensor) -> Tensor:
        return F.softmax(self.fc(x), dim=1) + F.log_softmax(x, dim=-1)


@rewritten("old words of losses")
class Losses(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.mse_loss(self.fc(x), x, size_average=False) + F.l1_loss(self.fc(x), x, reduce=True)

    def after(self, x: Tensor) -> Tensor:
        return F.mse_loss(self.fc(x), x, reduction="sum") + F.l1_loss(self.fc(x), x, reduction="mean")


@rewritten("interpolate for upsample", inputs=IMAGES)
class Upsampled(nn.Module):
    def before(self, x: Tensor) -> Tensor:
        return F.upsample(x, scale_factor=2, mode="bilinear")

    def after(self, x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


@rewritten("indexing of a meshgrid told", inputs=IMAGES)
class Grid(nn.Module):
    def before(self, x: Tensor) -> Tensor:
        rows, columns = torch.meshgrid(torch.arange(12), torch.arange(12))
        return x * torch.stack([rows, columns]).float().mean(0)

    def after(self, x: Tensor) -> Tensor:
        place = torch.arange(x.size(-1), device=x.device)
        grid = torch.meshgrid([torch.arange(x.shape[2]), place], indexing="ij")
        return x * torch.stack(grid, dim=0).to(torch.float32).mean(dim=0)


@rewritten("a mask turned round by numbers")
class Additive(Layers):
    def before(self, x: Tensor) -> Tensor:
        mask = (x.mean(-1) > 0).float()
        return (torch.tensor(1.0) - mask)[:, None, :] * torch.finfo(x.dtype).min

    def after(self, x: Tensor) -> Tensor:
        mask = (x.mean(dim=2) > 0).to(dtype=x.dtype)
        return (1.0 - mask).unsqueeze(1) * torch.finfo(x.dtype).min


@rewritten("expand for repeat")
class Identities(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.eye(6)[None].repeat(x.shape[0], 1, 1) @ x

    def after(self, x: Tensor) -> Tensor:
        return torch.eye(x.size(1), device=x.device).expand(x.size(0), -1, -1) @ x


@rewritten("an attention function handed over")
class Handed(Layers):
    def before(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        weights = F.softmax(torch.matmul(q, k.transpose(1, 2)) * 0.25, dim=-1)
        return self.fc(torch.matmul(weights, v))

    def after(self, x: Tensor) -> Tensor:
        attend = {"eager": eager}["eager"]
        output, _ = attend(self, *self.qkv(x).split(16, dim=-1), scaling=16**-0.5)
        return self.fc(output.contiguous())


def eager(
    module: nn.Module, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, scaling: float = 1.0
) -> tuple[Tensor, Tensor]:
    weights = torch.matmul(q, k.transpose(-2, -1)) * scaling
    if mask is not None:
        weights = weights + mask
    weights = F.softmax(weights, dim=-1, dtype=torch.float32).to(q.dtype)
    weights = F.dropout(weights, p=0.1, training=module.training)
    return torch.matmul(weights, v), weights
