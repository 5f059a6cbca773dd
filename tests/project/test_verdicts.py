"""Edits to a small model project, and the verdict expected after each."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Project

pytestmark = pytest.mark.torch

FILES = {
    "nnviz.yaml": """\
models:
  net:
    model: net:Net
    inputs: [[2, 3, 16, 16]]
  head:
    model: heads.py:make
    kwargs: {width: 6}
    inputs: [[2, 6]]
    views: [forward]
""",
    "net.py": """\
import json
from pathlib import Path

import torch
from torch import nn

from parts import Block, scale

SETTINGS = json.loads((Path(__file__).parent / "settings.json").read_text())


class Net(nn.Module):
    # the author's comment
    def __init__(self, kernel=3):
        super().__init__()
        self.stem = nn.Conv2d(3, SETTINGS["width"], kernel, padding=1)
        self.norm = nn.BatchNorm2d(SETTINGS["width"])
        self.block = Block(SETTINGS["width"])
        self.drop = nn.Dropout(0.1)
        self.fc = nn.Linear(SETTINGS["width"], 4)
        nn.init.constant_(self.fc.bias, 0.5)

    def forward(self, x):
        x = torch.relu(self.norm(self.stem(x)))
        x = self.block(x)
        pooled = x.mean((2, 3))
        return self.fc(self.drop(scale(pooled)))
""",
    "parts.py": """\
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width, hidden=12):
        super().__init__()
        self.up = nn.Conv2d(width, hidden, 1)
        self.down = nn.Conv2d(hidden, width, 1)

    def forward(self, x):
        return x + self.down(torch.tanh(self.up(x)))


def scale(x, factor=0.5):
    return x * factor
""",
    "settings.json": '{"width": 8, "note": "as trained"}\n',
    "heads.py": """\
from torch import nn


def make(width):
    return nn.Sequential(nn.Linear(width, 5), nn.ReLU(), nn.Linear(5, 2))
