"""The same parts of tensors, taken and put together in other words."""

import torch
from refactoring import ROWS, rewritten
from refactoring_layers import Layers
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


@rewritten("an index, select and narrow")
class Picked(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        return h[:, 0] + h[:, 1:4].sum(1) + h[..., :8].mean()

    def after(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        return h.select(1, 0) + h.narrow(1, 1, 3).sum(1) + h[:, :, 0:8].mean()

    def after_colons(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        return h[:, 0, :] + h[:, 1:4:1, ...].sum(1) + torch.narrow(h, -1, 0, 8).mean()


@rewritten("index_select and a tensor as an index")
class Selected(Layers):
    def before(self, x: Tensor) -> Tensor:
        places = torch.arange(0, 6, 2)
        return self.fc(x)[:, places]

    def after(self, x: Tensor) -> Tensor:
        places = torch.arange(0, 6, step=2, device=x.device)
        return torch.index_select(self.fc(x), 1, places)

    def after_colons(self, x: Tensor) -> Tensor:
        return self.fc(x)[:, torch.arange(0, 6, 2), :]


@rewritten("chunk and split into equal parts")
class Equal(Layers):
    def before(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        return q * k + v

    def after(self, x: Tensor) -> Tensor:
        q, k, v = torch.split(self.qkv(x), 16, dim=2)
        return q * k + v

    def after_sizes(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).split([16, 16, 16], dim=-1)
        return q * k + v

    def after_tensor_split(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).tensor_split(3, dim=-1)
        return q * k + v


@rewritten("slices that make up an axis are its halves")
class Rotated(Layers):
    def before(self, x: Tensor) -> Tensor:
        first, second = self.fc(x).chunk(2, dim=-1)
        return torch.cat((-second, first), dim=-1)

    def after(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        half = h.shape[-1] // 2
        return torch.cat((-h[..., half:], h[..., :half]), dim=-1)

    def after_narrow(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        return torch.cat((-h.narrow(2, 8, 8), h.narrow(2, 0, 8)), dim=2)


@rewritten("parts of other sizes")
class Parts(Layers):
    def before(self, x: Tensor) -> Tensor:
        gate, value = self.fc(x).split([4, 12], dim=-1)
        return torch.cat([value, gate.sigmoid()], dim=-1)

    def after(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        return torch.cat([h[:, :, 4:], h[:, :, :4].sigmoid()], dim=-1)


@rewritten("unbind, indices one by one, and a loop over the tensor")
class Unbound(Layers):
    def before(self, x: Tensor) -> Tensor:
        qkv = self.qkv(x).reshape(2, 6, 3, 2, 8).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        return q @ k.mT @ v

    def after(self, x: Tensor) -> Tensor:
        qkv = self.qkv(x).reshape(2, 6, 3, 2, 8).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        return q @ k.mT @ v

    def after_unpacked(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).reshape(2, 6, 3, 2, 8).permute(2, 0, 3, 1, 4)
        return q @ k.mT @ v


@rewritten("steps of a sequence in a loop, a list, map")
class Steps(Layers):
    def before(self, x: Tensor) -> Tensor:
        steps = []
        for place in range(x.size(1)):
            steps.append(torch.tanh(self.fc(x[:, place])))
        return torch.stack(steps, dim=1)

    def after(self, x: Tensor) -> Tensor:
        return torch.stack([self.fc(step).tanh() for step in x.unbind(1)], dim=1)

    def after_map(self, x: Tensor) -> Tensor:
        return torch.stack(list(map(torch.tanh, map(self.fc, torch.unbind(x, dim=1)))), 1)


@rewritten("cat under its names, and stack")
class Joined(Layers):
    def before(self, x: Tensor) -> Tensor:
        both = torch.cat([x, self.fc(x)], dim=1)
        return torch.stack([both, both * 2], dim=1)

    def after(self, x: Tensor) -> Tensor:
        both = torch.concat((x, self.fc(x)), dim=-2)
        return torch.cat([both.unsqueeze(1), (both * 2)[:, None]], dim=1)

    def after_hstack(self, x: Tensor) -> Tensor:
        both = torch.hstack([x, self.fc(x)])
        return torch.stack((both, both * 2), -3)


@rewritten("expand, repeat, broadcast_to")
class Expanded(Layers):
    def before(self, x: Tensor) -> Tensor:
        token = self.token.view(1, 1, 16).expand(x.size(0), -1, -1)
        return torch.cat([token, x], dim=1)

    def after(self, x: Tensor) -> Tensor:
        return torch.cat([self.token[None, None].repeat(x.shape[0], 1, 1), x], dim=1)

    def after_broadcast(self, x: Tensor) -> Tensor:
        return torch.cat([torch.broadcast_to(self.token, (2, 1, 16)), x], dim=1)


@rewritten("broadcasts written out")
class Positions(Layers):
    def before(self, x: Tensor) -> Tensor:
        return (x + self.table) * x.mean(1, keepdim=True)

    def after(self, x: Tensor) -> Tensor:
        return (x + self.table.unsqueeze(0)) * x.mean(1, keepdim=True).expand_as(x)

    def after_none(self, x: Tensor) -> Tensor:
        return (x + self.table[None].expand(2, -1, -1)) * x.mean(1, keepdim=True).repeat(1, 6, 1)


@rewritten("flips and rolls", inputs=ROWS)
class Rolled(Layers):
    def before(self, x: Tensor) -> Tensor:
        return x.flip(-1) + self.fc(x).roll(1, 1) + F.pad(x, (0, 0)) + x.roll(0, 1)

    def after(self, x: Tensor) -> Tensor:
        return torch.flip(x, dims=(1,)) + torch.roll(self.fc(x), shifts=(1,), dims=(-1,)) + x + x
