"""Masks, numbers that the code makes, types, copies, and code that does nothing."""

import torch
from refactoring import IMAGES, rewritten
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Layers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.out, self.norm = nn.Linear(16, 16), nn.Linear(16, 16), nn.LayerNorm(16)
        self.weight = nn.Parameter(torch.ones(8, 4, 3, 3))


@rewritten("masks filled")
class Masked(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        return h.masked_fill(x > 0, 0.0)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).masked_fill_(x.gt(0), 0)

    def after_where(self, x: Tensor) -> Tensor:
        return torch.where(x > 0, 0.0, self.fc(x))

    def after_index(self, x: Tensor) -> Tensor:
        h = self.fc(x).clone()
        h[x > 0] = 0
        return h


@rewritten("where as a function and a method")
class Chosen(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.where(x > 0, self.fc(x), self.out(x))

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).where(x > 0, self.out(x))

    def after_keywords(self, x: Tensor) -> Tensor:
        return torch.where(condition=torch.gt(x, 0.0), input=self.fc(x), other=self.out(x))


@rewritten("truth by operators and by functions")
class Truth(Layers):
    def before(self, x: Tensor) -> Tensor:
        inside = (x > 0) & (x < 1)
        return self.fc(x).masked_fill(~inside, 0)

    def after(self, x: Tensor) -> Tensor:
        inside = torch.logical_and(x > 0, x.lt(1))
        return self.fc(x).masked_fill(inside == False, 0)  # noqa: E712

    def after_methods(self, x: Tensor) -> Tensor:
        inside = (x < 1).logical_and(x.greater(0))
        return self.fc(x).masked_fill(inside.logical_not(), 0)


@rewritten("zeros and ones in the ways there are")
class Filled(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) + torch.zeros_like(x) + torch.ones(16)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x) + x.new_zeros(x.shape) + torch.full((16,), 1.0, device=x.device)

    def after_in_place(self, x: Tensor) -> Tensor:
        return self.fc(x) + torch.empty_like(x).zero_() + torch.zeros(16, dtype=x.dtype).fill_(1)


@rewritten("a range and its type")
class Ranged(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) * torch.arange(16, dtype=torch.float32)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x) * torch.arange(0, 16, 1, device=x.device).float()

    def after_to(self, x: Tensor) -> Tensor:
        return self.fc(x) * torch.arange(end=x.size(-1)).to(x)


@rewritten("a triangle, made and cast")
class Causal(Layers):
    def before(self, x: Tensor) -> Tensor:
        mask = torch.triu(torch.ones(6, 6, dtype=torch.bool), diagonal=1)
        return (x @ x.mT).masked_fill(mask, float("-inf"))

    def after(self, x: Tensor) -> Tensor:
        mask = torch.ones(6, 6).triu(1).bool()
        return torch.masked_fill(torch.bmm(x, x.transpose(1, 2)), mask[None], -torch.inf)

    def after_new(self, x: Tensor) -> Tensor:
        mask = torch.triu(x.new_ones(x.size(1), x.size(1)), 1).to(dtype=torch.bool)
        return (x @ x.transpose(-1, -2)).masked_fill_(mask, value=float("-inf"))


@rewritten("noise in the ways there are", mode="train")
class Noise(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) + torch.randn_like(x) * torch.rand(16)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x) + torch.randn(x.shape, device=x.device) * torch.empty(16).uniform_()

    def after_normal(self, x: Tensor) -> Tensor:
        return self.fc(x) + x.new_empty(x.size()).normal_() * torch.rand((16,), dtype=x.dtype)


@rewritten("numbers in a list")
class Listed(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x) * torch.tensor([0.5] * 8 + [2.0] * 8)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x) * x.new_tensor([0.5] * 8 + [2] * 8)

    def after_old(self, x: Tensor) -> Tensor:
        return self.fc(x) * torch.Tensor([0.5] * 8 + [2] * 8).to(x.device)


