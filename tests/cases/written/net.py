"""Networks of which a translation into another format loses what their author wrote."""

import functools

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.act = nn.Linear(8, 8), nn.GELU()

    def forward(self, x):
        return x + self.act(self.fc(x))


class Frozen(nn.Module):
    """A trunk in a context that says nothing of the architecture."""

    def __init__(self, context, **options):
        super().__init__()
        self.trunk, self.head = nn.Sequential(*(Block() for _ in range(4))), nn.Linear(8, 2)
        self.context = functools.partial(getattr(torch, context), **options)

    def forward(self, x):
        with self.context():
            x = self.trunk(x)
        return self.head(x)


class Remembered(nn.Module):
    """Blocks that are computed again in the backward pass."""

    def __init__(self, use_reentrant):
        super().__init__()
        self.blocks, self.norm, self.use_reentrant = (
            nn.ModuleList(Block() for _ in range(3)),
            nn.LayerNorm(8),
            use_reentrant,
        )

    def forward(self, x):
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=self.use_reentrant)
        return self.norm(x)


class Grid(nn.Module):
    """Without a parameter, and nothing but a constant comes of it."""

    def forward(self, x):
        place = torch.arange(x.shape[1], dtype=torch.float32)
        return (place[:, None] / 10 ** (torch.arange(x.shape[2]) / 4)).cos()


class Placed(nn.Module):
    def __init__(self):
        super().__init__()
        self.grid, self.fc = Grid(), nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(x + self.grid(x))


class Noisy(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.fc, self.kind = nn.Linear(8, 8), kind

    def forward(self, x):
        hidden = self.fc(x)
        noise = {"like": torch.randn_like, "fill": lambda h: torch.empty_like(h).uniform_(-1, 1)}
        return hidden + 0.1 * noise[self.kind](hidden)


class Gated(nn.Module):
    def __init__(self, how):
        super().__init__()
        self.fc, self.norm, self.how = nn.Linear(8, 16), nn.LayerNorm(8), how

    def forward(self, x):
        cut = {
            "chunk": lambda h: h.chunk(2, -1),
            "split": lambda h: h.split(8, -1),
            "parts": lambda h: (h[:, :8], h[:, 8:]),
        }
        value, gate = cut[self.how](self.fc(x))
        return self.norm(value) * gate.sigmoid()


class Stepped(nn.Module):
    """A state goes from step to step, and is dropped at the end."""

    def __init__(self, steps):
        super().__init__()
        self.cell, self.steps = Cell(), steps

    def forward(self, x):
        state, shown = x.new_zeros(x.shape[0], 8), []
        for _ in range(self.steps):
            spike, state = self.cell(x, state)
            shown.append(spike)
        return torch.stack(shown)


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x, state):
        state = torch.tanh(self.fc(x) + state)
        return torch.relu(state - 1), state


class Ordered(nn.Module):
    """What is returned first is made last."""

    def __init__(self):
        super().__init__()
        self.weigh, self.sum_head, self.map_head = Weigh(), nn.Linear(2, 2), nn.Linear(8, 3)

    def forward(self, x):
        total, weights = self.weigh(x)
        return self.sum_head(total), self.map_head(weights)


class Weigh(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(8))

    def forward(self, x):
        weights = (x * self.scale).softmax(-1)
        return (weights * x).sum(-1), weights


class Looked(nn.Module):
    """Two layers that look up the same places."""

    def __init__(self):
        super().__init__()
        self.near, self.far = Lookup(), Lookup()

    def forward(self, x, ids):
        return self.far(self.near(x, ids), ids)


class Lookup(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.fc = nn.Parameter(torch.ones(10, 8)), nn.Linear(8, 8)

    def forward(self, x, ids):
        return self.fc(x + self.table[ids])


class Experts(nn.Module):
    """Rows go to one of two experts."""

    def __init__(self):
        super().__init__()
        self.gate, self.experts = nn.Linear(8, 2), nn.ModuleList(nn.Linear(8, 8) for _ in range(2))

    def forward(self, x):
        chosen, result = self.gate(x).argmax(-1), torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            rows = chosen == number
            if rows.any():
                result[rows] = expert(x[rows])
        return result


class Spectral(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(5, dtype=torch.complex64))

    def forward(self, x):
        return torch.fft.irfft(torch.fft.rfft(x) * self.weight, n=8)


class Compiled(nn.Module):
    """Compiled in parts, in place and by a decorator."""

    def __init__(self):
        super().__init__()
        self.first, self.last = torch.compile(Block()), Block()
        self.last.compile()

    def forward(self, x):
        return halved(self.last(self.first(x)))


@torch.compile(dynamic=True)
def halved(x):
    return x / 2


def compiled():
    return torch.compile(Frozen("no_grad"))


class Hooked(nn.Module):
    """A function behind a layer, and layers where torch does not see them."""

    def __init__(self):
        super().__init__()
        self.fc, self.rows = nn.Linear(8, 8), [nn.Linear(8, 8), nn.ReLU()]
        self.fc.register_forward_hook(lambda module, given, result: F.softplus(result))

    def forward(self, x):
        x = self.fc(x)
        for layer in self.rows:
            x = layer(x)
        return x


class Shared(nn.Module):
    """Blocks with one activation in common."""

    def __init__(self):
        super().__init__()
        act = nn.PReLU()
        self.blocks = nn.Sequential(*(nn.Sequential(nn.Linear(8, 8), act, nn.Linear(8, 8), act) for _ in range(3)))

    def forward(self, x):
        return self.blocks(x)


@functools.lru_cache
def places(count):
    return torch.arange(count, dtype=torch.float32)


class Caching(nn.Module):
    """What one try leaves in a cache is of no use to the next."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x):
        place = places(x.shape[0])
        if self.training and float(place.sum()) > 1e9:
            x = x + 1
        return self.fc(x + place[:, None])


class Strided(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, 2, 1)

    def forward(self, x):
        return self.conv(x)


class Old(nn.Module):
    """Made by constructors that know no device."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.Tensor(8, 8))
        self.register_buffer("mask", torch.LongTensor(8).fill_(1))

    def forward(self, x):
        return (x @ self.weight) * self.mask
