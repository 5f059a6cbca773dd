"""Small projects whose `generate` is killed, what an undisturbed run makes of them, and what a run leaves running."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import yaml
from conftest import Project
from repository import chain

LONGEST = 90  # seconds: whatever takes longer hangs
PATIENCE = 5  # seconds for what was left alone to end
MINE = {"diagrams/notes.txt": "mine", "diagrams/m0/mine.txt": "mine too"}
OPERATORS = ("Relu", "Sigmoid", "Tanh")
NET = "from torch import nn\n\n\ndef Net():\n    return nn.Sequential(nn.Linear(4, {0}), nn.ReLU(), nn.Linear({0}, 2))\n"
# No library that could capture: a check then judges files alone.
BLIND = """
import importlib.machinery
find = importlib.machinery.PathFinder.find_spec
importlib.machinery.PathFinder.find_spec = lambda name, *rest: None if name in ("onnx", "torch") else find(name, *rest)
"""
# Kills the process as it opens or renames, for so many times, a part of a file.
TRAP = """
import os, sys
event, left, signal, whom = os.environ.get("NNVIZ_TESTS_TRAP", "::0:").split(":")
def hook(name, args):
    global left
    if name == event and str(args[0]).endswith(f".{os.getpid()}.tmp"):
        left = int(left) - 1
        if left in (-1, -2):  # twice, as `timeout` does
            (os.killpg if whom == "group" else os.kill)(os.getpid(), int(signal))
if event:
    sys.addaudithook(hook)
"""


class Victim(Project):
    """A project of three ONNX files, or of two models that need torch, in one of two versions."""

    def __init__(self, folder: Path, kind: str) -> None:
        super().__init__(folder)
        self.kind, self.temporary = kind, folder.parent / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self.write(MINE)
        for name, code in (("blind", BLIND), ("trap", TRAP)):  # beside the project: in it, they would be sources
            (folder.parent / name).mkdir(exist_ok=True)
            (folder.parent / name / "sitecustomize.py").write_text(code)

    def version(self, number: int) -> "Victim":
        """The models as they are in version 0 or 1: every diagram of the other one is stale."""
        entries: dict[str, object] = {}
        for index, operator in enumerate(OPERATORS[: 3 if self.kind == "onnx" else 2]):
            if self.kind == "onnx":
                (self.folder / f"m{index}.onnx").write_bytes(chain(" > ".join([operator] * (number + 2))))
                entries[f"m{index}"] = {"onnx": f"m{index}.onnx"}
            else:
                self.write({f"net{index}.py": NET.format(3 + index + 8 * number)})
                entries[f"m{index}"] = {"model": f"net{index}.py:Net", "inputs": [["n", 4]]}
        defaults = {"theme": "both", "formats": ["png", "svg"]}
        self.write({"nnviz.yaml": yaml.safe_dump({"defaults": defaults, "models": entries})})
        return self

    def start(self, *args: str, trap: str = "") -> "Running":
        """A `generate`; `trap` kills it as it writes: the event, how many times before, the signal, and whom."""
        return Running(self, ["generate", "--jobs", "2", *args], trap)

    def files(self) -> dict[str, bytes]:
        """All that is in the folder of the diagrams, hidden files too."""
        found = (path for path in sorted((self.folder / "diagrams").rglob("*")) if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in found}

    def told_fresh(self) -> dict[str, bool]:
        """What `check` says of each model, by files alone."""
        done = self.run("check", "--format", "json", env={"PYTHONPATH": self.behind("blind")})
        assert done.returncode in (0, 1), done.stderr
        return {row["model"]: row["status"] == "fresh" for row in json.loads(done.stdout)["models"]}

    def behind(self, folder: str) -> str:
        """The path of imports, with a folder beside this project before it."""
        return os.pathsep.join(filter(None, (str(self.folder.parent / folder), os.environ.get("PYTHONPATH"))))


class Running:
    """A `generate` under way, in a session of its own; its children are known by a mark in their environment."""

    def __init__(self, victim: Victim, args: list[str], trap: str = "") -> None:
        self.mark, self.victim = f"NNVIZ_TESTS_RUN={uuid.uuid4()}", victim
        name, _, value = self.mark.partition("=")
        env = {**os.environ, "TMPDIR": str(victim.temporary), name: value}
        env |= {"NNVIZ_TESTS_TRAP": trap, "PYTHONPATH": victim.behind("trap")} if trap else {}
        self.said = (victim.folder.parent / "said.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nnviz_action", *args],
            cwd=victim.folder, env=env, stdout=self.said, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def alive(self) -> list[int]:
        """The processes of this run that have not ended, without the command itself."""
        return [pid for pid in _marked(self.mark) if pid != self.process.pid]

    def kill(self, whom: str, how: signal.Signals, choose: Callable[[list[int]], int]) -> bool:
        """Whether there was somebody to kill: the `parent`, its `group`, or a `child`."""
        if self.process.poll() is not None:
            return False
        if whom == "group":
            os.killpg(self.process.pid, how)
        elif whom == "parent":
            self.process.send_signal(how)
        else:
            return self._kill_child(how, choose)
        return True

    def _kill_child(self, how: signal.Signals, choose: Callable[[list[int]], int]) -> bool:
        while self.process.poll() is None:
            with suppress(ProcessLookupError):
                if found := self.alive():
                    os.kill(choose(found), how)
                    return True
        return False

    def end(self) -> tuple[int, str]:
        """The exit code and what was said; nothing of this run may be left running."""
        code = self.process.wait(LONGEST)
        late = time.monotonic() + PATIENCE
        while self.alive() and time.monotonic() < late:
            time.sleep(0.05)
        assert not self.alive(), "processes are left"
        self.said.seek(0)
        return code, self.said.read()


def _marked(mark: str) -> Iterator[int]:
    """The processes that have this in their environment, and are no zombies: those have none."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                yield int(entry.name)
