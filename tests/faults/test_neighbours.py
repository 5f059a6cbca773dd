"""Models that are captured at the same time: one that wants the other's diagram gets at nothing of it."""

import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Project

pytestmark = [
    pytest.mark.torch,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]
SOMEBODY = 65534  # a user who is not root
VICTIM = """
import time
from pathlib import Path
from torch import nn

class Net(nn.Linear):
    def forward(self, x):
        Path("../begun").touch()
        until = time.time() + 60
        while not Path("../ended").exists() and time.time() < until:
            time.sleep(0.05)
        return super().forward(x)
"""
# Whatever it gets at is noted; it sends a network of another shape in the other's name.
ATTACKER = """
import ctypes, json, os, signal, time
from pathlib import Path
from torch import nn

libc = ctypes.CDLL(None, use_errno=True)
ROW = {"event": "made", "part": "graph", "sources": [], "modules": [], "toolchain": {}, "opaque": [], "notes": [],
       "seconds": {}, "files": {}}
FORGED = b"".join(json.dumps(event).encode() + b"\\n" for event in (ROW, {"event": "done"}))

def others():
    family = {os.getpid()} | {int(task) for task in os.listdir("/proc/self/task")}
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in family:
            try:
                if b"nnviz" in Path("/proc", name, "cmdline").read_bytes():
                    yield int(name)
            except OSError:
                pass

def descriptors(pid):
    for number in os.listdir(f"/proc/{pid}/fd"):
        try:
            there = os.open(f"/proc/{pid}/fd/{number}", os.O_WRONLY | os.O_NONBLOCK)
            if "pipe" in os.readlink(f"/proc/{pid}/fd/{number}"):
                os.write(there, FORGED)
            yield number
        except OSError:
            pass

def memory(pid):
    with open(f"/proc/{pid}/mem", "r+b"):
        yield "mem"

def environment(pid):
    yield Path(f"/proc/{pid}/environ").read_bytes()[:20].decode()

def trace(pid):
    if libc.ptrace(0x4206, pid, 0, 0) == 0:  # PTRACE_SEIZE
        yield "traced"

def pull(pid):
    there = libc.syscall(434, pid, 0)  # pidfd_open
    for number in range(64):
        if libc.syscall(438, there, number, 0) >= 0:  # pidfd_getfd
            yield number

def signals(pid):
    os.kill(pid, signal.SIGKILL)
    yield "killed"

WAYS = (descriptors, memory, environment, trace, pull, *((signals,) if SIGNALS else ()))

class Net(nn.Linear):
    def forward(self, x):
        until = time.time() + 60
        while not Path("../begun").exists() and time.time() < until:
            time.sleep(0.05)
        found = {}
        for pid in list(others()):
            for way in WAYS:
                try:
                    found.setdefault(way.__name__, []).extend(f"{pid}: {what}" for what in way(pid))
                except OSError:
                    pass
        Path("../found.json").write_text(json.dumps(found))
        Path("../ended").touch()
        return super().forward(x)
"""
CONFIG = """
defaults: {views: [forward], export: never, formats: [svg]}
models:
  victim: {model: "victim:Net", args: [4, 2], inputs: [[2, 4]]}
  attacker: {model: "attacker:Net", args: [4, 3], inputs: [[2, 4]]}
"""


def _run(folder: Path, signals: bool, *before: str) -> tuple[Project, dict[str, Any]]:
    """Both, drawn at the same time: the project, and what the attacker got at."""
    project = Project(folder / "project")
    code = ATTACKER.replace("if SIGNALS", f"if {signals}")
    project.write({"victim.py": VICTIM, "attacker.py": code, "nnviz.yaml": CONFIG})
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    start = [*before, _python(bool(before)), "-m", "nnviz_action", "generate", "--jobs", "2"]
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *map(str, site.getsitepackages())]),
        "TMPDIR": str(folder),
        "HOME": str(folder),
    }
    done = subprocess.run(start, cwd=project.folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return project, dict(json.loads((folder / "found.json").read_text()))


def _python(for_somebody: bool) -> str:
    """One that the user may run, which one in root's home is not."""
    real = Path(sys.executable).resolve()
    hidden = for_somebody and not all(folder.stat().st_mode & 0o001 for folder in real.parents)
    same = shutil.which(f"python3.{sys.version_info[1]}", path="/usr/bin:/usr/local/bin")
    if hidden and same is None:
        pytest.skip("no Python here that another user may run")
    return str(same) if hidden else sys.executable


def _is_true(project: Project) -> bool:
    """Whether each diagram is of the network that its own entry names."""
    locks = {name: json.loads(project.read(f"diagrams/{name}/lock.json")) for name in ("victim", "attacker")}
    return [locks[name]["numbers"]["parameters"] for name in locks] == [4 * 2 + 2, 4 * 3 + 3]


def _scopes() -> int:
    """The version of Landlock here; 0 where there is none."""
    import ctypes

    return max(0, int(ctypes.CDLL(None).syscall(444, None, 0, 1)))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="nobody is root here")
def test_as_root(tmp_path: Path) -> None:
    if _scopes() < 2:
        pytest.skip("this kernel has no Landlock")
    project, found = _run(tmp_path, _scopes() >= 6)
    assert _is_true(project) and not any(found.values()), found


def test_as_a_user() -> None:
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("nothing here becomes another user")
    other = [] if os.geteuid() else ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are root's alone
        project, found = _run(Path(folder), _scopes() >= 6, *other)
        assert _is_true(project) and not any(found.values()), found
