"""The hooks as they are published, and as the documentation shows them."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from conftest import ROOT

from nnviz_action.cli.main import cli

MANIFEST = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
HOOKS = {hook["id"]: hook for hook in MANIFEST}
NAMED = re.compile(r"nnviz-(?:check|generate)[a-z-]*")


def blocks(name: str) -> list[Any]:
    """The YAML in a page, as data."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def shown(data: Any) -> list[dict[str, Any]]:
    """The hooks in a block: of a whole config, or a list of hooks."""
    if isinstance(data, dict):
        return [hook for repo in data.get("repos", ()) for hook in repo["hooks"]]
    return [hook for hook in data if isinstance(hook, dict) and "id" in hook]


PAGES = [(page, hook) for page in ("docs/hooks.md", "README.md") for block in blocks(page) for hook in shown(block)]


def test_every_page_shows_hooks() -> None:
    assert {page for page, _ in PAGES} == {"docs/hooks.md", "README.md"}
    assert {hook["id"] for page, hook in PAGES if page == "docs/hooks.md"} == set(HOOKS)


@pytest.mark.parametrize(("page", "hook"), PAGES)
def test_what_is_shown_is_there(page: str, hook: dict[str, Any]) -> None:
    published = HOOKS[hook["id"]]
    assert set(hook) <= {"id", "name", "args", "entry", "additional_dependencies"}
    assert set(published.get("additional_dependencies", ())) <= set(hook.get("additional_dependencies", published.get("additional_dependencies", ())))  # fmt: skip
    if "entry" in hook:
        assert hook["entry"].endswith(published["entry"])
    runs([*shlex.split(published["entry"]), *hook.get("args", ())])


@pytest.mark.parametrize("hook", MANIFEST, ids=list(HOOKS))
def test_every_hook_runs_always_once_and_alone(hook: dict[str, Any]) -> None:
    assert (hook["always_run"], hook["pass_filenames"], hook["require_serial"]) == (True, False, True)
    assert "commit-msg" not in hook["stages"] and "pre-commit" in hook["stages"]
    runs(shlex.split(hook["entry"]))


def runs(command: list[str]) -> None:
    """The command line takes these options."""
    assert command[0] == "nnviz-action"
    done = CliRunner().invoke(cli, [*command[1:], "--help"])
    assert done.exit_code == 0, done.output
    options = [word for word in command[2:] if word.startswith("--")]
    assert all(option in done.output for option in options)


def test_only_hooks_that_exist_are_named() -> None:
    for page in (ROOT / "README.md", *Path(ROOT / "docs").glob("*.md")):
        assert set(NAMED.findall(page.read_text(encoding="utf-8"))) <= set(HOOKS), page.name
