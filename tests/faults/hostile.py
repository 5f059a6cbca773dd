"""One run over the models of hostile.yaml, and what is left of it."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from alike import each
from conftest import Project
from filelock import FileLock

ROWS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "hostile.yaml").read_text(encoding="utf-8"))
GOOD = """import torch
from torch import nn

class Good(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)
"""
PRELUDE = "import os, sys, time\nimport torch\nfrom torch import nn\nfrom good import Good\n"
EVERY = 10  # hostile models between two good ones
MARK = "NNVIZ_TEST_MARK"
# As the installed script starts: without the current folder on the path, which `python -m` and `-c` put there.
START = "import sys; sys.path[:1] = []; from nnviz_action.cli.entry import main; sys.exit(main())"


@dataclass(frozen=True)
class Run:
    """What was said, what `check` says then, the user's files that changed, the processes that were left."""

    path: str
    code: int
    said: str
    checked: str
    changed: list[str]
    left: list[str]

    @property
    def folder(self) -> Path:
        return Path(self.path)

    def error(self, name: str) -> str:
        """What was told of a model that could not be drawn; empty if it was."""
        found = re.search(rf"^error: {name}: .*?(?=^(?:error|note): |\Z)", each(self.said), re.S | re.M)
        return found[0] if found else ""

    def lock(self, name: str) -> dict[str, Any]:
        path = self.folder / "diagrams" / name / "lock.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}

    def line(self, name: str) -> int:
        """That of the model's entry in the config."""
        return [*entries()].index(name) + 3


def entries() -> dict[str, dict[str, Any]]:
    """The models of the config: the hostile ones, and good ones between them."""
    made: dict[str, dict[str, Any]] = {}
    for number, (name, row) in enumerate(ROWS.items()):
        if number % EVERY == 0:
            made[f"beside_{number}"] = {"model": "good:Good", "inputs": [[2, 4]]}
        made[name] = {"model": f"{name}:Net", "inputs": [[2, 4]], **row.get("entry", {})}
    return made | {"beside_last": {"model": "good:Good", "inputs": [[2, 4]]}}


BESIDE = [name for name in entries() if name.startswith("beside_")]


def once(factory: pytest.TempPathFactory, worker: str, name: str, make: Callable[[Project], Any]) -> dict[str, Any]:
    """What `make` finds, as JSON has it: made by the first process of tests that asks."""
    shared = factory.getbasetemp() if worker == "master" else factory.getbasetemp().parent
    result = shared / f"{name}.json"
    with FileLock(f"{result}.lock"):
        if not result.exists():
            result.write_text(json.dumps(asdict(make(Project(shared / name)))), encoding="utf-8")
    return dict(json.loads(result.read_text(encoding="utf-8")))


def run(project: Project) -> Run:
    """Draw them all."""
    files = {"good.py": GOOD, "nnviz.yaml": config(entries())}
    for name, row in ROWS.items():
        files |= row.get("files", {}) | ({f"{name}.py": PRELUDE + row["code"]} if "code" in row else {})
    before = _hashes(project.write(files).folder)
    mark = uuid.uuid4().hex
    done = start(project, mark, "generate", "--jobs", "2")
    left = list(marked(mark))
    end(left)
    checked = start(project, mark, "check").stdout
    after = _hashes(project.folder)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return Run(str(project.folder), done.returncode, done.stdout + done.stderr, checked, changed, left)


def config(models: dict[str, dict[str, Any]]) -> str:
    """One line for each model."""
    dump = {"default_flow_style": True, "width": 10_000, "allow_unicode": True}
    lines = [f"  {yaml.safe_dump({name: entry}, **dump)[1:-2]}" for name, entry in models.items()]  # type: ignore[arg-type]
    return "\n".join(["defaults: {views: [forward]}", "models:", *lines])


def start(project: Project, mark: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command, all of whose processes carry a mark."""
    command = [sys.executable, "-c", START, *arguments]
    options: dict[str, Any] = {"capture_output": True, "text": True, "errors": "replace", "check": False}
    return subprocess.run(command, cwd=project.folder, env={**os.environ, MARK: mark}, **options)


def marked(mark: str) -> Iterator[str]:
    """The processes that carry it: number and command."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes():
                yield f"{process.name}: {(process / 'cmdline').read_bytes()!r}"


def end(processes: Sequence[str]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(int(process.partition(":")[0]), signal.SIGKILL)


def _hashes(folder: Path) -> dict[str, str]:
    """The user's files; a folder of diagrams is ours, and so are Python's caches its own."""
    files = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files if "__pycache__" not in path.parts}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in names.items()
        if not name.startswith(("diagrams/", ".git/"))
    }
