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

CASES = sorted(p.parent for p in (Path(__file__).parent / "projects").glob("*/expect.yaml"))
Cli = Callable[..., tuple[int, str, str]]
Case = tuple[Project, dict[str, Any]]


@pytest.fixture(params=CASES, ids=lambda path: path.name)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    folder = Path(shutil.copytree(request.param, tmp_path / "project"))
    expect = yaml.safe_load((folder / "expect.yaml").read_text())
    (folder / "expect.yaml").unlink()
    return Project(folder), expect


@pytest.mark.torch
def test_what_is_listed_is_drawn(case: Case, cli: Cli) -> None:
    project, expect = case
    code, _, err = cli(project, "init", "--jobs", "2")
    assert code == 0, err
    text = project.read("nnviz.yaml")
    data = yaml.safe_load(text)
    assert data["models"] == expect["models"]
    assert data.get("defaults") == expect.get("defaults")
    for words in expect["says"]:
        assert words in text
    for name, why in expect.get("failures", {}).items():
        assert f"  # not drawn: {why}\n" in text and f"\n  # {name}:\n" in text
        assert f"{name}: not drawn: {why}" in err
    code, _, err = cli(project, "generate", "--jobs", "2")
    assert code == 0, err
    assert {p.parent.name for p in project.folder.glob("diagrams/*/forward.png")} == set(expect["models"])


def test_static_runs_nothing_and_says_what_it_could_not_tell(case: Case, cli: Cli) -> None:
    project, expect = case
    code, out, _ = cli(project, "init", "--static")
    assert code == (0 if expect["static"] else 1)
    text = project.read("nnviz.yaml")
    listed = yaml.safe_load(text)["models"]
    assert list(listed) == expect["static"]
    for name, entry in listed.items():
        assert {**entry, "inputs": 0} == {**expect["models"][name], "inputs": 0}
    for name in {*expect["models"], *expect.get("failures", {})} - set(expect["static"]):
        assert f"\n  # {name}:\n" in text
    assert "to ask the others: nnviz-action init --force\n" in out
    if expect["static"]:
        assert load_config(read_document(project.folder / "nnviz.yaml"))


def test_the_outlines_become_a_config_once_the_comments_go(case: Case, cli: Cli) -> None:
    project, expect = case
    cli(project, "init", "--static")
    rest = {*expect["models"], *expect.get("failures", {})} - set(expect["static"])
    keys = ("  #   ", *(f"  # {name}:" for name in rest))
    lines = project.read("nnviz.yaml").replace("models: {}", "models:").split("\n")
    opened = [line.replace("  # ", "  ", 1) if line.startswith(keys) else line for line in lines]
    project.write({"nnviz.yaml": "\n".join(opened)})
    names = {spec.name for spec in load_config(read_document(project.folder / "nnviz.yaml")).models}
    assert names == {*expect["models"], *expect.get("failures", {})}
