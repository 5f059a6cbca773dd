"""Steps from one model of a family to the next."""

import torch
from history import changed, history, join, split
from mutation import positional, tensor
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

STILL = (r"moved here", r": was ")


class Block(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.attn_ln, self.qkv, self.out = nn.LayerNorm(dim), nn.Linear(dim, dim * 3), nn.Linear(dim, dim)
        self.mlp_ln, self.mlp = (
            nn.LayerNorm(dim),
            nn.Sequential(nn.Linear(dim, dim * 4), nn.GELU(), nn.Linear(dim * 4, dim)),
        )

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (split(t) for t in self.qkv(self.attn_ln(x)).chunk(3, dim=-1))
        x = x + self.out(join(F.scaled_dot_product_attention(q, k, v)))
        return x + self.mlp(self.mlp_ln(x))


class Audio(nn.Module):
    def __init__(self, mels: int = 8, dim: int = 16, layers: int = 2) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv1d(mels, dim, 3, padding=1), nn.Conv1d(dim, dim, 3, stride=2, padding=1)
        self.blocks, self.ln_post = nn.Sequential(*(Block(dim) for _ in range(layers))), nn.LayerNorm(dim)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.conv2(F.gelu(self.conv1(x)))).transpose(1, 2)
        return self.ln_post(self.blocks(x))


MELS = positional(tensor(1, 8, 20))
history(
    "whisper: more bands of the spectrogram",
    lambda: Audio(8),
    lambda: Audio(12),
    r"conv1 \(Conv1d\): in 8 → 12",
    r"\(input\): shape 1×8×20 → 1×12×20",
    loads=False,
    inputs=MELS,
    then=positional(tensor(1, 12, 20)),
    never=(*STILL, r"^[+-] ", r"conv2", r"blocks", r"ln_post"),
)
history(
    "whisper: from tiny to base",
    lambda: Audio(),
    lambda: Audio(dim=32, layers=3),
    r"16 → 32",
    r"[+-] blocks\.2 \(Block",
    loads=False,
    inputs=MELS,
    never=(*STILL, r"input"),
)
history(
    "whisper: deeper by two blocks",
    lambda: Audio(layers=2),
    lambda: Audio(layers=4),
    r"[+-] blocks\.\{2,3\} \(Block ×2",
    loads=False,
    inputs=MELS,
    never=(*STILL, r"conv\d", r"ln_post"),
)


class BasicBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + x)


class Bottleneck(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        width = channels // 4
        self.conv1, self.bn1 = nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, channels, 1, bias=False), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        return F.relu(self.bn3(self.conv3(out)) + x)


class ResNet(nn.Module):
    def __init__(self, block: type[nn.Module], first: int, second: int) -> None:
        super().__init__()
        self.layer1, self.layer2 = (nn.Sequential(*(block(8) for _ in range(n))) for n in (first, second))
        self.linear = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.layer2(self.layer1(x)).mean((2, 3)))


history(
    "pytorch-cifar: from ResNet18 to ResNet34",
    lambda: ResNet(BasicBlock, 2, 2),
    lambda: ResNet(BasicBlock, 3, 4),
    r"[+-] .*layer1\.2.*BasicBlock",
    r"[+-] .*layer2\.(\{2,3\}|[23]).*BasicBlock",
    loads=False,
    inputs=IMAGES,
    never=(*STILL, r"linear", r"~ "),
)
history(
    "pytorch-cifar: from ResNet34 to ResNet50",
    lambda: ResNet(BasicBlock, 2, 2),
    lambda: ResNet(Bottleneck, 2, 2),
    r"BasicBlock → Bottleneck",
    loads=False,
    inputs=IMAGES,
    never=(*STILL, r"linear"),
)


class ResNext(Bottleneck):
    def __init__(self, channels: int, groups: int) -> None:
        super().__init__(channels)
        self.conv1, self.bn1 = nn.Conv2d(channels, 4, 1, bias=False), nn.BatchNorm2d(4)
        self.conv2, self.bn2 = nn.Conv2d(4, 4, 3, padding=1, groups=groups, bias=False), nn.BatchNorm2d(4)
        self.conv3 = nn.Conv2d(4, channels, 1, bias=False)


history(
    "pytorch-cifar: from ResNet to ResNeXt",
    lambda: ResNet(lambda channels: ResNext(channels, 1), 2, 2),  # type: ignore[arg-type]
    lambda: ResNet(lambda channels: ResNext(channels, 4), 2, 2),  # type: ignore[arg-type]
    r"conv2 \(Conv2d ×4\): groups 1 → 4",
    loads=False,
    inputs=IMAGES,
    never=(*STILL, r"^[+-] ", r"conv[13] \(", r"linear"),
)


@changed(
    "timm: from Swin to Swin-V2",
    r"logit_scale",
    r"norm1.*(moved|receives)|norm\{1,2\}.*(moved|receives)",
    loads=False,
    never=(*STILL, r"\(Linear\): (in|out)"),
)
class Swin(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.norm1, self.norm2 = new, nn.LayerNorm(16), nn.LayerNorm(16)
        self.qkv, self.proj = nn.Linear(16, 48), nn.Linear(16, 16)
        self.mlp = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))
        if new:
            self.logit_scale = nn.Parameter(torch.ones(4, 1, 1))

    def attn(self, x: Tensor) -> Tensor:
        q, k, v = (split(t) for t in self.qkv(x).chunk(3, dim=-1))
        if self.new:
            weights = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1) * self.logit_scale.exp()
        else:
            weights = q @ k.transpose(-2, -1) * 0.5
        return self.proj(join(weights.softmax(-1) @ v))

    def forward(self, x: Tensor) -> Tensor:
        if self.new:
            x = x + self.norm1(self.attn(x))
            return x + self.norm2(self.mlp(x))
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


@changed(
    "transformers: from GPT-2 to Llama",
    r"LayerNorm → RMSNorm",
    r"bias removed",
    r"gate",
    r"- (add\(\)|wpe)|wpe",
    loads=False,
    never=(*STILL, r"lm_head"),
)
class Llama(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        norm = nn.RMSNorm if new else nn.LayerNorm
        self.norm, self.up, self.down = norm(16), nn.Linear(16, 32, bias=not new), nn.Linear(32, 16, bias=not new)
        self.gate, self.wpe = (
            (nn.Linear(16, 32, bias=False), None) if new else (None, nn.Parameter(torch.zeros(6, 16)))
        )
        self.lm_head = nn.Linear(16, 100, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = x if self.wpe is None else x + self.wpe
        h = self.norm(x)
        h = self.up(h) * F.silu(self.gate(h)) if self.gate else F.gelu(self.up(h))
        return self.lm_head(x + self.down(h))
