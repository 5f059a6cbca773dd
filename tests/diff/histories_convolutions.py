"""Changes of convolutions, of what scales images up and down, and of activations between them."""

import torch
from history import changed, history
from mutation import positional, tensor
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

CHAIN = {"inputs": IMAGES, "never": (r"moved", r": was ")}


def double(start: int, end: int, bias: bool) -> nn.Module:
    layers: list[nn.Module] = []
    for size in (start, end):
        layers += [nn.Conv2d(size, end, 3, padding=1, bias=bias), nn.BatchNorm2d(end), nn.ReLU()]
    return nn.Sequential(*layers)


history(
    "Pytorch-UNet: no biases before batch norms",
    lambda: nn.Sequential(double(8, 16, True), nn.MaxPool2d(2), double(16, 32, True)),
    lambda: nn.Sequential(double(8, 16, False), nn.MaxPool2d(2), double(16, 32, False)),
    r"Conv2d ×4\): bias (removed|added)",
    loads=False,
    inputs=IMAGES,
    never=(r"\bmoved", r": was ", r"\(BatchNorm", r"\(ReLU"),
)


class Up(nn.Module):
    def __init__(self, up: nn.Module, inner: int) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(8, 16, 3, stride=2, padding=1), up
        self.conv = nn.Conv2d(inner, 8, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(torch.cat([x, self.up(self.down(x))], 1))


history(
    "Pytorch-UNet: bilinear for transposed convolutions",
    lambda: Up(nn.ConvTranspose2d(16, 8, 2, stride=2), 16),
    lambda: Up(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), 24),
    r"up \(Upsample\): ConvTranspose2d → Upsample",
    r"conv \(Conv2d\): in 16 → 24",
    loads=False,
    inputs=IMAGES,
    never=(r"moved", r": was ", r"down \("),
)
history(
    "Pytorch-UNet: transposed convolution of all channels",
    lambda: Up(nn.ConvTranspose2d(16, 16, 2, stride=2), 24),
    lambda: Up(nn.ConvTranspose2d(16, 8, 2, stride=2), 16),
    r"up \(ConvTranspose2d\): out 16 → 8",
    r"conv \(Conv2d\): in 24 → 16",
    loads=False,
    inputs=IMAGES,
    never=(r"moved", r": was ", r"down \("),
)


