"""Draws the documentation's picture of a history: a ResNet in the making, in a repository of its own.

Usage: python tools/history_picture.py
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
TOOL = [sys.executable, "-m", "nnviz_action"]
GIT = ["git", "-c", "user.name=docs", "-c", "user.email=docs@example.com", "-c", "init.defaultBranch=main"]
CONFIG = "models: {resnet: {model: net:make, inputs: [[1, 3, 224, 224]], views: [forward]}}\n"
CODE = """import vision  # noqa: F401  # makes torchvision importable
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet


def make():
    model = ResNet({arguments})
    {edit}
    return model
"""
STEM = "model.conv1 = nn.Conv2d(3, 64, {}, stride=2, padding={}, bias=False)"
STEPS = (
    ("A ResNet of ten layers", "BasicBlock, [1, 1, 1, 1]", "pass"),
    ("Two blocks a stage", "BasicBlock, [2, 2, 2, 2]", "pass"),
    ("A stem of 3×3", "BasicBlock, [2, 2, 2, 2]", STEM.format(3, 1)),
    ("More blocks in the third stage", "BasicBlock, [2, 2, 4, 2]", STEM.format(3, 1)),
    ("Take bottlenecks", "Bottleneck, [2, 2, 4, 2]", STEM.format(3, 1)),
    ("Groups of four", "Bottleneck, [2, 2, 4, 2], groups=32, width_per_group=4", STEM.format(3, 1)),
    ("A hundred classes", "Bottleneck, [2, 2, 4, 2], 100, groups=32, width_per_group=4", STEM.format(3, 1)),
    ("As deep as ResNeXt-50", "Bottleneck, [3, 4, 6, 3], 100, groups=32, width_per_group=4", STEM.format(3, 1)),
)


def main() -> None:
    """Commit each step with its diagram, then draw."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "nnviz.yaml").write_text(CONFIG)
        shutil.copy(ROOT / "examples" / "vision.py", folder)
        _git(folder, "init", "-q")
        for month, (subject, arguments, edit) in enumerate(STEPS, 1):
            (folder / "net.py").write_text(CODE.format(arguments=arguments, edit=edit))
            subprocess.run([*TOOL, "generate"], cwd=folder, check=True, capture_output=True)
            # The picture is of the models alone: commits have the same name in every run.
            _git(folder, "add", "nnviz.yaml", "net.py", "diagrams/resnet/lock.json")
            _git(folder, "commit", "-qm", subject, date=f"2026-{month:02d}-{3 * month:02d}T12:00:00+0000")
        for name in ("history.png", "history-dark.png"):
            subprocess.run([*TOOL, "history", "resnet", "--plot", str(PICTURES / name)], cwd=folder, check=True)


def _git(folder: Path, *arguments: str, date: str = "") -> None:
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    subprocess.run([*GIT, *arguments], cwd=folder, check=True, env={**os.environ, **dates})


if __name__ == "__main__":
    main()
