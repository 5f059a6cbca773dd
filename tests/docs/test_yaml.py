"""The YAML in the documentation: configs are loaded and drawn, hooks and workflows go through their own tools."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import ROOT
from doc_blocks import Block, of
from linters import actionlint, zizmor
from repository import Repository, chain

from nnviz_action.config import read_document
from nnviz_action.config.load import load_config
from nnviz_action.config.schema import json_schema

MODEL = "models:\n  net:\n    model: net:Net\n"
ENTRIES = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STEPS = """name: steps
on: push
permissions: {}
concurrency: {group: "${{ github.ref }}", cancel-in-progress: false}
jobs:
  job:
    name: job
    runs-on: ubuntu-latest
    permissions: {}
    steps:
"""


def kind(text: str) -> str:
    """What a block is a part of. Raises `LookupError` where no test would know it."""
    data = yaml.safe_load(text)
    keys = data.keys() if isinstance(data, dict) else {key for item in data for key in item}
    known = {
        "models": "config", "inputs": "inputs", "repos": "hooks", "ci": "hooks", "jobs": "workflow",
        "uses": "steps", "id": "hooks",
    }  # fmt: skip
    return next(found for key, found in known.items() if key in keys)


def every(wanted: str) -> Any:
    return pytest.mark.parametrize("block", [b for b in of("yaml") if kind(b.text) == wanted], ids=str)


def test_what_is_of_no_kind_is_refused() -> None:
    with pytest.raises(StopIteration):
        kind("services: {}")


def valid(text: str, folder: Path) -> None:
    """The loader takes it, and so does an editor."""
    (folder / "nnviz.yaml").write_text(text)
    load_config(read_document(folder / "nnviz.yaml"))
    jsonschema.validate(yaml.safe_load(text), json_schema())


@every("config")
def test_a_config_is_one(block: Block, tmp_path: Path) -> None:
    valid(block.text, tmp_path)


@every("inputs")
def test_every_way_to_write_inputs_is_one(block: Block, tmp_path: Path) -> None:
    ways = re.split(r"^(?=inputs:)", block.text, flags=re.MULTILINE)[1:]
    assert len(ways) > 1
    for way in ways:
        valid(MODEL + re.sub("^", "    ", way, flags=re.MULTILINE), tmp_path)


@pytest.mark.torch
@every("config")
def test_a_config_is_drawn(block: Block, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Of torchvision's models as the examples have them: it may be built for another torch here."""
    if "render: netron" in block.text:
        request.getfixturevalue("chromium")
    repository = Repository(tmp_path / "r").write(
        {"nnviz.yaml": block.text.replace("torchvision.models:", "vision:")}
    )
    shutil.copy(ROOT / "examples" / "vision.py", repository.folder)
    for target, source in (("tagging/model.py", "small.py"), ("exported/theirs.onnx", "")):
        path = repository.folder / target
        path.parent.mkdir()
        path.write_bytes((ROOT / "examples" / source).read_bytes() if source else chain("Relu"))
    for command in ("generate", "check"):
        code, said = repository.here(command)
        assert code == 0, said
    for spec in load_config(read_document(repository.folder / "nnviz.yaml")).models:
        names = {path.name for path in spec.folder.iterdir()}
        dark = {name for name in names if "-dark." in name}
        assert {"forward.png", "model.onnx", "summary.md", "lock.json"} <= names
        assert bool(dark) == (spec.picture["theme"] == "both")
        assert ("netron.png" in names) == ("render" in spec.picture)
        assert {f"forward.{path}.png" for path in spec.picture["focus"]} <= names


@every("hooks")
def test_hooks_are_as_pre_commit_wants_them(block: Block, tmp_path: Path) -> None:
    data = yaml.safe_load(block.text)
    if isinstance(data, list):
        data = {"repos": [{"repo": "https://github.com/OWNER/nnviz-action", "rev": "v0.1.0", "hooks": data}]}
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(yaml.safe_dump({"repos": [], **data}, sort_keys=False))
    assert set(data.get("ci", {}).get("skip", ())) <= {hook["id"] for hook in ENTRIES}
    assert validate(path) == (0, "")
    path.write_text(path.read_text().replace("repos:", "repositories:"))
    assert validate(path)[0] == 1


def validate(path: Path) -> tuple[int, str]:
    """pre-commit's own word on a config; a key that it does not know is only a warning to it."""
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(path)]
    env = {**os.environ, "PRE_COMMIT_HOME": str(path.parent / "home")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("lint", [zizmor, actionlint])
@every("workflow")
def test_a_workflow_passes_the_linters(block: Block, lint: Callable[..., str], tmp_path: Path) -> None:
    assert lint(written(tmp_path, block.text)) == ""


@pytest.mark.parametrize("lint", [zizmor, actionlint])
@every("steps")
def test_steps_pass_the_linters(block: Block, lint: Callable[..., str], tmp_path: Path) -> None:
    assert lint(written(tmp_path, STEPS + block.text)) == ""


def written(folder: Path, text: str) -> Path:
    path = folder / ".github" / "workflows" / "shown.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


@every("workflow")
def test_a_workflow_gives_inputs_that_the_action_has(block: Block) -> None:
    known = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    steps = [step for job in yaml.safe_load(block.text)["jobs"].values() for step in job["steps"]]
    assert all(set(s.get("with", {})) <= set(known) for s in steps if "nnviz-action@" in s["uses"])


def test_the_workflow_of_the_readme_is_short() -> None:
    shown = [block for block in of("yaml") if block.page == "README.md" and kind(block.text) in ("hooks", "workflow")]
    assert [len(block.text.splitlines()) for block in shown] == [5, 15]
