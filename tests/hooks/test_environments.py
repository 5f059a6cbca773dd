"""Hooks in environments of their own, as the runners really build them."""

import os
import shutil
from pathlib import Path

import pytest
import yaml
from hooked import SCRIPTS, Repository, Source

pytestmark = pytest.mark.torch

LARGEST = 60e6  # bytes; pre-commit.ci gives all hooks together 250 MB


def test_install_commit_refused_mend_commit(begun: Repository, source: Source, runner: str) -> None:
    begun.hooks(source, {"id": "nnviz-check"}).commit()
    begun.call([runner, "install"])
    begun.model("one.onnx", "Sigmoid").git("add", "--all")
    said = begun.commit(fails=True)
    assert "✗ one: suspect" in said and "one.onnx changed" in said and "onnx is not here to tell" in said
    begun.follow(said)
    begun.commit()
    assert begun.git("status", "--porcelain") == ""


def test_the_environment_of_the_check_is_small(begun: Repository, source: Source) -> None:
    begun.hooks(source, {"id": "nnviz-check"})
    begun.call(["pre-commit", "install-hooks"])
    [environment] = Path(begun.env["PRE_COMMIT_HOME"]).glob("repo*/py_env-*/lib/*/site-packages/pydantic")
    files = (path for path in environment.parents[3].rglob("*") if path.is_file() and not path.is_symlink())
    assert 10e6 < sum(path.stat().st_blocks * 512 for path in files) <= LARGEST


def test_a_repository_of_hooks_can_be_tried(begun: Repository, source: Source) -> None:
    said = begun.call(["pre-commit", "try-repo", str(source.folder), "nnviz-generate", "--verbose", "--all-files"])
    assert "✓ 1 of 1 fresh and staged" in said


@pytest.mark.slow
def test_generate_with_a_torch_of_its_own(begun: Repository, source: Source, tmp_path: Path) -> None:
    """Neither the command nor torch is on the path of whoever commits."""
    dependencies = [".[torch]", "torch==2.13.0"]
    begun.hooks(source, {"id": "nnviz-generate-isolated", "additional_dependencies": dependencies})
    net = "from torch import nn\n\n\ndef Net():\n    return nn.Sequential(nn.Linear(4, 2), nn.ReLU())\n"
    config = {"models": {"net": {"model": "net:Net", "inputs": [[1, 4]]}}}
    begun.write({"net.py": net, "nnviz.yaml": yaml.safe_dump(config)}).git("add", "--all")
    begun.call(["pre-commit", "install"])
    begun.env["PRE_COMMIT_HOME"] = str(tmp_path / "home")
    begun.env["PATH"] = os.pathsep.join(p for p in begun.env["PATH"].split(os.pathsep) if p != str(SCRIPTS))
    try:
        begun.follow(begun.commit(fails=True))
        begun.commit()
    finally:
        shutil.rmtree(tmp_path / "home")
    assert begun.git("ls-tree", "--name-only", "HEAD:diagrams").split() == ["net"]