""",
    "unrelated.py": "print('never imported')\n",
}

Edit = Callable[[Project], None]
Cli = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Case:
    name: str
    edit: Edit
    net: str = "fresh"
    head: str = "fresh"


def swap(file: str, old: str, new: str) -> Edit:
    def edit(project: Project) -> None:
        text = project.read(file)
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        project.write({file: text.replace(old, new)})

    return edit


def option(text: str) -> Edit:
    """One option more for `net`."""
    return swap("nnviz.yaml", "    inputs: [[2, 3", f"    {text}\n    inputs: [[2, 3")


def append(file: str, text: str) -> Edit:
    return lambda project: project.write({file: project.read(file) + text}) and None


def delete(name: str) -> Edit:
    return lambda project: (project.folder / name).unlink()


def bytes_changed(name: str) -> Edit:
    def edit(project: Project) -> None:
        path = project.folder / name
        path.write_bytes(path.read_bytes() + b"\0")

    return edit


def crlf(name: str) -> Edit:
    def edit(project: Project) -> None:
        path = project.folder / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    return edit


def moved(project: Project) -> None:
    target = project.folder.parent / "another place"
    shutil.move(project.folder, target)
    project.folder = target


def lfs_pointer(name: str, attributes: str = "*.png filter=lfs diff=lfs merge=lfs -text\n") -> Edit:
    def edit(project: Project) -> None:
        from nnviz_action.freshness.hashes import output_hash

        subprocess.run(["git", "init", "-q", str(project.folder)], check=True)
        project.write({".gitattributes": attributes})

        path = project.folder / name
        oid, size = output_hash(path), path.stat().st_size
        path.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n")

    return edit


STALE = [
    Case("width in JSON that the model reads", swap("settings.json", '"width": 8', '"width": 10'), net="stale"),
    Case("kernel in the class", swap("net.py", "kernel=3", "kernel=1"), net="stale"),
    Case("padding", swap("net.py", "padding=1", "padding=0"), net="stale"),
    Case("activation", swap("net.py", "torch.relu", "torch.sigmoid"), net="stale"),
    Case("activation in a helper", swap("parts.py", "torch.tanh", "torch.relu"), net="stale"),
    Case("removed layer", swap("net.py", "self.norm(self.stem(x))", "self.stem(x)"), net="stale"),
    Case("removed dropout: autograd alone sees it", swap("net.py", "self.drop(scale(pooled))", "scale(pooled)"), "stale"),
    Case("new branch", swap("net.py", "x = self.block(x)", "x = self.block(x) + x"), net="stale"),
    Case("renamed layer", swap("net.py", "self.stem", "self.entry"), net="stale"),
    Case("swapped order", swap("net.py", "torch.relu(self.norm(self.stem(x)))", "self.norm(torch.relu(self.stem(x)))"), "stale"),
    Case("another default in a helper module", swap("parts.py", "hidden=12", "hidden=13"), net="stale"),
    Case("another constant in a helper", swap("parts.py", "factor=0.5", "factor=0.25"), net="stale"),
    Case("residual removed", swap("parts.py", "return x + self", "return self"), net="stale"),
    Case("bias removed", swap("parts.py", "hidden, width, 1)", "hidden, width, 1, bias=False)"), net="stale"),
    Case("groups", swap("parts.py", "width, hidden, 1)", "width, hidden, 1, groups=4)"), net="stale"),
    Case("stride", swap("net.py", "kernel, padding=1)", "kernel, 2, padding=1)"), net="stale"),
    Case("output width", swap("net.py", "nn.Linear(SETTINGS[\"width\"], 4)", "nn.Linear(SETTINGS[\"width\"], 5)"), "stale"),
    Case("pooling", swap("net.py", "x.mean((2, 3))", "x.amax((2, 3))"), net="stale"),
    Case("another class in place of a layer", swap("net.py", "nn.BatchNorm2d(", "nn.InstanceNorm2d("), net="stale"),
    Case("layer called twice", swap("net.py", "x = self.block(x)", "x = self.block(self.block(x))"), net="stale"),
    Case("renamed input", swap("net.py", "def forward(self, x):\n", "def forward(self, image):\n        x = image\n"), "stale"),
    Case("output in a mapping", swap("net.py", "self.fc(self.drop(scale(pooled)))", "{'logits': self.fc(self.drop(scale(pooled)))}"), "stale"),
    Case("a factory's code", swap("heads.py", "nn.ReLU()", "nn.GELU()"), head="stale"),
    Case("a factory's width", swap("heads.py", "5", "7"), head="stale"),
    Case("config: input shape", swap("nnviz.yaml", "[2, 3, 16, 16]", "[2, 3, 20, 16]"), net="stale"),
    Case("config: batch becomes dynamic", swap("nnviz.yaml", "[2, 3, 16, 16]", "[batch, 3, 16, 16]"), net="stale"),
    Case("config: kwargs", swap("nnviz.yaml", "{width: 6}", "{width: 7}"), head="stale"),
    Case("config: opset", swap("nnviz.yaml", "    inputs: [[2", "    opset: 18\n    inputs: [[2"), "stale", "stale"),
    Case("config: another class", swap("nnviz.yaml", "net:Net", "parts:Block"), net="stale"),
    Case("config: one view more", swap("nnviz.yaml", "[forward]", "[forward, autograd]"), head="stale"),
    Case("config: defaults for all", append("nnviz.yaml", "defaults: {mode: train}\n"), net="stale", head="stale"),
    Case("config: each operator", option("detail: operators"), net="stale"),
    Case("config: fewer boxes", option("max_nodes: 20"), net="stale"),
    Case("config: depth", option("depth: 1"), net="stale"),
    Case("config: a module open", option("expand: [block]"), net="stale"),
    Case("config: a module closed", option("collapse: [block]"), net="stale"),
    Case("config: a module by itself", option("focus: [block]"), net="stale"),
    Case("config: another format", option("formats: [svg]"), net="stale"),
    Case("config: another theme", option("theme: both"), net="stale"),
    Case("config: renamed model", swap("nnviz.yaml", "head:", "tail:"), head="orphan"),
    Case("config: removed model", lambda p: p.write({"nnviz.yaml": p.read("nnviz.yaml").split("  head:")[0]}) and None, head="orphan"),
    Case("a source is gone", delete("settings.json"), net="failed"),
    Case("a source does not parse", append("parts.py", "def broken(:\n"), net="failed"),
    Case("picture deleted", delete("diagrams/net/forward.png"), net="missing"),
    Case("autograd picture deleted", delete("diagrams/net/autograd.png"), net="missing"),
    Case("summary deleted", delete("diagrams/head/summary.md"), head="missing"),
    Case("ONNX file deleted", delete("diagrams/head/model.onnx"), head="missing"),
    Case("lock deleted", delete("diagrams/net/lock.json"), net="missing"),
    Case("picture edited", bytes_changed("diagrams/net/forward.png"), net="edited"),
    Case("ONNX file edited", bytes_changed("diagrams/net/model.onnx"), net="edited"),
    Case("a text that looks like an LFS pointer", lfs_pointer("diagrams/net/forward.png", "*.onnx filter=lfs\n"), net="edited"),
    Case("lock broken", lambda p: p.write({"diagrams/net/lock.json": "{"}) and None, net="edited"),
]  # fmt: skip

FRESH = [
    Case("nothing", lambda _: None),
    Case("a comment", swap("net.py", "# the author's comment", "# other words")),
    Case("formatting", swap("net.py", "(SETTINGS[\"width\"], 4)", "(\n            SETTINGS['width'],\n            4\n        )")),
    Case("blank lines", swap("parts.py", "\n\n\ndef scale", "\n\n\n\n\ndef scale")),
    Case("a docstring", swap("parts.py", "def scale(x, factor=0.5):", "def scale(x, factor=0.5):\n    'Scales.'")),
    Case("a renamed local variable", swap("net.py", "pooled", "averaged")),
    Case("an unrelated file", swap("unrelated.py", "never", "still never")),
    Case("a new file", lambda p: p.write({"more.py": "x = 1\n"}) and None),
    Case("an unrelated file deleted", delete("unrelated.py")),
    Case("a weight's value", swap("net.py", "constant_(self.fc.bias, 0.5)", "constant_(self.fc.bias, 0.75)")),
    Case("a part of the JSON that does not matter", swap("settings.json", "as trained", "as tuned")),
    Case("an unused function", append("parts.py", "\n\ndef unused(x):\n    return x\n")),
    Case("a moved checkout", moved),
    Case("CRLF in a source", crlf("net.py")),
    Case("CRLF in the JSON", crlf("settings.json")),
    Case("CRLF in the config", crlf("nnviz.yaml")),
    Case("a comment in the config", append("nnviz.yaml", "# a comment\n")),
    Case("a default spelled out", swap("nnviz.yaml", "    inputs: [[2", "    opset: 20\n    inputs: [[2")),
    Case("a picture's default spelled out", option("theme: light")),
    Case("a time limit", swap("nnviz.yaml", "    inputs: [[2", "    timeout: 30\n    inputs: [[2")),
    Case("the order of the entries", lambda p: p.write({"nnviz.yaml": _reordered(p.read("nnviz.yaml"))}) and None),
    Case("LFS pointers in place of the pictures", lfs_pointer("diagrams/net/forward.png")),
]  # fmt: skip


def _reordered(text: str) -> str:
    head, net = text.index("  head:"), text.index("  net:")
    return text[:net] + text[head:] + text[net:head]


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("base") / "project").write(FILES)
    done = project.run("generate", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    return project.folder


@pytest.mark.parametrize("case", STALE + FRESH, ids=lambda case: case.name)
def test_verdict_after(case: Case, generated: Path, tmp_path: Path, cli: Cli) -> None:
    project = Project(Path(shutil.copytree(generated, tmp_path / "project")))
    case.edit(project)
    code, verdicts = _check(project, cli)
    expected = {"net": case.net, "head": case.head}
    assert {name: status for name, status in verdicts.items() if name in expected} == expected
    statuses = set(verdicts.values())
    assert code == (0 if statuses == {"fresh"} else 3 if "failed" in statuses else 1)


def _check(project: Project, cli: Cli) -> tuple[int, dict[str, str]]:
    code, out, _ = cli(project, "check", "--format", "json")
    return code, {row["model"]: row["status"] for row in json.loads(out)["models"]}


REPAIRED = [case for case in STALE + FRESH if case.name in (
    "width in JSON that the model reads", "picture edited", "ONNX file deleted", "a renamed local variable",
    "config: renamed model", "config: another format",
)]  # fmt: skip


@pytest.mark.parametrize("edit", REPAIRED, ids=lambda case: case.name)
def test_generate_makes_everything_fresh_again(edit: Case, generated: Path, tmp_path: Path, cli: Cli) -> None:
    project = Project(Path(shutil.copytree(generated, tmp_path / "project")))
    edit.edit(project)
    assert cli(project, "generate", "--fail-if-changed")[0] == 1
    assert _check(project, cli)[0] == 0
    assert cli(project, "generate", "--fail-if-changed")[0] == 0
