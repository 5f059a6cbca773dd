"""`--staged`: what is fresh on disk must be what is about to be committed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import test_check
from conftest import Project
from hooked import Repository
from test_check import CONFIG, HEAVY, fresh

from nnviz_action.freshness.verdict import Lacking, Status, Verdict, judge_staged
from nnviz_action.project import generate, recapture
from nnviz_action.project.staged import add_commands

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def staged(repository: Repository) -> Repository:
    fresh(repository)
    repository.git("add", "--all")
    return repository


def test_only_what_is_fresh_can_be_unstaged() -> None:
    lacking = Lacking(unknown=("diagrams/m/lock.json",))
    assert judge_staged(Verdict("m", Status.FRESH), lacking) == Verdict(
        "m", Status.UNSTAGED, ("not in git: lock.json",)
    )
    assert judge_staged(Verdict("m", Status.FRESH), Lacking()).status is Status.FRESH
    assert judge_staged(Verdict("m", Status.STALE), lacking).status is Status.STALE


def test_each_kind_is_named() -> None:
    lacking = Lacking(("d/a.png", "d/b.png"), ("d/c.onnx",), ("d/lock.json",), ("src/net.py",))
    assert lacking.reasons() == (
        "not in git: a.png, b.png", "ignored by git: c.onnx", "not staged as it is: lock.json",
        "made from what is not in git: src/net.py",
    )  # fmt: skip


def test_the_commands_that_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    paths = [tmp_path / "d" / name for name in ("b", "a c", "b")]
    assert add_commands(paths) == ("git add 'd/a c' d/b",)
    assert add_commands([], paths[:1]) == ("git add --force d/b",)
    assert add_commands([tmp_path / "d" / str(number) for number in range(9)]) == ("git add d",)
    monkeypatch.chdir(tmp_path.parent)
    assert add_commands(paths[:1]) == (f"git add {tmp_path.name}/d/b",)


def test_all_staged(staged: Repository, cli: Cli) -> None:
    assert cli(staged, "check", "--staged") == (0, "✓ 2 of 2 fresh and staged\n", "")
    assert cli(staged, "generate", "--staged", "--fail-if-changed") == (0, "✓ 2 of 2 fresh and staged\n", "")


@pytest.mark.parametrize("command", ["check", "generate"])
def test_what_git_lacks_comes_with_the_command_that_adds_it(command: str, staged: Repository, cli: Cli) -> None:
    staged.git("rm", "--quiet", "--cached", "-r", "diagrams/two", "net.py")
    staged.write({"diagrams/one/lock.json": staged.read("diagrams/one/lock.json") + "\n"})
    code, out, _ = cli(staged, command, "--staged")
    assert code == 1
    assert out.splitlines() == [
        "✗ one: unstaged", "    not staged as it is: lock.json", "    made from what is not in git: net.py",
        "✗ two: unstaged", "    not in git: forward.png, graph.json, model.onnx, summary.md, lock.json",
        "    made from what is not in git: net.py", "0 of 2 fresh and staged",
        "to mend this:", "  git add diagrams/one diagrams/two net.py", "then commit again",
    ]  # fmt: skip
    assert cli(staged, command)[0] == 0, "without the option the disk is what counts"
    staged.follow(out)
    assert cli(staged, command, "--staged")[0] == 0


def test_a_source_that_is_ignored_is_made_by_something_else(staged: Repository, cli: Cli) -> None:
    staged.write({".gitignore": "data.json\n"}).git("rm", "--quiet", "--cached", "data.json")
    assert cli(staged, "check", "--staged")[0] == 0


def test_json_tells_both_steps(staged: Repository, cli: Cli) -> None:
    (staged.folder / "diagrams/one/forward.png").unlink()
    staged.git("rm", "--quiet", "--cached", "diagrams/two/forward.png")
    code, out, _ = cli(staged, "check", "--staged", "--format", "json")
    found = json.loads(out)
    assert code == 1 and [m["status"] for m in found["models"]] == ["missing", "unstaged"]
    assert found["cure"] == "nnviz-action generate one && git add diagrams/one diagrams/two"


def test_a_new_file_that_a_pattern_finds_counts_once_it_is_added(
    repository: Repository, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        test_check, "CONFIG", CONFIG.replace("views: [forward]", "views: [forward], sources: ['*.txt']")
    )
    monkeypatch.setattr(recapture, "_can_capture", lambda _: False)
    fresh(repository).write({"note.txt": "mine"})
    repository.git("add", "--all", "--", ":!note.txt")
    assert cli(repository, "check", "--staged")[0] == 0
    assert "note.txt is new" in cli(repository, "check")[1]
    repository.git("add", "note.txt")
    assert "note.txt is new" in cli(repository, "check", "--staged")[1]


def test_only_a_committed_diagram_is_an_orphan(staged: Repository, cli: Cli) -> None:
    staged.write({"nnviz.yaml": CONFIG.partition("  two")[0]}).git("rm", "--quiet", "--cached", "-r", "diagrams/two")
    assert cli(staged, "generate", "--staged")[0] == 1, "the gallery is to show one model, and to be added"
    staged.git("add", "diagrams/README.md")
    assert cli(staged, "check", "--staged")[0] == 0
    assert (staged.folder / "diagrams/two/lock.json").exists()
    staged.git("add", "diagrams/two")
    code, out, _ = cli(staged, "check", "--staged")
    assert code == 1 and "  nnviz-action generate\n  git add diagrams/two\n" in out


def test_a_config_that_is_not_in_git(staged: Repository, cli: Cli) -> None:
    staged.git("rm", "--quiet", "--cached", "nnviz.yaml")
    assert cli(staged, "check", "--staged") == (2, "", "error: nnviz.yaml is not in git\n  git add nnviz.yaml\n")


def test_outside_of_a_repository(project: Project, cli: Cli) -> None:
    fresh(project)
    (project.folder / ".git").rmdir()
    assert "--staged needs a git repository" in cli(project, "check", "--staged")[2]


@pytest.mark.parametrize("command", ["check", "generate"])
def test_nothing_heavy_is_imported_where_all_is_fresh(command: str, staged: Repository) -> None:
    program = (
        f"import sys; from nnviz_action.cli.main import main; code = main(['{command}', '--staged']);"
        f"print(sorted(set({HEAVY}) & set(sys.modules)), code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=staged.folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[] 0", done.stderr


def test_without_torch_the_command_and_the_other_hooks_are_named(
    staged: Repository, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged.write({"net.py": "A = B = 2\n"})
    monkeypatch.setattr(generate, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "nnviz_action.project.draw", None)
    code, _, err = cli(staged, "generate", "--staged")
    assert code == 4
    assert "pip install 'nnviz-action[torch]'" in err
    assert "additional_dependencies; or take the hook nnviz-check, without torch" in err
