"""Changes of shortcuts in convolutional networks."""

from history import changed
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

OTHERWISE = (r"\((Linear|Conv2d|LayerNorm|BatchNorm2d)", r"moved here", r": was ")


@changed("pytorch-cifar: no relu before the sum", r"[+-] relu\(\)", loads=True, inputs=IMAGES, never=OTHERWISE)
class Basic(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.bn1, self.bn2 = new, nn.BatchNorm2d(8), nn.BatchNorm2d(8)
        self.conv1, self.conv2 = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu((out if self.new else F.relu(out)) + x)


@changed(
    "pytorch-cifar: the shortcut begins at the activation",
    r"shortcut.*(receives|moved)",
    loads=True,
    inputs=IMAGES,
    never=(r"^[+-] ", r"moved here", r": was ", r"conv[12] \("),
)
class Activated(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.bn1, self.shortcut = new, nn.BatchNorm2d(8), nn.Conv2d(8, 16, 1, bias=False)
        self.conv1, self.conv2 = nn.Conv2d(8, 16, 3, padding=1), nn.Conv2d(16, 16, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.bn1(x))
        shortcut = self.shortcut(out if self.new else x)
        return self.conv2(F.relu(self.conv1(out))) + shortcut


@changed(
    "pytorch-cifar: an identity shortcut of the input",
    r"add\(\).*receives",
    loads=True,
    inputs=IMAGES,
    never=OTHERWISE,
)
class PreActivated(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.bn1, self.bn2 = new, nn.BatchNorm2d(8), nn.BatchNorm2d(8)
        self.conv1, self.conv2 = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.bn1(x))
        shortcut = x if self.new else out
        return self.conv2(F.relu(self.bn2(self.conv1(out)))) + shortcut


@changed(
    "pytorch-cifar: a shortcut without norm and activation of its own",
    r"- .*BatchNorm2d",
    r"- .*ReLU",
    loads=False,
    renames={"shortcut.2.weight": "shortcut.0.weight"},
    inputs=IMAGES,
    never=(r"moved here", r"^[+-] .*\(Conv2d", r"conv1 \("),
)
class Redundant(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        own: list[nn.Module] = [] if new else [nn.BatchNorm2d(8), nn.ReLU()]
        self.shortcut = nn.Sequential(*own, nn.Conv2d(8, 16, 1, bias=False))
        self.bn1, self.conv1 = nn.BatchNorm2d(8), nn.Conv2d(8, 16, 3, padding=1)
        self.new = new

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.bn1(x))
        return self.conv1(out) + self.shortcut(out if self.new else x)
