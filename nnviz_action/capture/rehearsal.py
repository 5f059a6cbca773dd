"""A first capture, of a small network of ours: what torch does only once is then done for all that follow."""

from pathlib import Path

import torch
from torch import nn

from nnviz_action.capture.run import draw_part
from nnviz_action.system.clock import Clock

REQUEST = {
    "model": f"{__name__}:Sample",
    "args": (),
    "kwargs": {},
    "inputs": {"kind": "positional", "items": [{"kind": "tensor", "shape": [1, 3, 8, 8], "dtype": "float32"}]},
    "dims": {},
    "opset": 20,
    "mode": {"forward": "eval", "autograd": "train"},
    "autograd": {"show_attrs": False, "show_saved": False, "max_attr_chars": 50},
    "weights": "none",
    "fake": "always",
    "way": "meta",
    "mark": "",
}


class Sample(nn.Module):
    """The layers that most networks have."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm, self.pool = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.AdaptiveAvgPool2d(4)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.scale, self.head = nn.LayerNorm(16), nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A convolution, attention over its channels, a head."""
        x = self.pool(torch.relu(self.norm(self.conv(x)))).flatten(2)
        x = x + self.attention(x, x, x, need_weights=False)[0]
        return torch.cat([nn.functional.gelu(self.head(self.scale(x))), x], dim=2).mean(1).softmax(1)


def rehearse(folder: Path, exports: bool) -> None:
    """Capture it, and forget what came of it: `folder` is removed by whoever gave it."""
    for part in ("graph", "autograd", *(("onnx",) if exports else ())):
        draw_part(part, {**REQUEST, "folder": folder, "out": str(folder)}, Clock())
