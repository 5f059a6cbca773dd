"""The commands in the documentation, run in a small project under git as a reader would run them."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from doc_blocks import Block, of
from pyproject import PROJECT
from repository import Repository, chain

from nnviz_action.cli.main import cli

INIT, MARKS = "nnviz-action init", ((), (pytest.mark.torch,))  # what it finds is then drawn
SCRIPTS = Path(sys.executable).parent
NET = """from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 2)

    def forward(self, x):
        return self.layer(x)
"""


def an_extra_that_exists(command: str) -> None:
    (wanted,) = re.findall(r"nnviz-action(?:\[([\w,]+)\])?", command)
    assert set(filter(None, wanted.split(","))) <= set(PROJECT["optional-dependencies"])


def a_target_that_exists(command: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in shlex.split(command, comments=True)[1:]:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def a_command_line(command: str) -> None:
    _, name, *words = shlex.split(command, comments=True)
    cli.commands[name].make_context(name, words)


# What is not run, why, and what is checked instead.
NOT_RUN: list[tuple[str, str, Callable[[str], None]]] = [
    (r"pip install ", "takes the network, and torch is large", an_extra_that_exists),
    (r"make ", "installs an environment; CI runs `make test`, which these are parts of", a_target_that_exists),
    (r"nnviz-action view (?!.*--save)", "serves until Ctrl-C; tests/project/test_view.py does it", a_command_line),
]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Two models and their diagrams, committed; what other tests take copies of."""
    repository = Repository(tmp_path_factory.mktemp("docs") / "r").models(resnet18="Relu > Sigmoid", tagger="Tanh")
    repository.write({"test_own.py": "def test_own(): pass\n", ".gitignore": "__pycache__/\n.pytest_cache/\n"})
    (repository.folder / "exported").mkdir()
    (repository.folder / "exported" / "other.onnx").write_bytes(chain("Relu"))
    repository.commit()
    return repository


@pytest.fixture
def copy(drawn: Repository, tmp_path: Path) -> Repository:
    drawn.git("clone", "-q", str(drawn.folder), str(tmp_path / "copy"))
    return Repository(tmp_path / "copy")


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """With the `nnviz-action` of this environment on the PATH, and no other configuration of git."""
    env = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("block", [pytest.param(b, marks=MARKS[INIT in b.text]) for b in of("sh")], ids=str)
def test_commands_run(block: Block, copy: Repository, request: pytest.FixtureRequest) -> None:
    lines = []
    for line in block.text.splitlines():
        instead = next((check for pattern, _, check in NOT_RUN if re.match(pattern, line)), None)
        if instead:
            instead(line)
        else:
            lines.append(line)
    if INIT in block.text:
        (copy.folder / "nnviz.yaml").unlink()
        copy.write({"net.py": NET})
    if any("--save" in line for line in lines):
        request.getfixturevalue("chromium")
    done = run("\n".join(lines), copy.folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_command_that_fails_would_be_told(copy: Repository) -> None:
    assert run("nnviz-action check --quick\ntrue", copy.folder).returncode == 2
    assert run("git add diagrms\ntrue", copy.folder).returncode == 128


@pytest.mark.parametrize(
    ("check", "command"),
    [
        (an_extra_that_exists, "pip install 'nnviz-action[cuda]'"),
        (a_target_that_exists, "make coffee"),
    ],
)
def test_what_stands_in_for_a_run_can_fail(check: Callable[[str], None], command: str) -> None:
    with pytest.raises(AssertionError):
        check(command)


def test_every_exception_is_used() -> None:
    lines = [line for block in of("sh") for line in block.text.splitlines()]
    for pattern, reason, _ in NOT_RUN:
        assert reason and any(re.match(pattern, line) for line in lines), pattern


def test_the_commands_of_the_readme_bring_fresh_diagrams(copy: Repository) -> None:
    """Where something changed, too."""
    (copy.folder / "tagger.onnx").write_bytes(chain("Tanh > Relu"))
    blocks = [block.text for block in of("sh") if block.page == "README.md"]
    (first,) = [text for text in blocks if INIT in text]
    (then,) = [text for text in blocks if text.startswith("git add")]
    assert copy.run("check").returncode == 1
    done = run("\n".join([first.splitlines()[-1], *then.splitlines()]), copy.folder)
    assert done.returncode == 0 and "2 of 2 fresh" in done.stdout
    assert "diagrams/tagger/forward.png" in copy.git("diff", "--cached", "--name-only")


def test_installing_takes_three_lines() -> None:
    (block,) = [block for block in of("sh") if "pip install" in block.text and block.page == "README.md"]
    assert len(block.text.splitlines()) == 3