@changed(
    "Pytorch-UNet: what is scaled up is padded, not the skip",
    r"pad\(\)",
    r"-1.* → |8×8 → .*9×9",
    loads=True,
    inputs=positional(tensor(2, 8, 9, 9)),
    never=(r"moved here", r": was ", r"^[+-] .*\((Conv2d|ConvTranspose2d)"),
)
class Padded(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.down, self.conv = new, nn.MaxPool2d(2), nn.Conv2d(16, 8, 3, padding=1)
        self.up = nn.ConvTranspose2d(8, 8, 2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        y = self.up(self.down(x))
        rest = x.shape[-1] - y.shape[-1]
        if self.new:
            y = F.pad(y, (rest // 2, rest - rest // 2, rest // 2, rest - rest // 2))
        else:
            x = F.pad(x, (0, -rest, 0, -rest))
        return self.conv(torch.cat([x, y], 1))


class Shuffle(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.unflatten(1, (2, -1)).transpose(1, 2).flatten(1, 2)


@changed("pytorch-cifar: channels shuffled", r"\+ shuffle1 \(Shuffle", loads=True, **CHAIN)
class Shuffled(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(8, 8, 1, groups=2), nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.shuffle1 = Shuffle() if new else None

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x))
        return self.conv2(self.shuffle1(x) if self.shuffle1 else x)


@changed(
    "pytorch-cifar: a last convolution, and a stem without stride",
    r"conv1 \(Conv2d\): stride 2 → 1",
    r"\+ .*conv2",
    r"\+ .*bn2",
    r"avg_pool2d\(\).*kernel 2 → 4|kernel.*2 → 4",
    r"linear \(Linear\): in 96 → 32|linear.*in \d+ → \d+",
    loads=False,
    inputs=positional(tensor(2, 3, 8, 8)),
    never=(r"moved here", r": was "),
)
class ShuffleNet(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 24, 3, stride=1 if new else 2, padding=1, bias=False)
        self.bn1, self.new = nn.BatchNorm2d(24), new
        if new:
            self.conv2, self.bn2 = nn.Conv2d(24, 32, 1, bias=False), nn.BatchNorm2d(32)
        self.linear = nn.Linear(128 if new else 96, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        if self.new:
            x = F.relu(self.bn2(self.conv2(x)))
        return self.linear(F.avg_pool2d(x, 4 if self.new else 2).flatten(1))


class Excitation(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.se1, self.se2 = nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.se2(F.relu(self.se1(F.adaptive_avg_pool2d(x, 1)))).sigmoid()


class Inverted(nn.Module):
    def __init__(self, kernel: int = 3, swish: bool = False, excited: bool = False) -> None:
        super().__init__()
        self.conv1, self.swish = nn.Conv2d(8, 8, 1), swish
        self.conv2 = nn.Conv2d(8, 8, kernel, padding=kernel // 2, groups=8)
        self.se, self.conv3 = Excitation() if excited else None, nn.Conv2d(8, 8, 1)

    def act(self, x: Tensor) -> Tensor:
        return x * x.sigmoid() if self.swish else F.relu(x)

    def forward(self, x: Tensor) -> Tensor:
        out = self.act(self.conv2(self.act(self.conv1(x))))
        return x + self.conv3(self.se(out) if self.se else out)


def inverted(**options: object) -> nn.Module:
    return nn.Sequential(*(Inverted(**options) for _ in range(2)))  # type: ignore[arg-type]


history(
    "pytorch-cifar: squeeze and excitation",
    lambda: inverted(),
    lambda: inverted(excited=True),
    r"[+-] .*se \(Excitation ×2",
    loads=False,
    inputs=IMAGES,
    never=(r"moved here", r": was ", r"conv[123] \("),
)
history(
    "pytorch-cifar: swish for relu, wider kernels",
    lambda: inverted(),
    lambda: inverted(kernel=5, swish=True),
    r"kernel 3 → 5",
    r"relu.*(→|->).*(sigmoid|silu)|(sigmoid|silu).*\+|\+.*(sigmoid|silu)",
    loads=False,
    inputs=IMAGES,
    never=(r"moved here", r": was ", r"conv[13] \("),
)
history(
    "vit-pytorch: hardswish for gelu",
    lambda: nn.Sequential(nn.Conv2d(8, 16, 1), nn.GELU(), nn.Dropout(0.1), nn.Conv2d(16, 8, 1)),
    lambda: nn.Sequential(nn.Conv2d(8, 16, 1), nn.Hardswish(), nn.Dropout(0.1), nn.Conv2d(16, 8, 1)),
    r"GELU → Hardswish",
    loads=True,
    inputs=IMAGES,
    never=(r"moved", r": was ", r"\(Conv2d", r"\(Dropout"),
)


@changed(
    "vit-pytorch: channels grow in the depthwise convolution",
    r"0 \(Conv2d\): out 8 → 16",
    r"1 \(Conv2d\): in 8 → 16",
    loads=False,
    **CHAIN,
)
class Depthwise(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        middle = 16 if new else 8
        self.net = nn.Sequential(nn.Conv2d(8, middle, 3, stride=2, groups=8), nn.Conv2d(middle, 16, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


@changed(
    "mamba: what a causal convolution pads is cut off",
    r"\+ .*\[:, :, :6\]|\+ .*(getitem|slice)",
    loads=True,
    never=(r"moved here", r": was ", r"^[+-] .*\((Conv1d|Linear)"),
)
class Causal(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.in_proj, self.conv1d = new, nn.Linear(16, 8), nn.Conv1d(8, 8, 4, padding=3, groups=8)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1d(self.in_proj(x).transpose(1, 2))
        return F.silu(x[:, :, :6] if self.new else x).transpose(1, 2)
