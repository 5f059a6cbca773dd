"""What the documentation shows of output is what the commands print."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from doc_blocks import Block, of
from repository import Repository

sys.path.insert(0, str(ROOT / "tools"))
import diff_picture

NUMBER = re.compile(r"\d+(\.\d+)*")
EDITED = """from vision import resnet18 as original
from torch import nn


def resnet18():
    model = original()
    model.maxpool = nn.Identity()
    model.layer4[1].conv1 = nn.Conv2d(512, 512, 5, padding=2, bias=False)
    model.layer4[1].relu = nn.GELU()
    return model
"""
# No command prints them.
DRAWINGS = {
    "nnviz.yaml ──config──▶ ModelSpec ──capture/worker──▶ capture   (own process, the only place with torch)",
    # Of a history that tools/history_picture.py makes up: its commits have other hashes elsewhere.
    "commit    date        parameters                MACs          activations            nodes",
}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ResNet-18, committed, and edited as for the README's picture."""
    folder = tmp_path_factory.mktemp("edited")
    diff_picture.make(folder)
    return folder


def diff(folder: Path) -> str:
    """Without its last line, which names commits."""
    command = [*diff_picture.TOOL, "diff", "main"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout.rpartition("\n\n")[
        0
    ]


def readme(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"$ nnviz-action diff\n{diff(request.getfixturevalue('edited'))}"


def checkpoint(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Without its last line, which names commits."""
    command = [*diff_picture.TOOL, "diff", "--checkpoint", "main"]
    folder = request.getfixturevalue("edited")
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    return f"$ nnviz-action diff --checkpoint\n{shown.rpartition('1 of 1')[0]}"


def usage(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    folder = Path(shutil.copytree(request.getfixturevalue("edited"), tmp_path / "r"))
    (folder / "net.py").write_text(EDITED)
    subprocess.run([*diff_picture.TOOL, "generate"], cwd=folder, check=True, capture_output=True)
    return diff(folder)


def verbose(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    repository = Repository(tmp_path / "r")
    shutil.copy(ROOT / "examples" / "three_layers.py", repository.folder)
    repository.write({"nnviz.yaml": "models: {three_layers: {model: three_layers:Net, inputs: [[5, 8]]}}\n"})
    return repository.run("generate", "-v").stderr


def doctor(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """From git on; the last line is always the config's."""
    shown = Repository(tmp_path / "r").models(net="Relu").run("doctor").stdout
    return shown[shown.index("✓ git") :]


def unstaged(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    repository = Repository(tmp_path / "r").models(resnet18="Relu")
    repository.git("add", "nnviz.yaml", "resnet18.onnx")
    return repository.run("check", "--staged").stdout


# By the page and the first line of the block: what prints it, and whether numbers may be others.
PRINTED: dict[tuple[str, str], tuple[Callable[[pytest.FixtureRequest, Path], str], bool]] = {
    ("README.md", "$ nnviz-action diff"): (readme, False),
    ("docs/usage.md", "resnet18  changed"): (usage, False),
    ("docs/usage.md", "$ nnviz-action diff --checkpoint"): (checkpoint, False),
    ("docs/usage.md", "1/1 three_layers: 7 written, 5.6 s"): (verbose, True),
    ("docs/usage.md", "✓ git          2.39.5"): (doctor, True),
    ("docs/hooks.md", "✗ resnet18: unstaged"): (unstaged, False),
}
TORCH = {readme, usage, checkpoint, verbose}
SHOWN = [block for block in of("text") if block.first not in DRAWINGS]


def case(block: Block) -> object:
    printer, _ = PRINTED[block.page, block.first]
    return pytest.param(block, id=str(block), marks=[pytest.mark.torch] if printer in TORCH else [])


@pytest.mark.parametrize("block", [case(b) for b in SHOWN])
def test_a_command_prints_this(block: Block, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    printer, loose = PRINTED[block.page, block.first]
    shown, printed = block.text, printer(request, tmp_path)
    if loose:
        shown, printed = NUMBER.sub("N", shown), NUMBER.sub("N", printed)
    assert shown.splitlines() == printed.splitlines()
