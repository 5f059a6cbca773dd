"""Models over their budgets: what a check, a hook, a report and GitHub say, and what `generate` does."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import hooked
import pytest
from conftest import Project
from repository import Repository
from test_check import CONFIG, HEAVY, fresh, without_torch

from nnviz_action.freshness.hook_note import read_note
from nnviz_action.freshness.lock import lock_bytes, read_lock
from nnviz_action.report.budget_text import sentence
from nnviz_action.report.comment import comment
from nnviz_action.report.record import parse_record, read_record

Cli = Callable[..., tuple[int, str, str]]
OVER = CONFIG.replace("models:", "defaults: {budgets: {params: 6}}\nmodels:", 1)
MEND = "to mend a budget: make the model smaller, or raise it there\n"
ONE = "✗ one: over budget\n    7 parameters, 1 (17 %) over the budget of 6, nnviz.yaml:1:22\n"
TWO = ONE.replace("one", "two")


def test_a_model_over_its_budget_fails_the_check_without_torch_and_pydantic(project: Project) -> None:
    fresh(project).write({"nnviz.yaml": OVER})
    program = (
        "import sys; from nnviz_action.cli.main import main; code = main(['check']);"
        f"print(sorted(set({HEAVY}) & set(sys.modules)), code)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=True)
    assert done.stdout == f"{ONE}{TWO}2 of 2 fresh, 2 over budget\n{MEND}[] 1\n", done.stderr
    project.write({"nnviz.yaml": OVER.replace("6", "7")})
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=True)
    assert done.stdout == "✓ 2 of 2 fresh\n[] 0\n"


def test_what_is_wrong_in_a_budget_is_told_though_all_is_fresh(project: Project, cli: Cli) -> None:
    fresh(project).write({"nnviz.yaml": OVER.replace("6", "many")})
    code, _, err = cli(project, "check")
    assert (code, err.partition("\n")[0]) == (
        2, "error: nnviz.yaml:1:22: defaults.budgets.params: 'many' is no number of parameters",
    )  # fmt: skip
    project.write({"nnviz.yaml": OVER.replace("params", "parms")})
    assert "unknown key 'parms'" in cli(project, "check")[2]


def test_only_the_named_models_are_judged(project: Project, cli: Cli) -> None:
    fresh(project).write({"nnviz.yaml": OVER})
    assert cli(project, "check", "two")[1] == f"{TWO}1 of 1 fresh, 1 over budget\n{MEND}"


def test_it_is_told_beside_what_is_not_fresh(project: Project, tmp_path: Path) -> None:
    fresh(project).write({"nnviz.yaml": OVER, "net.py": "A = B = 2\n"})
    done = project.run("check", env=without_torch(tmp_path))
    assert done.returncode == 1
    assert (
        "✗ one: suspect\n" in done.stdout and ONE in done.stdout and "to mend this: nnviz-action gen" in done.stdout
    )


@pytest.mark.torch
def test_a_model_that_failed_outweighs_it(project: Project, cli: Cli) -> None:
    """Its exit code says that nobody knows."""
    fresh(project).write({"nnviz.yaml": OVER, "net.py": "raise ValueError\n"})
    assert cli(project, "check")[0] == 3


def test_machines_and_github_are_told(project: Project, cli: Cli) -> None:
    fresh(project).write({"nnviz.yaml": OVER})
    found = json.loads(cli(project, "check", "one", "--format", "json")[1])
    assert (found["fresh"], found["cure"]) == (True, None)
    assert found["over"] == [
        {"model": "one", "number": "parameters", "value": 7, "budget": 6, "place": "nnviz.yaml:1:22"}
    ]
    code, out, _ = cli(project, "check", "one", "--format", "github")
    assert (code, out.splitlines()[0]) == (
        1, "::error file=nnviz.yaml,line=1,col=22,title=one%3A over budget::7 parameters, 1 (17 %25) over the budget of 6",
    )  # fmt: skip


def test_generate_warns(project: Project, cli: Cli) -> None:
    fresh(project).write({"nnviz.yaml": OVER})
    code, out, err = cli(project, "generate", "--fail-if-changed")
    assert (code, out) == (0, "✓ 2 of 2 fresh\n")
    assert err.splitlines()[1] == "warning: two: 7 parameters, 1 (17 %) over the budget of 6, nnviz.yaml:1:22"


def test_drawing_warns_too(tmp_path: Path, cli: Cli) -> None:
    repository = Repository(tmp_path / "r").models(net="Relu > Relu")
    text = repository.read("nnviz.yaml") + "    budgets: {activations: 3 B}\n"
    repository.write({"nnviz.yaml": text})
    code, _, err = cli(repository, "generate", "--force")
    assert code == 0 and "\nwarning: net: " in err
    assert "of activations, " in err and "nnviz.yaml:4:15" in err


def test_a_hook_fails_and_leaves_no_note(
    repository: hooked.Repository, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(repository).write({"nnviz.yaml": OVER}).git("add", "--all")
    code, out, _ = cli(repository, "check", "--staged")
    assert (code, out) == (1, f"{ONE}{TWO}2 of 2 fresh and staged, 2 over budget\n{MEND}")
    assert cli(repository, "generate", "--staged")[0] == 0
    assert read_note(["check", "--staged"]) == ""
    repository.write({"nnviz.yaml": CONFIG}).git("add", "--all")
    assert cli(repository, "check", "--staged")[0] == 0
    assert read_note(["check", "--staged"]) != ""


@pytest.fixture
def nets(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "nets").models(one="Relu > Tanh", two="Tanh", three="Relu")
    repository.commit()
    text = repository.read("nnviz.yaml").replace("onnx: one.onnx", "onnx: one.onnx\n    budgets: {activations: 10 B}")
    repository.write({"nnviz.yaml": text}).commit()
    return repository


def test_a_pull_request_is_told_near_the_verdict(nets: Repository, cli: Cli, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert cli(nets, "check", "--base", "HEAD~1", "--report", str(report))[0] == 1
    record = read_record(report)
    assert record.failing and "```sh" not in comment(record)
    lock = read_lock(nets.folder / "diagrams" / "one")
    assert lock is not None
    told = sentence("activations", lock.numbers["activations"], 10).replace("(", "\\(").replace(")", "\\)")
    lines = comment(record).splitlines()
    line = nets.read("nnviz.yaml").splitlines().index("    budgets: {activations: 10 B}") + 1
    assert lines[0] == "### nnviz: `one` is over budget, 2 others fresh"
    assert lines[2] == f"⚠️ **one** is over budget: {told} (line {line} of `nnviz.yaml`)"


def test_shards_tell_the_same(nets: Repository, cli: Cli, tmp_path: Path) -> None:
    names = [str(tmp_path / f"{name}.json") for name in ("whole", "1", "2", "merged")]
    shards = [cli(nets, "check", "--shard", f"{n}/2", "--report", names[n])[0] for n in (1, 2)]
    assert cli(nets, "check", "--report", names[0])[0] == 1
    assert sorted(shards) == [0, 1]
    assert cli(nets, "merge", *names[1:3], "--output", names[3])[0] == 1
    assert Path(names[3]).read_bytes() == Path(names[0]).read_bytes()


def test_a_report_from_before_there_were_budgets_is_read() -> None:
    record = parse_record(b'{"nnviz": 1, "config": "nnviz.yaml", "models": [{"model": "m", "status": "fresh"}]}', "r")
    assert (record.models[0].over, record.galleries, record.stale) == ([], [], False)


def test_a_number_that_the_lock_lacks_is_over_nothing(project: Project, cli: Cli) -> None:
    folder = fresh(project).write({"nnviz.yaml": OVER}).folder / "diagrams" / "one"
    lock = read_lock(folder)
    assert lock is not None
    (folder / "lock.json").write_bytes(lock_bytes(replace(lock, numbers={})))
    assert cli(project, "check", "one")[1] == "✓ 1 of 1 fresh\n"


@pytest.mark.parametrize(
    ("number", "value", "limit", "said"),
    [
        ("parameters", 11_689_512, 10_000_000, "11.7 M parameters, 1.69 M (17 %) over the budget of 10.0 M"),
        ("macs", 422_784_000, 422_000_000, "423 MMACs, 784 kMACs (0.2 %) over the budget of 422 MMACs"),
        ("activations", 1_000_001, 10**6, "1.00 MB of activations, 1 B over the budget of 1.00 MB"),
        ("parameters", 5, 0, "5 parameters, 5 over the budget of 0"),
    ],
)
def test_the_sentence(number: str, value: int, limit: int, said: str) -> None:
    assert sentence(number, value, limit) == said
