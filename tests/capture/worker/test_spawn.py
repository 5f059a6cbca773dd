"""Where processes cannot be forked, each model's is started anew: the same comes of it, and the same limits hold."""

import os
import time
from pathlib import Path

import pytest
from conftest import Project

from nnviz_action.capture.worker.pipes import PolledPipe, ThreadedPipe, open_pipe
from nnviz_action.system.start_method import START_METHOD, forks

NET = """import os, subprocess, sys, time
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        print("called")
        return self.fc(x).relu()

class Fails(Net):
    def forward(self, x):
        return self.missing(x)

class Hangs(Net):
    def forward(self, x):
        time.sleep(600)

class Ends(Net):
    def forward(self, x):
        os._exit(3)

class Leaves(Net):
    def __init__(self):
        super().__init__()
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        with open(os.environ["NNVIZ_TEST_PIDS"], "a") as file:
            file.write(f"{child.pid}\\n")
"""
MODELS = ("Net", "Fails", "Hangs", "Ends", "Leaves")


def config(*names: str) -> str:
    entries = (
        f"  {n}: {{model: 'net:{n}', inputs: [[1, 4]], timeout: {3 if n == 'Hangs' else 300}, memory: 200MB}}\n"
        for n in names
    )
    return "models:\n" + "".join(entries)


def diagrams(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project.folder / "diagrams" / "Net").iterdir()}


@pytest.mark.torch
def test_all_is_as_with_forks(project: Project, tmp_path: Path) -> None:
    project.write({"net.py": NET, "nnviz.yaml": config("Net")})
    first = project.run("generate", env={START_METHOD: "fork"})
    assert first.returncode == 0
    forked = diagrams(project)
    pids = tmp_path / "pids"
    project.write({"nnviz.yaml": config(*MODELS)})
    env = {START_METHOD: "spawn", "NNVIZ_TEST_PIDS": str(pids), "TMPDIR": str(tmp_path)}
    start = time.monotonic()
    done = project.run("generate", "--force", "--jobs", "2", env=env)
    assert time.monotonic() - start < 200
    said = done.stderr
    assert done.returncode == 3 and "Traceback" not in said
    assert diagrams(project) == forked
    assert (project.folder / "diagrams/Leaves/forward.png").exists()
    assert said.count("Net: called") == first.stderr.count("Net: called") == 1
    assert "'Fails' object has no attribute 'missing'" in said and "net.py:16: return self.missing(x)" in said
    assert "stopped after 3 s" in said
    assert "net.py:20: time.sleep(600)" in said
    assert "ended the process with exit code 3" in said
    for pid in pids.read_text().split():
        assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]
    assert not list(tmp_path.glob("nnviz-run-*"))


def test_the_start_method_is_chosen_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(START_METHOD, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert forks()
    monkeypatch.setenv(START_METHOD, "spawn")
    assert not forks()
    monkeypatch.delenv(START_METHOD)
    monkeypatch.setattr("sys.platform", "darwin")
    assert not forks()


@pytest.mark.parametrize("kind", [PolledPipe, ThreadedPipe])
def test_a_pipe_tells_data_silence_and_end_apart(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(START_METHOD, "spawn" if kind is ThreadedPipe else "")
    reads, writes = os.pipe()
    pipe = open_pipe(reads)
    assert type(pipe) is kind
    assert pipe.read(0.01) is None
    os.write(writes, b"x" * 100_000 if kind is ThreadedPipe else b"x")
    assert (pipe.read(5) or b"")[:1] == b"x"
    os.close(writes)
    while pipe.read(5):
        pass
    pipe.close()


def test_a_pipe_that_nobody_reads_any_more_is_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever still writes must not wait for us, and the descriptor is closed at its end."""
    monkeypatch.setenv(START_METHOD, "spawn")
    reads, writes = os.pipe()
    pipe = open_pipe(reads)
    pipe.close()
    for _ in range(40):
        os.write(writes, b"x" * 65_536)
    os.close(writes)
    patience = time.monotonic() + 5
    while Path(f"/proc/self/fd/{reads}").exists() and time.monotonic() < patience:
        time.sleep(0.01)
    assert not Path(f"/proc/self/fd/{reads}").exists()
