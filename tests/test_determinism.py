"""The same model gives the same bytes in any folder, under any environment."""

from pathlib import Path

import pytest
from conftest import Project

pytestmark = pytest.mark.torch

FILES = {
    "nnviz.yaml": "models:\n  net: {model: net:Net, inputs: {x: [batch, 3, 8, 8]}, autograd: {show_attrs: true, show_saved: true}}\n",
    "net.py": """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleDict({name: nn.Conv2d(3, 4, 3) for name in ("zeta", "alpha", "mid")})
        self.drop = nn.Dropout(0.1)

    def forward(self, x):
        found = {name: part(x) for name, part in self.parts.items()}
        return torch.cat([self.drop(found[name]) for name in sorted(found)], 1).relu()
""",
}
ENVIRONMENTS = [
    {"PYTHONHASHSEED": "1", "HOME": "/nonexistent", "TZ": "Asia/Tokyo", "LANG": "C", "LC_ALL": "C", "OMP_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "4242", "HOME": "/tmp", "TZ": "America/Lima", "LANG": "C.UTF-8", "COLUMNS": "40"},
]  # fmt: skip


def test_same_bytes_everywhere(tmp_path: Path) -> None:
    found = []
    for index, env in enumerate(ENVIRONMENTS):
        project = Project(tmp_path / f"place {index}" / ("deep/" * index) / "project").write(FILES)
        done = project.run("generate", env=env)
        assert done.returncode == 0, done.stderr
        found.append({p.name: p.read_bytes() for p in (project.folder / "diagrams" / "net").iterdir()})
    assert sorted(found[0]) == [
        "autograd.png", "forward.png", "graph.json", "lock.json", "model.onnx", "overview.png", "summary.md",
    ]  # fmt: skip
    for name, data in found[0].items():
        assert data == found[1][name], name
    assert all(str(tmp_path).encode() not in data for data in found[0].values())
