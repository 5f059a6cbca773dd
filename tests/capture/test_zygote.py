"""Several models of one module: it is imported once for most of them, and nothing else is to be seen of that."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from alike import each
from conftest import Project

from nnviz_action.system.start_method import forks

pytestmark = [pytest.mark.torch, pytest.mark.skipif(not forks(), reason="nothing is forked")]
MODELS = 2
MARK = "NNVIZ_TEST_ZYGOTE"
PRELUDE = """import os, random, stat, sys, threading, time
import torch
from torch import nn

print(f"imported in {os.getpid()}")
SCALE = 1.0

def hidden():
    return 3
"""
NET = """

class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        between = hidden()
        self.fc, self.out = nn.Linear(4, between), nn.Linear(between, width)

    def forward(self, x):
        return self.out(self.fc(x)) * SCALE
"""
SHARED = {
    "plain": "",
    "draws_numbers": "SCALE = torch.rand((), device='cpu').item()\n",
    "seeds_python": "random.seed(0)\ndef hidden():\n    return random.randint(1, 1000)\n",
    "goes_elsewhere": "os.chdir('/')\n",
    "prints_much": "print('x' * 100_000)\n",
    "closes_its_output": "sys.stdout = open(os.devnull, 'w'); sys.stdout.close()\n",
    "adopts": "import ctypes\nctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n",
    "waits_for_children": """def hidden():
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return 3
""",
}
TO_SOCKETS = """for number in range(3, 40):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            os.write(number, {!r})
    except OSError:
        pass
"""
ALONE = {
    "starts_a_thread": "threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n",
    "starts_a_child": "if os.fork() == 0:\n    time.sleep(600)\n    os._exit(0)\n",
    "keeps_a_file_open": "KEPT = open(__file__)\n",
    "writes_a_file": "open(f'../{os.getpid()}', 'w').close(); os.remove(f'../{os.getpid()}')\n",
    "makes_a_folder": "os.mkdir(f'{os.getpid()}'); os.rmdir(f'{os.getpid()}')\n",
    "makes_a_link": "os.symlink('nowhere', f'../{os.getpid()}')\n",
    "allows_no_fork": "os.fork = None\n",
    "dies_of_forks": "os.register_at_fork(after_in_child=lambda: os._exit(1))\n",
    "hangs_in_forks": "os.register_at_fork(after_in_child=lambda: time.sleep(600))\n",
    "hangs_later": """SEEN = []
os.register_at_fork(before=lambda: SEEN.append(1))
os.register_at_fork(after_in_child=lambda: time.sleep(600 if len(SEEN) > 2 else 0))
""",
    "speaks": TO_SOCKETS.format(b"\0\0\x10\0x"),
    "lies": TO_SOCKETS.format(b"1"),
}
FAILING = {
    "fails": ("raise RuntimeError('not today')\n", "RuntimeError: not today"),
    "ends": ("sys.exit(3)\n", "SystemExit: 3"),
    "dies": ("os._exit(3)\n", "the model's code ended the process with exit code 3"),
    "lacks": ("import nothing_like_it\n", "ModuleNotFoundError: No module named 'nothing_like_it'"),
}


@dataclass(frozen=True)
class Run:
    project: Project
    said: str

    def imports(self, module: str) -> int:
        """In how many processes a module was imported."""
        return len(set(re.findall(rf"^{module}_\d: imported in (\d+)$", self.said, re.M)))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    modules = {**SHARED, **ALONE, **{name: code for name, (code, _) in FAILING.items()}}
    entries = {
        f"{name}_{width}": {"model": f"{name}:Net", "args": [width], "inputs": [[1, 4]], "views": ["forward"]}
        for name in modules
        for width in range(1, MODELS + 1)
    }
    files = {f"{name}.py": PRELUDE + code + NET for name, code in modules.items()}
    project = Project(tmp_path_factory.mktemp("zygote")).write(
        files | {"nnviz.yaml": yaml.safe_dump({"models": entries})}
    )
    said = ""
    halves = ({*list(ALONE)[:7]}, {*list(ALONE)[7:]})  # no more modules than are shared
    for group in (SHARED, *halves, FAILING):
        names = [f"{name}_{width}" for name in group for width in range(1, MODELS + 1)]
        done = project.run("generate", "--jobs", "1", *names, env={MARK: str(project.folder)})
        assert done.returncode == (3 if group is FAILING else 0), done.stderr
        said += done.stdout + done.stderr
    return Run(project, said)


@pytest.mark.parametrize("module", SHARED)
def test_it_is_imported_once(module: str, run: Run) -> None:
    assert run.imports(module) == 1


@pytest.mark.parametrize("module", ALONE)
def test_what_cannot_be_shared_is_imported_for_each(module: str, run: Run) -> None:
    assert run.imports(module) == MODELS


@pytest.mark.parametrize("name", [f"{name}_{width}" for name in (*SHARED, *ALONE) for width in range(1, MODELS + 1)])
def test_all_are_drawn(name: str, run: Run) -> None:
    assert (run.project.folder / "diagrams" / name / "lock.json").exists(), run.said


@pytest.mark.parametrize("module", FAILING)
def test_an_import_that_fails_is_the_error_of_each(module: str, run: Run) -> None:
    told = re.findall(rf"^error: {module}_(\d): (.*)", each(run.said), re.M)
    assert [number for number, _ in told] == [str(width) for width in range(1, MODELS + 1)]
    assert all(FAILING[module][1] in message for _, message in told)


@pytest.mark.parametrize("module", SHARED)
def test_it_is_the_same_as_alone(module: str, run: Run, tmp_path: Path) -> None:
    """The last of them, drawn from a copy there."""
    name = f"{module}_{MODELS}"
    files = {file: run.project.read(file) for file in ("nnviz.yaml", f"{module}.py")}
    alone = Project(tmp_path / "alone").write(files)
    assert alone.run("generate", name).returncode == 0
    for path in (alone.folder / "diagrams" / name).iterdir():
        assert path.read_bytes() == (run.project.folder / "diagrams" / name / path.name).read_bytes(), path.name


def marked(mark: str) -> list[bytes]:
    """The processes with this mark in their environment, as they call themselves."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes())
        except OSError:
            continue
    return found


def test_nothing_is_left_running(run: Run) -> None:
    assert marked(str(run.project.folder)) == []


def test_no_zygote_is_left_that_nobody_asked(run: Run) -> None:
    """Both begin at once, so that each imports for itself, and the first leaves a zygote that hears of nothing."""
    mark = f"{run.project.folder} again"
    command = ("generate", "--force", "--jobs", "2", "hangs_later_1", "hangs_later_2")
    assert run.project.run(*command, env={MARK: mark}).returncode == 0
    assert marked(mark) == []
