"""Options that look alike, and are not: each is told."""

import torch
from refactoring import IMAGES, differs
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Layers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.out, self.norm = nn.Linear(16, 16), nn.Linear(16, 16), nn.LayerNorm(16)
        self.weight, self.grouped = nn.Parameter(torch.ones(8, 8, 3, 3)), nn.Parameter(torch.ones(8, 4, 3, 3))


@differs("label smoothing", "~ cross_entropy(): label_smoothing 0 → 0.1")
class Smoothed(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.cross_entropy(self.fc(x[:, 0]), torch.zeros(2, dtype=torch.long))

    def after(self, x: Tensor) -> Tensor:
        return F.cross_entropy(self.fc(x[:, 0]), torch.zeros(2, dtype=torch.long), label_smoothing=0.1)


@differs("the reduction of a loss", "~ mse_loss(): reduction mean → sum")
class Reduced(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.mse_loss(self.fc(x), x)

    def after(self, x: Tensor) -> Tensor:
        return F.mse_loss(self.fc(x), x, reduction="sum")


@differs("attention that drops in eval mode", "~ scaled_dot_product_attention(): dropout 0 → 0.1")
class Dropped(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(self.fc(x), x, x, dropout_p=0.1 if self.training else 0.0)

    def after(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(self.fc(x), x, x, dropout_p=0.1)


@differs("attention to what was before", "~ scaled_dot_product_attention(): is_causal False → True")
class Causal(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(self.fc(x), x, x)

    def after(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(self.fc(x), x, x, is_causal=True)


@differs("attention of another scale", "~ scaled_dot_product_attention(): scale added 0.0625")
class Rescaled(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(self.fc(x), x, x, scale=16**-0.5)

    def after(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(self.fc(x), x, x, scale=1 / 16)


@differs("dropout that is active in eval mode", "+ dropout(): p 0.1, active in eval")
class Always(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.dropout(self.fc(x), 0.1, training=self.training)

    def after(self, x: Tensor) -> Tensor:
        return F.dropout(self.fc(x), 0.1)


@differs("the axis of a softmax", "~ softmax(): dim 2 → 1")
class Softmax(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).softmax(-1)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).softmax(1)


@differs("another index", "~ getitem(): [:, 0] → [:, -1]")
class Index(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x)[:, 0]

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x)[:, -1]


@differs("the other end of a slice", "~ getitem(): [:, 1:] → [:, :-1]")
class Shifted(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x)[:, 1:]

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x)[:, :-1]


@differs("axes permuted otherwise", "~ permute(): order 0 2 1 3 → 2 0 1 3, output 2×4×6×4 → 4×2×6×4")
class Permuted(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).view(2, 6, 4, 4).permute(0, 2, 1, 3).reshape(8, 6, 4)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).view(2, 6, 4, 4).permute(2, 0, 1, 3).reshape(8, 6, 4)


@differs("a view for a transpose", "~ the top: permute() → reshape()")
class Viewed(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).transpose(1, 2)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).view(2, 16, 6)


@differs("tensors side by side, or one in the other", "~ stack(): dim 1 → 2, output 2×2×6×16 → 2×6×2×16")
class Woven(Layers):
    def before(self, x: Tensor) -> Tensor:
        return torch.stack([x, self.fc(x)], 1).flatten(1, 2)

    def after(self, x: Tensor) -> Tensor:
        return torch.stack([x, self.fc(x)], 2).flatten(1, 2)


@differs("a gradient stopped", "+ detach()")
class Stopped(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.out(self.fc(x))

    def after(self, x: Tensor) -> Tensor:
        return self.out(self.fc(x).detach())


@differs("autocast to another type", "~ fc (Linear): output f32 → bf16")
class Autocast(Layers):
    def before(self, x: Tensor) -> Tensor:
        with torch.autocast("cpu", enabled=False):
            return self.norm(self.fc(x))

    def after(self, x: Tensor) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return self.norm(self.fc(x))


@differs("limits", "~ clamp(): max 1 → 6")
class Limits(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).clamp(0, 1)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).clamp(0, 6)


@differs("a limit less", "~ clamp(): max removed 1")
class Limit(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).clamp(0, 1)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).clamp(min=0)


@differs(
    "groups",
    "~ conv2d(): groups 1 → 2, weight removed, grouped added",
    "~ the top: unused parameters 864 → 1152",
    inputs=IMAGES,
)
class Groups(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight)

    def after(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.grouped, groups=2)


@differs("corners", "~ interpolate(): align_corners False → True", inputs=IMAGES)
class Corners(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)

    def after(self, x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)


@differs("what is put around", "~ pad(): mode constant → reflect", inputs=IMAGES)
class Around(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.pad(x, (1, 1, 1, 1))

    def after(self, x: Tensor) -> Tensor:
        return F.pad(x, (1, 1, 1, 1), mode="reflect")


@differs("a mask the other way round", "+ logical_not()")
class Inverted(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).masked_fill(x > 0, 0)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).masked_fill(~(x > 0), 0)


@differs("where a triangle begins", "~ triu(): diagonal removed 1")
class Diagonal(Layers):
    def before(self, x: Tensor) -> Tensor:
        return (x @ x.mT).masked_fill(torch.ones(6, 6).triu(1).bool(), 0)

    def after(self, x: Tensor) -> Tensor:
        return (x @ x.mT).masked_fill(torch.ones(6, 6).triu(0).bool(), 0)


@differs("variance of a sample", "~ var(): correction 1 → 0")
class Sample(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x).var(-1)

    def after(self, x: Tensor) -> Tensor:
        return self.fc(x).var(-1, unbiased=False)


@differs("gelu by a formula", "~ gelu(): approximate none → tanh")
class Gelu(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.gelu(self.fc(x))

    def after(self, x: Tensor) -> Tensor:
        return F.gelu(self.fc(x), approximate="tanh")
