import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(x)


class ReadsValues(Plain):
    """Looks at a value while it is built: not possible on the meta device."""

    def __init__(self):
        super().__init__()
        self.rates = [float(r) for r in torch.linspace(0, 0.2, 3)]

    def forward(self, x):
        return self.fc(x) * self.rates[2]


class LooksAtWeights(Plain):
    """Looks at a weight in forward: not possible without one."""

    def forward(self, x):
        return self.fc(x) if float(self.fc.weight.detach().abs().sum()) >= 0 else x


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.LazyLinear(3)

    def forward(self, x):
        return self.fc(x)


class TensorAttribute(Plain):
    """A tensor that is neither parameter nor buffer."""

    def __init__(self):
        super().__init__()
        self.shift = torch.zeros(3)

    def forward(self, x):
        return self.fc(x) + self.shift


class Outer:
    class Inner(Plain):
        pass


ready = Plain()


def inputs():
    return {"x": torch.zeros(2, 4)}