@rewritten("types by their names")
class Cast(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.norm(self.fc(x).double().cumsum(1).float()) * (x > 0).float()

    def after(self, x: Tensor) -> Tensor:
        total = self.fc(x).to(torch.float64).cumsum(dim=1)
        return self.norm(total.to(x.dtype)) * (x > 0).type_as(x)


@rewritten("a type to compute in that it has anyway")
class Upcast(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.softmax(self.fc(x), dim=-1) + x.sum(1, keepdim=True)

    def after(self, x: Tensor) -> Tensor:
        scores = F.softmax(self.fc(x), dim=-1, dtype=torch.float32).to(x.dtype)
        return scores + x.float().sum(1, keepdim=True, dtype=torch.float32).type_as(x)


@rewritten("copies, layouts and devices")
class Copied(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.norm(x + self.fc(x))

    def after(self, x: Tensor) -> Tensor:
        h = self.fc(x.contiguous()).clone()
        return self.norm(x.to(x.device) + h.to(self.norm.weight.dtype).cpu())

    def after_memory(self, x: Tensor) -> Tensor:
        h = x.clone(memory_format=torch.contiguous_format)
        h += self.fc(x)
        return self.norm(h.view_as(x).expand(2, 6, 16))


@rewritten("a tensor that is overwritten as a whole")
class Overwritten(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.norm(self.fc(x) * 2)

    def after(self, x: Tensor) -> Tensor:
        h = torch.empty_like(x)
        h[:] = self.fc(x) * 2
        return self.norm(h)

    def after_copy(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.shape)
        h.copy_(self.fc(x).mul(2))
        return self.norm(h)


@rewritten("dropout that drops nothing")
class Undropped(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x)

    def after(self, x: Tensor) -> Tensor:
        return F.dropout(self.fc(x), p=0.0, training=True)

    def after_eval(self, x: Tensor) -> Tensor:
        return F.dropout(self.fc(x), 0.5, training=self.training)


@rewritten("dead code")
class Dead(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.out(self.fc(x))

    def after(self, x: Tensor) -> Tensor:
        mask = torch.tril(torch.ones(6, 6)) == 0
        h = self.fc(x)
        scores = (h @ h.mT).masked_fill(mask, float("-inf")).softmax(-1)
        assert scores.shape[-1] == 6
        return self.out(h)


@rewritten("assertions, prints, logs")
class Checked(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x)

    def after(self, x: Tensor) -> Tensor:
        batch, length, width = x.size()
        assert x.dim() == 3 and width == self.fc.in_features, f"got {tuple(x.shape)}"
        torch._assert(length <= 512, "too long")
        torch._check(batch > 0)
        if x.requires_grad and torch.is_grad_enabled():
            x.register_hook(lambda grad: grad)
        with torch.profiler.record_function("fc"):
            print(end="")
            return self.fc(x)


@rewritten("padding in words and numbers", inputs=IMAGES)
class Padded(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = F.conv2d(F.pad(x, (1, 1, 2, 2)), self.weight, padding=1, groups=2)
        return F.max_pool2d(h, 2) + F.avg_pool2d(h, 2)

    def after(self, x: Tensor) -> Tensor:
        h = F.pad(x, [1, 1, 2, 2, 0, 0], mode="constant", value=0.0)
        h = F.conv2d(h, self.weight, None, 1, "same", 1, 2)
        return F.max_pool2d(h, kernel_size=(2, 2), stride=2) + F.avg_pool2d(h, (2, 2), ceil_mode=False)


@rewritten("sizes of a resized image", inputs=IMAGES)
class Resized(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = F.interpolate(x, scale_factor=2)
        return F.interpolate(h, size=(12, 12), mode="bilinear")

    def after(self, x: Tensor) -> Tensor:
        h = F.interpolate(x, scale_factor=(2.0, 2.0), mode="nearest")
        return F.interpolate(h, size=12, mode="bilinear", align_corners=False)
