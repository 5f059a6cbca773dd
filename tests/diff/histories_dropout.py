"""Changes of dropout, in training and in evaluation."""

import torch
from history import attend, changed, join, split
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

OTHERWISE = (r"\((Linear|Conv2d|LayerNorm)", r"moved here", r": was ")


class Attention(nn.Module):
    def __init__(self, dropout: bool) -> None:
        super().__init__()
        self.to_qkv, self.to_out = nn.Linear(16, 48), nn.Linear(16, 16)
        self.dropout = nn.Dropout(0.1) if dropout else None

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (split(t) for t in self.to_qkv(x).chunk(3, dim=-1))
        weights = (q @ k.transpose(-2, -1) * 0.5).softmax(-1)
        return x + self.to_out(join((self.dropout(weights) if self.dropout else weights) @ v))


@changed(
    "vit-pytorch: dropout of attention weights",
    r"\+ .*dropout \(Dropout ×2\).*0\.1",
    loads=True,
    mode="train",
    never=OTHERWISE,
)
class Weights(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Attention(new) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


@changed(
    "pytorch-cifar: dropout before the classifier",
    r"\+ dropout\(\).*0\.2",
    loads=True,
    inputs=IMAGES,
    never=OTHERWISE,
)
class Always(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.conv, self.linear = new, nn.Conv2d(8, 8, 3), nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 1).flatten(1)
        return self.linear(F.dropout(x, 0.2) if self.new else x)


@changed(
    "timm: no dropout of attention in evaluation", r"dropout.*0\.1 → 0", loads=True, never=(*OTHERWISE, r"^[+-] ")
)
class Evaluated(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.qkv, self.attn_drop = new, nn.Linear(16, 48), nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (split(t) for t in self.qkv(x).chunk(3, dim=-1))
        dropout = self.attn_drop.p if self.training or not self.new else 0.0
        return join(F.scaled_dot_product_attention(q, k, v, dropout_p=dropout))


@changed(
    "timm: a dropout for each place", r"drop[12]", loads=True, mode="train", never=(OTHERWISE[0], r"^[+-] drop \(")
)
class Places(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(16, 32), nn.Linear(32, 16)
        for name in ("drop1", "drop2") if new else ("drop",):
            self.add_module(name, nn.Dropout(0.1))
        self.new = new

    def forward(self, x: Tensor) -> Tensor:
        first, second = (self.drop1, self.drop2) if self.new else (self.drop, self.drop)
        return second(self.fc2(first(F.gelu(self.fc1(x)))))


@changed(
    "timm: a dropout that was built and never called",
    r"\+ .*drop \(Dropout\).*0\.1",
    loads=True,
    mode="train",
    never=OTHERWISE,
)
class NeverCalled(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.norm, self.drop, self.fc = new, nn.LayerNorm(16), nn.Dropout(0.1), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(x.mean(1))
        return self.fc(self.drop(x) if self.new else x)


@changed("timm: a dropout that evaluation does not see", r"\+ drop \(Dropout\).*0\.1", loads=True, never=OTHERWISE)
class Unseen(NeverCalled):
    pass


@changed(
    "vit-pytorch: no dropout of the logits",
    r"[+-] mlp_head\.4 \(Dropout",
    loads=True,
    mode="train",
    never=(*OTHERWISE, r"mlp_head\.2"),
)
class Logits(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        last = [] if new else [nn.Dropout(0.1)]
        self.mlp_head = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Dropout(0.1), nn.Linear(32, 4), *last)

    def forward(self, x: Tensor) -> Tensor:
        return self.mlp_head(x)


@changed(
    "nanoGPT: more dropout to fine-tune",
    r"Dropout ×3\): p 0\.1 → 0\.2|dropout.*0\.1 → 0\.2",
    loads=True,
    mode="train",
    never=(*OTHERWISE, r"^[+-] "),
)
class FineTuned(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        rate = 0.2 if new else 0.1
        self.drop, self.fc = nn.Dropout(rate), nn.Linear(16, 16)
        self.attn_dropout, self.resid_dropout, self.c_attn = nn.Dropout(rate), nn.Dropout(rate), nn.Linear(16, 48)

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(x)
        q, k, v = (split(t) for t in self.c_attn(x).chunk(3, dim=-1))
        return self.resid_dropout(self.fc(join(self.attn_dropout(attend(q, k, v)))))


class DropPath(nn.Module):
    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        return x * torch.empty(x.shape[0], 1, 1).bernoulli_(1 - self.rate) / (1 - self.rate)


@changed("timm: stochastic depth", r"\+ .*drop_path.*DropPath", loads=True, mode="train", never=OTHERWISE)
class Depth(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.norm, self.fc, self.drop_path = nn.LayerNorm(16), nn.Linear(16, 16), DropPath(0.1) if new else None

    def forward(self, x: Tensor) -> Tensor:
        out = self.fc(self.norm(x))
        return x + (self.drop_path(out) if self.drop_path else out)
