from torch import nn


class Net(nn.Module):
    """Modules named like keywords, with blanks, quotes, markup and letters of other scripts."""

    def __init__(self):
        super().__init__()
        names = ["class", "in", "a b", '"<b>&', "слой", "x" * 200, "n/m: k"]
        self.heads = nn.ModuleDict({name: nn.Linear(4, 4) for name in names})

    def forward(self, x):
        return {name: head(x) for name, head in self.heads.items()}
