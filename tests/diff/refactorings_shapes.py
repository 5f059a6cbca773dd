"""The same numbers brought into the same shape and order, and taken apart, in other words."""

import torch
from mutation import positional, tensor
from refactoring import IMAGES, rewritten
from refactoring_layers import Layers
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


@rewritten("view, reshape, flatten, unflatten")
class Heads(Layers):
    def before(self, x: Tensor) -> Tensor:
        heads = self.fc(x).view(2, 6, 4, 4)
        return heads.reshape(2, 6, 16).view(-1)

    def after(self, x: Tensor) -> Tensor:
        heads = self.fc(x).unflatten(-1, (4, 4))
        return heads.flatten(2).ravel()

    def after_sizes(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        heads = self.fc(x).reshape(batch, length, 4, width // 4)
        return torch.flatten(heads, start_dim=2).reshape(batch * length * width)


@rewritten("sizes asked for in other ways")
class Sizes(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).view(x.size(0), -1) + torch.zeros(x.size(0), 96)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).view(x.shape[0], x.shape[1] * x.shape[-1]) + torch.zeros((len(x), 96))

    def after_unpacked(self, x: Tensor) -> Tensor:
        batch, *others = x.shape
        return self.fc(x).reshape((batch, torch.Size(others).numel())) + x.new_zeros(batch, 96)


FREE = positional(tensor("batch", "length", 16))


@rewritten("sizes of free dimensions", inputs=FREE, dims={"batch": 2, "length": 6})
class FreeSizes(Layers):
    def before(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).view(x.size(0), x.size(1), 3, 16).unbind(2)
        return (q * k + v).view(x.size(0), -1)

    def after(self, x: Tensor) -> Tensor:
        batch, length, _ = x.shape
        qkv = self.qkv(x).reshape(batch, length, 3, -1)
        return (qkv[:, :, 0] * qkv[:, :, 1] + qkv[:, :, 2]).flatten(1)


@rewritten("permute, transpose, swapaxes, movedim, mT", inputs=IMAGES)
class Axes(Layers):
    def before(self, x: Tensor) -> Tensor:
        rows = self.conv(x).flatten(2).transpose(1, 2)
        return rows @ rows.transpose(-2, -1)

    def after(self, x: Tensor) -> Tensor:
        rows = self.conv(x).flatten(2).permute(0, 2, 1)
        return rows @ rows.mT

    def after_numpy(self, x: Tensor) -> Tensor:
        rows = torch.movedim(self.conv(x).flatten(2), 1, 2)
        return rows @ torch.swapaxes(rows, 1, 2)


@rewritten("a matrix turned by T and t()")
class Turned(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x @ self.qkv.weight.T

    def after(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.qkv.weight.t())

    def after_axes(self, x: Tensor) -> Tensor:
        return x.matmul(self.qkv.weight.transpose(0, 1))


@rewritten("there and back")
class Back(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x)

    def after(self, x: Tensor) -> Tensor:
        h = x.transpose(1, 2).contiguous()
        return self.fc(h.permute(0, 2, 1))

    def after_shapes(self, x: Tensor) -> Tensor:
        return self.fc(x.reshape(12, 16).view(2, 6, 16).unsqueeze(1).squeeze(1))


@rewritten("two changes of shape in a row", inputs=IMAGES)
class TwoShapes(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(self.conv(x), 1).flatten(1)

    def after(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(self.conv(x), (1, 1)).squeeze(-1).squeeze(-1)

    def after_view(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(self.conv(x), [1, 1]).view(x.size(0), 8, -1).view(x.size(0), -1)


@rewritten("unsqueeze and None")
class Added(Layers):
    def before(self, x: Tensor) -> Tensor:
        scores = self.fc(x).mean(-1)
        return x * scores.unsqueeze(-1) + self.fc(x)[:, None].sum(1)

    def after(self, x: Tensor) -> Tensor:
        scores = self.fc(x).mean(-1)
        return x * scores[..., None] + self.fc(x).unsqueeze(1).sum(1)

    def after_view(self, x: Tensor) -> Tensor:
        scores = self.fc(x).mean(-1)
        return x * scores.view(2, 6, 1) + self.fc(x).reshape(2, 1, 6, 16).sum(dim=1)


@rewritten("several axes put in")
class AddedTwice(Layers):
    def before(self, x: Tensor) -> Tensor:
        mask = self.fc(x)[:, 0] > 0
        return mask[:, None, None, :].float().sum()

    def after(self, x: Tensor) -> Tensor:
        mask = self.fc(x)[:, 0] > 0
        return mask.unsqueeze(1).unsqueeze(2).to(torch.float32).sum()

    def after_view(self, x: Tensor) -> Tensor:
        mask = self.fc(x).select(1, 0) > 0
        return mask.view(x.size(0), 1, 1, -1).float().sum()
