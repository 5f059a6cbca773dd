"""What is told of a long run: live on a terminal, a line each in a log."""

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Project
from repository import chain

from nnviz_action.project.times import keep_times, read_times
from nnviz_action.report.progress import Quiet, watching

CONFIG = "models:\n  one: {onnx: one.onnx}\n  two: {onnx: two.onnx}\n"


@pytest.fixture
def models(project: Project) -> Project:
    for name in ("one", "two"):
        (project.folder / f"{name}.onnx").write_bytes(chain("Relu > Tanh"))
    return project.write({"nnviz.yaml": CONFIG})


def test_a_log_has_a_line_for_each_model_that_is_done(models: Project) -> None:
    done = models.run("generate")
    assert done.returncode == 0
    assert sorted(re.findall(r"^\d/2 (\w+: \d written), \d+\.\d s$", done.stderr, re.MULTILINE)) == [
        "one: 5 written", "two: 5 written",
    ]  # fmt: skip
    assert "\x1b" not in done.stderr + done.stdout
    assert "1/2" not in models.run("generate").stderr, "what is fresh is no work"


def test_quiet_says_what_failed_and_nothing_else(models: Project) -> None:
    done = models.run("generate", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert models.run("check", "-q").stdout == ""
    (models.folder / "one.onnx").write_bytes(b"broken")
    done = models.run("generate", "--quiet")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("error: one: ") and done.stderr.count("error:") == 1
    done = models.run("check", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")


def test_verbose_says_where_the_time_went(models: Project) -> None:
    assert re.search(r"^time: two: .*draw forward \d+\.\d s", models.run("generate", "-v").stderr, re.MULTILINE)


def test_a_terminal_has_a_live_line_a_model(models: Project) -> None:
    models.run("generate")
    shown = on_a_terminal(models, "generate", "--force")
    assert "of about" in shown and "0 of 2" in shown and "draw forward" in shown
    assert shown.index("\x1b[?25l") < shown.rindex("\x1b[?25h"), "the cursor comes back"
    assert "\x1b" in shown and "\x1b" not in on_a_terminal(models, "generate", "--force", CI="true")
    assert not re.search(r"\x1b\[[\d;]*3\dm", on_a_terminal(models, "generate", "--force", NO_COLOR="1")), "no colour"


def on_a_terminal(project: Project, *args: str, **environment: str) -> str:
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR")} | {"TERM": "xterm-256color"}
    command = [sys.executable, "-m", "nnviz_action", *args]
    process = subprocess.Popen(
        command, cwd=project.folder, env=env | environment, stderr=theirs, stdout=subprocess.DEVNULL
    )
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 120)[0]:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert process.wait() == 0
    return shown.decode()


def test_times_are_kept_where_git_does_not_look(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    config = tmp_path / "sub" / "nnviz.yaml"
    assert read_times(tmp_path, config) == {}
    keep_times(tmp_path, config, {"one": 1.23, "two": 2.0})
    keep_times(tmp_path, config, {"two": 3.0})
    assert read_times(tmp_path, config) == {"one": 1.2, "two": 3.0}
    assert [path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*.times")] == [".git"]
    next(tmp_path.rglob("*.times")).write_text("{")
    assert read_times(tmp_path, config) == {}


def test_without_git_nothing_is_kept(tmp_path: Path) -> None:
    keep_times(tmp_path, tmp_path / "nnviz.yaml", {"one": 1.0})
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_do_is_nothing_to_watch() -> None:
    with watching([], {}) as watch:
        assert type(watch) is Quiet
