"""What is printed of mistakes in the config, on the command line and around the tool: see commands.yaml."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import settings
import yaml
from filelock import FileLock
from repository import Repository

ROWS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "commands.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A project with a fresh, committed diagram, made once however many processes the tests run in."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    folder = shared / "mistaken"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            Repository(folder).models(net="Relu > Sigmoid").commit()
    return folder


def marks(row: dict[str, Any]) -> list[pytest.MarkDecorator]:
    """One torch in another's place: the packages beside it must be there."""
    return [pytest.mark.torch] if row.get("setting", "") in ("old_torch", "lacking_torch", "broken_torch") else []


@pytest.mark.parametrize("row", [pytest.param(r, marks=marks(r), id=r["mistake"].replace(" ", "_")) for r in ROWS])
def test_a_mistake_is_told_with_its_cause_its_place_and_its_cure(
    row: dict[str, Any], template: Path, tmp_path: Path, cli: Callable[..., tuple[int, str, str]]
) -> None:
    project = Repository(Path(shutil.copytree(template, tmp_path / "project")))
    if "config" in row:
        project.write({"nnviz.yaml": row["config"]})
    arguments = row["run"].split()
    if "setting" in row:
        code, said = _run(getattr(settings, row["setting"])(project), project, arguments)
    else:
        code, *streams = cli(project, *arguments)
        said = "".join(streams)
    assert code == row["exit"], said
    for phrase in row["says"]:
        assert phrase in said
    for words in ("Traceback", "this is a bug", "nnviz_action/", "Exception ignored"):
        assert words not in said
    assert len(said.splitlines()) < 12, "nobody reads more"


def _run(spoilt: settings.Spoilt, project: Repository, arguments: Sequence[str]) -> tuple[int, str]:
    """The command in a process of its own, in what is spoilt around it."""
    command = [*spoilt.before, sys.executable, "-m", "nnviz_action", *arguments]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **spoilt.options}
    folder, env = spoilt.folder or project.folder, {**os.environ, **spoilt.env}
    done = subprocess.run(command, cwd=folder, env=env, text=True, check=False, **options)
    return done.returncode, (done.stdout or "") + done.stderr
