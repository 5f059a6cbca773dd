"""Exit codes, help, and what happens where something is missing."""

import errno
import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from conftest import Project

from nnviz_action.cli import main as module

Cli = Callable[..., tuple[int, str, str]]


def test_version_and_help(project: Project, cli: Cli) -> None:
    assert cli(project, "--version")[:2] == (0, "nnviz-action, version 0.1.0\n")
    code, out, _ = cli(project, "--help")
    assert code == 0
    for command in ("generate", "check", "view", "schema"):
        assert f"\n  {command} " in out


def test_usage_errors_exit_2(project: Project, cli: Cli) -> None:
    assert cli(project, "generat")[0] == 2
    assert cli(project, "check", "--format", "xml")[0] == 2
    assert cli(project, "generate", "--jobs", "0")[0] == 2


def test_the_schema_is_json(project: Project, cli: Cli) -> None:
    code, out, _ = cli(project, "schema")
    assert code == 0 and json.loads(out)["title"] == "nnviz.yaml"


@pytest.mark.torch
@pytest.mark.parametrize(("missing", "extra"), [("onnx", "render"), ("PIL", "render")])
def test_a_missing_package_names_the_extra(missing: str, extra: str, project: Project) -> None:
    project.write({"nnviz.yaml": "models:\n  m: {model: n:N, inputs: [[1]]}\n"})
    program = f"import sys; sys.modules['{missing}'] = None; from nnviz_action.cli.main import main; sys.exit(main(['generate']))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert f"pip install 'nnviz-action[{extra}]'" in done.stderr


def test_netron_is_asked_for_by_name(project: Project, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({"nnviz.yaml": "models:\n  m: {onnx: m.onnx}\n", "diagrams/m/model.onnx": ""})
    monkeypatch.setitem(sys.modules, "netron", None)
    code, _, err = cli(project, "view", "m")
    assert (code, err) == (4, "error: this needs Netron\n  pip install 'nnviz-action[netron]'\n")


def test_view_needs_a_diagram(project: Project, cli: Cli) -> None:
    project.write({"nnviz.yaml": "models:\n  m: {onnx: m.onnx}\n"})
    code, _, err = cli(project, "view", "m")
    assert code == 3 and "nnviz-action generate m" in err


def test_our_own_bug_is_told_without_a_traceback(cli: Cli, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(module.cli, "main", broken)
    code, _, err = cli(project, "check")
    assert code == 70
    assert err.startswith("error: ZeroDivisionError: division by zero (broken in test_cli.py:")
    assert "Traceback" not in err


def test_an_interrupt_exits_130(cli: Cli, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.cli, "main", interrupted)
    assert cli(project, "check")[0] == 130


def test_a_reader_that_has_enough_and_a_closed_stdout_are_no_errors(project: Project) -> None:
    for words in ("schema | head -c 1", "schema | true", "schema >&-"):
        done = subprocess.run(
            f"{sys.executable} -m nnviz_action {words}", shell=True, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), words


def test_what_the_system_refuses_is_no_bug(cli: Cli, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> int:
        raise OSError(errno.EDQUOT, "Disk quota exceeded", "part", None, "diagrams/net/model.onnx")

    monkeypatch.setattr(module.cli, "main", refused)
    code, _, err = cli(project, "check")
    assert code == 4
    assert err.startswith("error: cannot read or write diagrams/net/model.onnx: Disk quota exceeded\n  make room")
