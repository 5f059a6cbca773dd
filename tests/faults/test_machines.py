"""Machines that are not as they should be: `generate` and `check` simply work."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from repository import Repository, chain

TOMORROW = 2**33  # seconds: files from the future, or a clock that stands in 1970


def from_the_future(project: Repository) -> dict[str, str]:
    for path in project.folder.glob("*.*"):
        os.utime(path, (TOMORROW, TOMORROW))
    return {}


def no_home(project: Repository) -> dict[str, str]:
    return {"HOME": "/nonexistent", "XDG_CACHE_HOME": ""}


def ascii_only(project: Repository) -> dict[str, str]:
    return {"LANG": "C", "LC_ALL": "C"}


def no_git(project: Repository) -> dict[str, str]:
    return {"PATH": str(project.folder)}


def no_fonts(project: Repository) -> dict[str, str]:
    return {"FONTCONFIG_FILE": "/nonexistent/fonts.conf", "FONTCONFIG_PATH": "/nonexistent"}


def a_link_for_the_output(project: Repository) -> dict[str, str]:
    (project.folder / "elsewhere").mkdir()
    (project.folder / "diagrams").symlink_to("elsewhere")
    return {}


@pytest.mark.parametrize("spoil", [from_the_future, no_home, ascii_only, no_git, no_fonts, a_link_for_the_output])
def test_it_simply_works(spoil: Callable[[Repository], dict[str, str]], tmp_path: Path) -> None:
    project = Repository(tmp_path / "a path with 'quotes' and 🎉")
    (project.folder / "сеть.onnx").write_bytes(chain("Relu > Tanh"))
    project.write({"nnviz.yaml": "models:\n  сеть: {onnx: сеть.onnx}\n"})
    env = spoil(project)
    done = project.run("generate", env=env)
    assert done.returncode == 0, done.stderr
    assert project.run("check", env=env).returncode == 0
    found = {path.name for path in (project.folder / "diagrams" / "сеть").iterdir()}
    assert found == {"forward.png", "lock.json", "model.onnx", "overview.png", "summary.md"}


def test_an_encoding_without_the_names_is_told_with_its_cure(tmp_path: Path) -> None:
    project = Repository(tmp_path / "project")
    project.write({"nnviz.yaml": "models:\n  сеть: {onnx: сеть.onnx}\n"})
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = project.run("generate", env=env)
    assert done.returncode == 4
    assert "cannot be written in ascii" in done.stderr and "set PYTHONUTF8=1" in done.stderr


def test_two_runs_at_once_make_what_one_makes(tmp_path: Path) -> None:
    project = Repository(tmp_path / "project").models(a="Relu", b="Tanh > Abs")
    whole = {path: path.read_bytes() for path in (project.folder / "diagrams").rglob("*.*")}
    for path in whole:
        path.unlink()
    command = [sys.executable, "-m", "nnviz_action", "generate"]
    runs = [subprocess.Popen(command, cwd=project.folder, stderr=subprocess.PIPE) for _ in range(3)]
    for run in runs:
        assert run.communicate()[1] is not None and run.returncode == 0
    assert {path: path.read_bytes() for path in (project.folder / "diagrams").rglob("*.*")} == whole
