"""Small projects under `projects/`, each with what `init` must make of it in its `expect.yaml`."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Project

from nnviz_action.config import read_document
from nnviz_action.config.load import load_config
from nnviz_action.setup.init.scan import Scan, scan

CASES = sorted(p.parent for p in (Path(__file__).parent / "projects").glob("*/expect.yaml"))
Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture(params=CASES, ids=lambda path: path.name)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Project, dict[str, Any]]:
    folder = Path(shutil.copytree(request.param, tmp_path / "project"))
    expect = yaml.safe_load((folder / "expect.yaml").read_text())
    (folder / "expect.yaml").unlink()
    return Project(folder), expect


def found(project: Project, functions: bool = False) -> Scan:
    return scan(project.folder, None, functions)


def test_the_config(case: tuple[Project, dict[str, Any]], cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    project, expect = case
    monkeypatch.setenv("NNVIZ_DEBUG", "1")
    code, out, _ = cli(project, "init")
    assert code == 0
    text = project.read("nnviz.yaml")
    data = yaml.safe_load(text)
    assert data["models"] == expect["ready"]
    assert data.get("defaults") == expect.get("defaults")
    for words in expect["says"]:
        assert words in text
    outlines = {p.name: p.problem for p in found(project).outlines}
    assert outlines == expect.get("outlines", {})
    for name, problem in outlines.items():
        assert f"  # could not guess: {problem}\n" in text and f"\n  # {name}:\n" in text
        assert f"  {name}: {problem}" in out
    assert load_config(read_document(project.folder / "nnviz.yaml"))


def test_the_outlines_become_a_config_once_the_comments_go(case: tuple[Project, dict[str, Any]], cli: Cli) -> None:
    project, expect = case
    cli(project, "init")
    lines = project.read("nnviz.yaml").split("\n")
    opened = [
        line.replace("  # ", "  ", 1) if line.startswith(("  #   ", *_names(expect))) else line for line in lines
    ]
    project.write({"nnviz.yaml": "\n".join(opened)})
    names = {spec.name for spec in load_config(read_document(project.folder / "nnviz.yaml")).models}
    assert names == {*expect["ready"], *expect.get("outlines", {})}


def _names(expect: dict[str, Any]) -> tuple[str, ...]:
    return tuple(f"  # {name}:" for name in expect.get("outlines", {}))


@pytest.mark.torch
def test_what_is_listed_is_drawn(case: tuple[Project, dict[str, Any]], cli: Cli) -> None:
    project, expect = case
    assert cli(project, "init", "--functions")[0] == 0
    listed = {**expect["ready"], **expect.get("functions", {})}
    assert yaml.safe_load(project.read("nnviz.yaml"))["models"] == listed
    code, _, err = cli(project, "generate", "--jobs", "2")
    assert code == (3 if "fails" in expect else 0), err
    drawn = {p.parent.name for p in project.folder.glob("diagrams/*/forward.png")}
    assert drawn == set(listed) - set(expect.get("fails", ()))


@pytest.mark.torch
def test_a_trial_leaves_what_works(tmp_path: Path, cli: Cli) -> None:
    project = Project(Path(shutil.copytree(CASES[-1], tmp_path / "project")))
    code, out, err = cli(project, "init", "--try", "--jobs", "2")
    assert code == 0
    text = project.read("nnviz.yaml")
    assert set(yaml.safe_load(text)["models"]) == {"UNet", "Regressor"}
    assert "  # tried, and failed: FileNotFoundError: [Errno 2] No such file or directory" in text
    assert "LeNet: tried, and failed: FileNotFoundError" in err and "UNet: tried, and works" in err
    assert "  LeNet: tried, and failed: FileNotFoundError" in out


@pytest.mark.torch
def test_a_trial_in_which_all_fail(project: Project, cli: Cli) -> None:
    net = (CASES[-1] / "models" / "lenet.py").read_text()
    project.write({"lenet.py": net})
    code, out, err = cli(project, "init", "--try")
    assert code == 1 and "paths in the model's code count from the config's folder" in err
    assert "nnviz.yaml was not written: all that were tried failed" in out
    assert not (project.folder / "nnviz.yaml").exists()
