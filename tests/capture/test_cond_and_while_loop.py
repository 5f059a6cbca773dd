"""Branches and loops of torch's own: the weights that they use have gradients, and the export finds them."""

import json
import re

import pytest
from conftest import Project

from nnviz_action.drawing import forward
from nnviz_action.graph.graph_file import parse_graph_file

pytestmark = pytest.mark.torch
NET = """import torch
from torch import nn

class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.yes, self.no = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        return torch.cond(x.sum() > 0, lambda v: self.yes(v).relu(), lambda v: self.no(v).tanh(), (x,))

class Loop(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = nn.Linear(4, 4)

    def forward(self, x):
        start = (torch.zeros((), dtype=torch.int64), x)
        return torch.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, self.step(v)), start)[1]

class Compiled(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.compile(nn.Linear(4, 4))

    def forward(self, x):
        return torch.compile(lambda v: v.relu())(self.layer(x))
"""
MODELS = ("Branch", "Loop", "Compiled")


def test_all_views_are_drawn(project: Project) -> None:
    entries = "".join(f"  {name}: {{model: 'net:{name}', inputs: [[2, 4]]}}\n" for name in MODELS)
    project.write({"net.py": NET, "nnviz.yaml": f"defaults: {{formats: [png, svg]}}\nmodels:\n{entries}"})
    done = project.run("generate")
    assert done.returncode == 0, done.stderr
    for name in MODELS:
        folder = project.folder / "diagrams" / name
        assert {"model.onnx", "autograd.png", "forward.png", "graph.json"} <= {path.name for path in folder.iterdir()}
        numbers = json.loads((folder / "lock.json").read_text())["numbers"]
        assert numbers["shaped"] == numbers["values"], name
    assert "gradient" not in done.stderr
    summary = (project.folder / "diagrams/Loop/summary.md").read_text(encoding="utf-8")
    assert "- MACs: 32 " in summary and re.search(r"\*\*while_loop\*\*.* 20 \| 32 \|", summary), "and not once more"
    graph = parse_graph_file((project.folder / "diagrams/Branch/graph.json").read_bytes(), "graph.json")
    labels = [arrow.label for arrow in forward.draw(graph).arrows]
    assert labels.count("2×4 f32") >= 8, "arrows within the branches have their shapes, too"
