"""What tests share: small projects on disk, and the command line run in-process or as a user runs it."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from nnviz_action.capture.worker import Ahead, pool
from nnviz_action.capture.worker.server import Server
from nnviz_action.capture.worker.starter import Process
from nnviz_action.cli.main import main

pytest_plugins = ["hooked", "fake_github", "chromium", "pytester"]
ROOT = Path(__file__).resolve().parent.parent
# As in a shell in which the environment is active.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

# Without torch, what bears its mark as a whole is not even imported.
collect_ignore = [
    str(path)
    for path in (Path(__file__).parent.rglob("test_*.py") if find_spec("torch") is None else ())
    if re.search(r"^pytestmark = \[?pytest\.mark\.torch\b", path.read_text(encoding="utf-8"), re.MULTILINE)
]


class Project:
    """A folder with files, taken for a repository, in which commands run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".git").mkdir(parents=True, exist_ok=True)

    def write(self, files: dict[str, str]) -> "Project":
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return self

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def here(self, *args: str) -> tuple[int, str]:
        """The command in this process: exit code and all that it printed."""
        before, said = Path.cwd(), StringIO()
        os.chdir(self.folder)
        try:
            with redirect_stdout(said), redirect_stderr(said):
                return main(list(args)), said.getvalue()
        finally:
            os.chdir(before)

    def run(self, *args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """The command in a process of its own."""
        command = [sys.executable, "-m", "nnviz_action", *args]
        merged = {**os.environ, **(env or {})}
        return subprocess.run(command, cwd=self.folder, env=merged, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture(scope="session", autouse=True)
def servers() -> Iterator[None]:
    """One fork server of a kind for all commands that run in-process: each would import torch anew, for seconds."""
    kept: dict[Ahead, Server] = {}

    class Shared(Server):
        """Closed at the end of the session, or once it is gone."""

        @property
        def mark(self) -> tuple[int, str]:
            """None: what ends with a command must not end this."""
            return -1, "\0"

        def start(self, request: dict[str, Any]) -> Process:
            """No zygote that has imported a module: it would outlive the command, and the files."""
            return super().start(request | {"shared": ""})

        def close(self) -> None:
            if self not in kept.values() or self._process.poll() is not None:
                super().close()

    def serve(ahead: Ahead) -> Server:
        wanted: Ahead = "export" if ahead == "torch" else ahead
        if wanted not in kept or kept[wanted]._process.poll() is not None:
            kept[wanted] = Shared(wanted)
        return kept[wanted]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "Server", serve)
        yield
    started = list(kept.values())
    kept.clear()
    for one in started:
        one.close()


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`cli(project, "check")` → exit code, stdout, stderr."""

    def run(project: Project, *args: str) -> tuple[int, str, str]:
        monkeypatch.chdir(project.folder)
        code = main(list(args))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
