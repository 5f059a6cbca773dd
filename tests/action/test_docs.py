"""Every command that the documentation and the workflows show is one that the command line takes."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from conftest import ROOT

from nnviz_action.cli.main import cli

TEXTS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "examples" / "workflows").glob("*.yml")),
]
SHOWN = re.compile(r"(?:`|^\s*(?:- )?|\$\()nnviz-action ([a-z]+ [^`|)#]*?)(?=`|\||\)|#|&&|$)", re.MULTILINE)
PLACEHOLDERS = re.compile(r"\[[^]]*\]|[…\\]|[<>].*")


def commands() -> list[tuple[str, str]]:
    found = [(path.name, match[1].strip()) for path in TEXTS for match in SHOWN.finditer(path.read_text())]
    return sorted(set(found))


@pytest.mark.parametrize(("name", "command"), commands())
def test_the_command_line_takes_it(name: str, command: str) -> None:
    words = shlex.split(PLACEHOLDERS.sub("", command))
    sub = cli.commands[words[0]]
    needed = [param for param in sub.params if isinstance(param, click.Argument) and param.required]
    missing = ["x"] if needed and len(words) == 1 else []
    try:
        sub.make_context(words[0], words[1:] + missing)
    except click.MissingParameter:
        assert len(words) == 1, "a command that is only named may lack its options"


def test_some_are_found() -> None:
    assert {"plan --shards 4", "merge report-*.json --output report.json"} <= {command for _, command in commands()}


def test_every_input_is_described() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    text = (ROOT / "docs" / "ci.md").read_text()
    rows = set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE))
    assert {*action["inputs"], *action["outputs"]} <= rows


def test_every_workflow_is_listed() -> None:
    text = (ROOT / "docs" / "ci.md").read_text()
    for path in (ROOT / "examples" / "workflows").iterdir():
        assert f"(../examples/workflows/{path.name})" in text


def test_gitlab_takes_the_recipe() -> None:
    """The keys that its job may have: docs.gitlab.com/ci/yaml."""
    (job,) = yaml.safe_load(Path(ROOT / "examples" / "workflows" / "gitlab-ci.yml").read_text()).values()
    assert set(job) == {"image", "variables", "rules", "before_script", "script", "artifacts"}
    assert all(isinstance(line, str) for key in ("before_script", "script") for line in job[key])
