"""The inputs of the action, and in which Python it runs."""

import importlib.util
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType

import composite
import pytest
import yaml
from conftest import ROOT
from repository import Repository

from nnviz_action.errors import ConfigError
from nnviz_action.project.action.inputs import CHOICES, Inputs, read_inputs
from nnviz_action.system.distributions import owners


def test_without_inputs_all_is_as_action_yml_says() -> None:
    definition = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    assert set(definition) == {*Inputs.__dataclass_fields__, "python", "token"}
    defaults = {f"INPUT_{name.upper()}": spec["default"] for name, spec in definition.items()}
    assert read_inputs(defaults) == read_inputs({}) == Inputs()


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("full", "True", True), ("full", " false ", False), ("models", " a  b\n c ", ("a", "b", "c")),
        ("images", "Branch", "branch"), ("comment", "ALWAYS", "always"), ("config", " a b.yaml ", "a b.yaml"),
    ],
)  # fmt: skip
def test_an_input_is_read(name: str, value: str, found: object) -> None:
    assert getattr(read_inputs({f"INPUT_{name.upper()}": value}), name) == found


@pytest.mark.parametrize("name", CHOICES)
def test_what_is_no_choice_is_told(name: str) -> None:
    with pytest.raises(ConfigError, match=f"input {name}: 'yes' is none of {', '.join(CHOICES[name])}"):
        read_inputs({f"INPUT_{name.upper()}": "yes"})


def test_a_comment_needs_reports() -> None:
    with pytest.raises(ConfigError, match="mode: comment needs reports"):
        read_inputs({"INPUT_MODE": "comment"})


@pytest.fixture
def prepare() -> ModuleType:
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "action" / "prepare.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_comment_needs_little_and_torch_is_only_completed(prepare: ModuleType) -> None:
    assert prepare.wanted("comment", torch=True) == ("github",)
    assert prepare.wanted("check", torch=False) == ("github", "render")
    assert prepare.wanted("", torch=True) == ("github", "render", "torch")


@pytest.mark.torch
def test_what_the_extras_bring_is_what_is_looked_for(prepare: ModuleType) -> None:
    """Each distribution of an extra in pyproject.toml by a module of its own; torch itself is never brought."""
    text = (ROOT / "pyproject.toml").read_text()
    modules = owners()
    for extra, names in [*prepare.EXTRAS.items(), ("dependencies", prepare.BASE)]:
        listed = re.search(rf"^{extra} = \[(.*)\]", text, re.MULTILINE)
        assert listed is not None
        wanted = {re.split(r"[>\[]", word)[0].lower() for word in re.findall(r'"([^"]+)"', listed[1])}
        found = {dist.lower().replace("_", "-") for name in names for dist in modules[name]}
        assert wanted - {"torch", "nnviz-action"} <= found, extra


def test_pip_must_leave_torch_as_it_is(prepare: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", {"torch": "2.13.0+cpu"}.get)
    assert prepare.pins() == "torch==2.13.0+cpu\n"

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert prepare.pins() == "torch<0\n"


def test_an_old_python_is_told(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert prepare.main() == 4
    cure = "a step with actions/setup-python before this one"
    assert capsys.readouterr() == (
        f"```text\nnnviz-action needs Python 3.10 or later\n```\n\nTo mend this: {cure}.\n",
        f"::error title=nnviz-action::nnviz-action needs Python 3.10 or later%0A{cure}\n",
    )


def test_an_environment_that_has_it_all_is_used_as_it_is(
    prepare: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepare.main() == 0
    assert capsys.readouterr().out == f"{sys.executable}\n"


@pytest.mark.slow
def test_a_python_without_anything_gets_an_environment_of_its_own(tmp_path: Path) -> None:
    """With what the index has to offer; the job's own Python is left as it was."""
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    before = sorted(path.name for path in bare.rglob("*"))
    repository = Repository(tmp_path / "nets").models(net="Relu")
    repository.commit()
    environment = composite.environment("push", {}, tmp_path / "temp")
    del environment["PYTHONPATH"]
    environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    for made in (True, False):
        ran = composite.run(
            {"python": str(bare / "bin" / "python")}, environment, repository.folder, tmp_path / "temp"
        )
        assert (ran.code, ran.outputs["stale"]) == (0, "false"), ran.log
        assert ("making an environment" in ran.log) == made
    assert sorted(path.name for path in bare.rglob("*")) == before
    (python,) = (tmp_path / "temp").glob("nnviz-action/venv-*/bin/python")
    assert subprocess.run([python, "-c", "import torch"], capture_output=True, check=False).returncode == 1
