from torch import nn


class Pair(nn.Module):
    """One module, called twice in a row."""

    def __init__(self):
        super().__init__()
        self.left = nn.Linear(8, 8)

    def forward(self, x, y):
        return self.left(x) + self.left(y)


class Chain(nn.Module):
    """The same two layers, four times."""

    def __init__(self):
        super().__init__()
        self.step = nn.Sequential(nn.Linear(8, 8), nn.Tanh())

    def forward(self, x):
        for _ in range(4):
            x = self.step(x)
        return x


class Inner(nn.Module):
    """A call inside each of two calls."""

    def __init__(self):
        super().__init__()
        self.twice = Twice()

    def forward(self, x):
        return self.twice(self.twice(x))


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x):
        return self.fc(self.fc(x).relu())
