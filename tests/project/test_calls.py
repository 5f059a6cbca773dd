"""The calls that the author wrote: `graph.json` beside the ONNX file, and in its place where there is none."""

import json

import pytest
from conftest import Project

pytestmark = pytest.mark.torch

PACKED = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(4, 8, batch_first=True), nn.Linear(8, 2)

    def forward(self, x, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return self.head(self.rnn(packed)[1][-1])
"""
PACKED_CONFIG = """
models:
  net:
    model: net.py:Net
    inputs: {x: [2, 5, 4], lengths: {shape: [2], dtype: int64, value: 5}}
"""
LOSS = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head, self.loss = nn.Linear(4, 3), nn.CrossEntropyLoss(OPTIONS)

    def forward(self, x, y):
        return self.loss(self.head(x), y)
"""
LOSS_CONFIG = """
models:
  net:
    model: net.py:Net
    inputs: {x: [2, 4], y: {shape: [2], dtype: int64, high: 3}}
    views: [forward]
"""
PLAIN = """
from torch import nn

class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 3), nn.ReLU())
"""
PLAIN_CONFIG = "models:\n  net: {model: net.py:Net, inputs: [[1, 4]], views: [forward]}\n"

ONCE = """
from torch import nn

class Net(nn.Linear):
    used = 0

    def forward(self, x):
        self.used += 1
        if self.used > 1:
            raise RuntimeError("only once")
        return super().forward(x)
"""
ONCE_CONFIG = "models:\n  net: {model: net.py:Net, args: [4, 3], inputs: [[1, 4]]}\n"


def lock(project: Project) -> dict[str, object]:
    found: dict[str, object] = json.loads(project.read("diagrams/net/lock.json"))
    return found


def names(project: Project) -> list[str]:
    return sorted(path.name for path in (project.folder / "diagrams/net").iterdir())


def test_what_onnx_cannot_say_is_drawn_from_the_calls(project: Project) -> None:
    project.write({"net.py": PACKED, "nnviz.yaml": PACKED_CONFIG})
    code, said = project.here("generate")
    assert code == 0 and "note: net: without model.onnx: " in said
    assert names(project) == ["autograd.png", "forward.png", "graph.json", "lock.json", "overview.png", "summary.md"]
    assert "- without model.onnx: " in project.read("diagrams/net/summary.md")
    assert list(lock(project)["failed"]) == ["onnx"]
    assert project.here("check") == (0, "✓ 1 of 1 fresh\n")


@pytest.mark.parametrize(
    "body",
    ["x if x.sum() > 0 else -x", "x[: int(x.abs().sum().item())]", "torch.from_numpy(x.detach().numpy().clip(0, 1))"],
)
def test_what_values_decide_is_drawn_along_the_path_of_the_example(body: str, project: Project) -> None:
    text = f"import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return {body}\n"
    project.write({"net.py": text, "nnviz.yaml": PLAIN_CONFIG})
    code, said = project.here("generate")
    assert code == 0 and "note: net: the picture follows the path of the example inputs" in said, said
    assert "- the picture follows the path of the example inputs" in project.read("diagrams/net/summary.md")
    assert "forward.png" in names(project)


def test_export_always_makes_that_an_error(project: Project) -> None:
    project.write({"net.py": PACKED, "nnviz.yaml": f"{PACKED_CONFIG}    export: always\n"})
    code, said = project.here("generate")
    assert code == 3 and "net.py" in said
    assert not (project.folder / "diagrams/net").exists()


def test_export_never_writes_none(project: Project) -> None:
    project.write({"net.py": PLAIN, "nnviz.yaml": PLAIN_CONFIG.replace("views:", "export: never, views:")})
    assert project.here("generate")[0] == 0
    assert names(project) == ["forward.png", "graph.json", "lock.json", "summary.md"]
    assert project.here("check") == (0, "✓ 1 of 1 fresh\n")
    code, said = project.here("check", "--full")
    assert code == 0 and said.endswith("✓ 1 of 1 fresh\n")


def test_a_model_without_parameters_has_a_forward_graph(project: Project) -> None:
    text = "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return torch.relu(x) + 1\n"
    project.write({"net.py": text, "nnviz.yaml": PLAIN_CONFIG.replace(", views: [forward]", "")})
    code, said = project.here("generate")
    assert code == 0 and "note: net: without the autograd graph: no output depends on a parameter" in said
    assert names(project) == ["forward.png", "graph.json", "lock.json", "model.onnx", "overview.png", "summary.md"]
    assert project.here("check") == (0, "✓ 1 of 1 fresh\n")


def test_an_option_that_onnx_does_not_have_is_a_change(project: Project) -> None:
    project.write({"net.py": LOSS.replace("OPTIONS", "label_smoothing=0.5"), "nnviz.yaml": LOSS_CONFIG})
    assert project.here("generate")[0] == 0
    project.write({"net.py": LOSS.replace("OPTIONS", "")})
    code, said = project.here("check")
    assert code == 1
    assert "the forward graph changed" in said
    assert "~ loss (CrossEntropyLoss): label_smoothing 0.5 → 0" in said


def test_a_refactoring_is_no_change(project: Project) -> None:
    text = "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return BODY\n"
    project.write({"net.py": text.replace("BODY", "torch.relu(x) + x"), "nnviz.yaml": PLAIN_CONFIG})
    assert project.here("generate")[0] == 0
    project.write({"net.py": text.replace("BODY", "x.relu().add(x).contiguous()")})
    code, said = project.here("check")
    assert code == 0 and said.endswith("✓ 1 of 1 fresh\n"), said


def test_a_lock_of_the_first_edition_is_stale_and_renewed(project: Project) -> None:
    project.write({"net.py": PLAIN, "nnviz.yaml": PLAIN_CONFIG})
    assert project.here("generate")[0] == 0
    old = (project.folder / "diagrams/net/lock.json").read_text(encoding="utf-8")
    from nnviz_action.freshness import lock as locks

    data = {key: value for key, value in json.loads(old).items() if key not in ("nnviz", "checksum", "failed")}
    data |= {"checksum": locks._checksum(data), "nnviz": 2}
    project.write({"diagrams/net/lock.json": json.dumps(data)})
    code, said = project.here("check")
    assert code == 1 and "✗ net: stale\n    written by an older nnviz-action\n" in said
    assert project.here("generate")[0] == 0
    assert project.read("diagrams/net/lock.json") == old


def test_a_model_that_runs_but_once_is_drawn_without_what_training_saves(project: Project) -> None:
    project.write({"net.py": ONCE, "nnviz.yaml": ONCE_CONFIG})
    code, said = project.here("generate")
    assert code == 0 and "what training saves is not counted" in said and "RuntimeError: only once" in said
    assert "autograd.png" in names(project) and "saved" not in lock(project)["numbers"]
