"""What zizmor and actionlint say of the action, of our workflows, and of those that we tell others to copy."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT
from linters import actionlint, zizmor

OWN = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
RECIPES = sorted(path for path in (ROOT / "examples" / "workflows").glob("*.yml") if path.name != "gitlab-ci.yml")
PROPOSED = ROOT / "nnviz_action" / "setup" / "init" / "diagrams.yml"  # what `init` writes
WORKFLOWS = [*OWN, *RECIPES, PROPOSED]
# What zizmor is told to let pass, each with its reason beside it.
ALLOWED = {("ci.yml", "self-repository"), ("fork-comment.yml", "dangerous-triggers")}


def test_zizmor_finds_nothing() -> None:
    assert zizmor(ROOT / "action.yml", *WORKFLOWS) == ""


def test_zizmor_would_find_something(tmp_path: Path) -> None:
    """An input in a script, which is the oldest hole of all."""
    text = (ROOT / "action.yml").read_text().replace('"$INPUT_PYTHON" "$ACTION', '"${{ inputs.python }}" "$ACTION')
    (tmp_path / "action.yml").write_text(text)
    assert "template-injection" in zizmor(tmp_path / "action.yml")


def test_what_zizmor_lets_pass_is_known() -> None:
    found = {
        (path.name, name)
        for path in WORKFLOWS
        for name in re.findall(r"zizmor: ignore\[([\w-]+)\]", path.read_text())
    }
    assert found == ALLOWED
    assert "zizmor" not in (ROOT / "action.yml").read_text()


def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    assert actionlint(*WORKFLOWS, as_workflow(tmp_path)) == ""


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    path = as_workflow(tmp_path)
    path.write_text(path.read_text().replace("inputs.config", "inputs.confgi"))
    assert 'property \\"confgi\\" is not defined' in actionlint(path)


def as_workflow(folder: Path) -> Path:
    """The steps of `action.yml` in a workflow with the same inputs: actionlint knows workflows only."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    inputs = {name: {"type": "string", "default": spec["default"]} for name, spec in action["inputs"].items()}
    steps = action["runs"]["steps"]
    outputs = {name.replace("-", "_"): spec["value"] for name, spec in action["outputs"].items()}
    data = {
        "on": {"workflow_call": {"inputs": inputs}},
        "jobs": {"run": {"runs-on": "ubuntu-latest", "outputs": outputs, "steps": steps}},
    }
    (folder / "action-as-workflow.yml").write_text(yaml.safe_dump(data, sort_keys=False))
    return folder / "action-as-workflow.yml"


def uses(path: Path) -> Sequence[dict[str, Any]]:
    data = yaml.safe_load(path.read_text())
    return [step for job in data["jobs"].values() for step in job["steps"] if "uses" in step]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_with_its_version_beside(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if re.search(r"\buses:", line)]
    assert len(lines) == len(uses(path)) > 0
    for line in lines:
        assert re.search(r"uses: (\./ # |[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$)", line), line


def test_one_version_of_each_action_everywhere() -> None:
    names = {step["uses"] for path in WORKFLOWS for step in uses(path)}
    assert len(names) == len({name.partition("@")[0] for name in names})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_our_action_is_used_with_inputs_that_it_has(path: Path) -> None:
    known = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    ours = [step for step in uses(path) if "nnviz-action" in step["uses"] or step["uses"] == "./"]
    for step in ours:
        assert set(step.get("with", {})) <= set(known), step


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_is_permitted_but_what_a_job_names(path: Path) -> None:
    data = yaml.safe_load(path.read_text())
    assert data["permissions"] == {}
    writing = {name for name, job in data["jobs"].items() if "write" in str(job["permissions"])}
    assert writing <= {"diagrams", "comment", "commit", "publish"}
    for name in writing:
        steps = str(data["jobs"][name]["steps"])
        assert "pip install" not in steps or path.name in ("pull-request.yml", PROPOSED.name), (
            "what writes runs nobody's code"
        )


def test_the_second_stage_checks_out_nothing_and_runs_nothing() -> None:
    (job,) = yaml.safe_load((ROOT / "examples" / "workflows" / "fork-comment.yml").read_text())["jobs"].values()
    names = [step["uses"].partition("@")[0] for step in job["steps"]]
    assert names == ["actions/setup-python", "actions/download-artifact", "OWNER/nnviz-action"]
    assert job["steps"][-1]["with"]["mode"] == "comment"
