"""Draws the README's picture of what changed: a ResNet-18, edited, in a repository of its own.

Usage: python tools/diff_picture.py
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
TOOL = [sys.executable, "-m", "nnviz_action"]
GIT = ["git", "-c", "user.name=docs", "-c", "user.email=docs@example.com", "-c", "init.defaultBranch=main"]
CONFIG = "models: {resnet18: {model: net:resnet18, inputs: [[1, 3, 224, 224]], views: [forward]}}\n"
BEFORE = "from vision import resnet18\n"
AFTER = """import vision
from torch import nn


class SqueezeExcite(nn.Module):
    def __init__(self, channels, inside):
        super().__init__()
        self.pool, self.gate = nn.AdaptiveAvgPool2d(1), nn.Sigmoid()
        self.reduce, self.act, self.expand = nn.Conv2d(channels, inside, 1), nn.ReLU(), nn.Conv2d(inside, channels, 1)

    def forward(self, x):
        return x * self.gate(self.expand(self.act(self.reduce(self.pool(x)))))


def resnet18():
    model = vision.resnet18()
    block = model.layer4[1]
    block.conv1 = nn.Conv2d(512, 512, 5, padding=2, bias=False)
    block.bn2 = nn.Sequential(block.bn2, SqueezeExcite(512, 32))
    return model
"""


def main() -> None:
    """Draw what changed."""
    with tempfile.TemporaryDirectory() as name:
        make(Path(name))
        subprocess.run([*TOOL, "diff", "main", "--pictures", str(PICTURES)], cwd=name, check=False)


def make(folder: Path) -> None:
    """Generate, commit to `main`, edit, generate."""
    shutil.copy(ROOT / "examples" / "vision.py", folder)
    (folder / "nnviz.yaml").write_text(CONFIG)
    subprocess.run([*GIT, "init", "-q"], cwd=folder, check=True)
    _generate(folder, BEFORE)
    subprocess.run([*GIT, "add", "-A"], cwd=folder, check=True)
    subprocess.run([*GIT, "commit", "-qm", "before"], cwd=folder, check=True)
    _generate(folder, AFTER)


def _generate(folder: Path, code: str) -> None:
    (folder / "net.py").write_text(code)
    subprocess.run([*TOOL, "generate"], cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    main()
