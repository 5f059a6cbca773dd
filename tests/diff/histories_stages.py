"""Changes of the stages of convolutional networks."""

import torch
from history import changed, history
from mutation import positional, tensor
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils.parametrizations import weight_norm

PICTURES = positional(tensor(1, 3, 32, 32))


def pool(kernel: int) -> nn.Module:
    return nn.MaxPool2d(3, stride=2, padding=1) if kernel == 7 else nn.Identity()


@changed(
    "ConvNeXt: patches for a stem",
    r"kernel 7 → 4",
    r"stride 2 → 4",
    r"maxpool.*(MaxPool2d → Identity|MaxPool2d\))",
    loads=False,
    inputs=PICTURES,
    never=(r"moved", r": was ", r"layer1"),
)
class Stem(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 4, stride=4) if new else nn.Conv2d(3, 8, 7, stride=2, padding=3)
        self.maxpool, self.layer1 = pool(4 if new else 7), nn.Conv2d(8, 8, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer1(self.maxpool(F.relu(self.conv1(x))))


class Permuted(nn.Module):
    """A block of a depthwise convolution and two products over channels."""

    def __init__(self, linear: bool = True, gamma: bool = False, response: bool = False) -> None:
        super().__init__()
        self.linear, self.dwconv = linear, nn.Conv2d(8, 8, 7, padding=3, groups=8)
        product = nn.Linear if linear else lambda start, end: nn.Conv2d(start, end, 1)
        self.pwconv1, self.pwconv2 = product(8, 32), product(32, 8)
        self.gamma = nn.Parameter(torch.full((8,), 1e-6)) if gamma else None
        self.grn = Response() if response else None

    def forward(self, x: Tensor) -> Tensor:
        out = self.dwconv(x)
        out = F.gelu(self.pwconv1(out.permute(0, 2, 3, 1) if self.linear else out))
        out = self.pwconv2(self.grn(out) if self.grn else out)
        out = out if self.gamma is None else out * self.gamma
        return x + (out.permute(0, 3, 1, 2) if self.linear else out)


class Response(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.zeros(32)), nn.Parameter(torch.zeros(32))

    def forward(self, x: Tensor) -> Tensor:
        norm = x.norm(dim=(1, 2), keepdim=True)
        return self.gamma * (x * norm / (norm.mean(-1, keepdim=True) + 1e-6)) + self.beta + x


def stage(**options: bool) -> nn.Module:
    return nn.Sequential(*(Permuted(**options) for _ in range(2)))


history(
    "timm: convolutions for the products over channels",
    lambda: stage(),
    lambda: stage(linear=False),
    r"pwconv.*Linear → Conv2d",
    loads=False,
    inputs=IMAGES,
    never=(r"moved here", r": was ", r"dwconv \("),
)
history(
    "ConvNeXt: layer scale",
    lambda: stage(),
    lambda: stage(gamma=True),
    r"gamma",
    loads=False,
    inputs=IMAGES,
    never=(r"moved here", r": was ", r"conv\d? \("),
)
history(
    "ConvNeXt-V2: response norm for layer scale",
    lambda: stage(gamma=True),
    lambda: stage(response=True),
    r"\+ .*grn \(Response ×2",
    r"- .*mul.*(gamma|×2)|gamma",
    loads=False,
    inputs=IMAGES,
    never=(r"moved here", r": was ", r"conv\d? \("),
)


@changed(
    "timm: pooled before the projection of a shortcut",
    r"\+ downsample\.0 \(AvgPool2d",
    r"downsample\.1 \(Conv2d\).*stride 2 → 1",
    loads=False,
    renames={"downsample.0.weight": "downsample.1.weight", "downsample.0.bias": "downsample.1.bias"},
    inputs=IMAGES,
    never=(r"moved here", r"^[+-] .*\(Conv2d", r"conv1 \("),
)
class Shortcut(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(8, 16, 3, stride=2, padding=1)
        pooled = [nn.AvgPool2d(2), nn.Conv2d(8, 16, 1)]
        self.downsample = nn.Sequential(*(pooled if new else [nn.Conv2d(8, 16, 1, stride=2)]))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv1(x) + self.downsample(x))


history(
    "timm: dilation for stride",
    lambda: nn.Sequential(nn.Conv2d(8, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1)),
    lambda: nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=2, dilation=2)),
    r"0 \(Conv2d\): stride 2 → 1",
    r"2 \(Conv2d\): pad 1 → 2, dilation 1 → 2",
    loads=True,
    inputs=IMAGES,
    never=(r"moved", r": was ", r"^[+-] "),
)
history(
    "torchvision: stride in the 3×3 convolution",
    lambda: nn.Sequential(nn.Conv2d(8, 8, 1, stride=2), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1)),
    lambda: nn.Sequential(nn.Conv2d(8, 8, 1), nn.ReLU(), nn.Conv2d(8, 8, 3, stride=2, padding=1)),
    r"0 \(Conv2d\): stride 2 → 1",
    r"2 \(Conv2d\): stride 1 → 2",
    loads=True,
    inputs=IMAGES,
    never=(r"moved", r": was ", r"^[+-] "),
)


class Same(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.conv, self.fc = new, nn.Conv2d(8, 8, 3, stride=2, padding=0 if new else 1), nn.Conv2d(8, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(F.pad(x, (0, 1, 0, 1)) if self.new else x)))


history(
    "timm: padding as TensorFlow has it",
    lambda: Same(False),
    lambda: Same(True),
    r"[+-] pad\(\)",
    r"conv \(Conv2d\): pad \d → \d",
    loads=True,
    inputs=IMAGES,
    never=(r"moved here", r": was ", r"fc \("),
)
history(
    "hifi-gan: weight norm removed for inference",
    lambda: nn.Sequential(weight_norm(nn.Conv1d(6, 8, 3)), nn.ReLU(), weight_norm(nn.Conv1d(8, 6, 3))),
    lambda: nn.Sequential(nn.Conv1d(6, 8, 3), nn.ReLU(), nn.Conv1d(8, 6, 3)),
    r"[Pp]arametriz|weight.?norm|_weight_norm|original",
    loads=False,
    never=(r"moved here", r"\(ReLU"),
)


@changed(
    "ESRGAN: pixels shuffled for nearest neighbours",
    r"Upsample → PixelShuffle",
    r"Conv2d\).*out 8 → 32",
    loads=False,
    inputs=IMAGES,
    never=(r"moved here", r": was ", r"last \("),
)
class Upscaled(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.conv, self.last = nn.Conv2d(8, 32 if new else 8, 3, padding=1), nn.Conv2d(8, 3, 3, padding=1)
        self.up = nn.PixelShuffle(2) if new else nn.Upsample(scale_factor=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.leaky_relu(self.up(self.conv(x)), 0.2))


@changed(
    "pytorch-cifar: pooled to one whatever the size",
    r"avg_pool2d.*(→|->).*adaptive_avg_pool2d|adaptive.*→",
    loads=True,
    inputs=IMAGES,
    never=(r"moved here", r": was ", r"\((Conv2d|Linear)"),
)
class Pooled(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.conv, self.linear = new, nn.Conv2d(8, 8, 3, padding=1), nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x))
        x = F.adaptive_avg_pool2d(x, 1) if self.new else F.avg_pool2d(x, 12)
        return self.linear(x.flatten(1))
