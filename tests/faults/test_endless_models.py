"""Models that do not end: their time is up when `timeout:` says so, and what they print fills nobody's memory."""

import re
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from alike import each
from conftest import Project
from hostile import GOOD, config, end, marked, once, start

pytestmark = pytest.mark.torch
TIMEOUT, GRACE = 4, 2  # seconds that a model may take, and within which it must then be gone
MOST_MEMORY = 600_000  # kB of the command itself, the drawing included
# A child of the model's, in its group, notes that it lives.
PRELUDE = """import ctypes, itertools, os, signal, sys, time
from pathlib import Path
from good import Good

def beat():
    if os.fork() == 0:
        while True:
            with open(Path("../beats") / Path(__file__).stem, "a") as file:
                file.write(f"{time.time()}\\n")
            time.sleep(0.05)

class Net(Good):
    def forward(self, x):
        beat()
        while True:
            self.endless()

"""
ENDLESS = {
    "in_python": "time.sleep(0.1)",
    "in_native_code": "sum(itertools.repeat(0))",
    "in_prints": "print('again and again')",
    "in_one_line": "sys.stdout.write('x' * 65536)",
    "catches_all": "try:\n            time.sleep(100)\n        except BaseException:\n            pass",
    "stops_itself": "os.kill(os.getpid(), signal.SIGSTOP)",
    "leaves_its_group": "os.setpgid(0, os.getpgid(os.getppid())); time.sleep(100)",
    "ignores_signals": "[signal.signal(n, signal.SIG_IGN) for n in (2, 10, 15)]; time.sleep(100)",
}


@dataclass(frozen=True)
class Endless:
    """What one run over them said, when each lived, what was left, and the most memory that the command took."""

    said: str
    lives: dict[str, tuple[float, float]]
    left: list[str]
    memory: int


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Endless:
    return Endless(**once(tmp_path_factory, worker_id, "endless", _run))


def _run(project: Project) -> Endless:
    entries = {name: {"model": f"{name}:Net", "inputs": [[2, 4]], "timeout": TIMEOUT} for name in ENDLESS}
    beside = {"beside": {"model": "good:Good", "inputs": [[2, 4]]}}
    files = {f"{name}.py": f"{PRELUDE}    def endless(self):\n        {code}\n" for name, code in ENDLESS.items()}
    project.write({"good.py": GOOD, "nnviz.yaml": config(entries | beside), **files})
    beats = project.folder.parent / "beats"  # outside of the repository, where a capture may write nothing
    beats.mkdir(exist_ok=True)
    mark, peak = uuid.uuid4().hex, [0]
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(mark, peak, ended))
    watch.start()
    done = start(project, mark, "generate", "--jobs", "2")
    ended.set()
    watch.join()
    time.sleep(0.2)
    left = list(marked(mark))
    end(left)
    return Endless(done.stdout + done.stderr, {name: _life(beats / name) for name in ENDLESS}, left, peak[0])


def _watch(mark: str, peak: list[int], ended: threading.Event) -> None:
    """The most memory that the command itself has held, as the system keeps account of it."""
    first: Path | None = None
    while not ended.wait(0.1):
        found = sorted(int(process.partition(":")[0]) for process in marked(mark)) if first is None else []
        first = Path(f"/proc/{found[0]}/status") if found else first
        if first is not None and first.exists():
            taken = re.search(r"VmHWM:\s*(\d+)", first.read_text())
            peak[0] = max(peak[0], int(taken[1]) if taken else 0)


def _life(path: Path) -> tuple[float, float]:
    beats = path.read_text().splitlines()
    return float(beats[0]), float(beats[-1])


@pytest.mark.parametrize("name", ENDLESS)
def test_a_model_that_does_not_end_is_ended_in_time(name: str, endless: Endless) -> None:
    first, last = endless.lives[name]
    assert 0.5 < last - first < TIMEOUT + GRACE
    assert f"error: {name}: stopped after {TIMEOUT} s\n" in each(endless.said)
    assert "give it a longer  timeout:" in endless.said


@pytest.mark.parametrize("name", ["in_python", "in_prints"])
def test_where_it_was_is_told(name: str, endless: Endless) -> None:
    told = endless.said.partition(f"error: {name}: ")[2].partition("error: ")[0]
    assert re.search(rf"^    {name}\.py:\d+: ", told, re.M)


def test_the_model_beside_is_drawn_and_nobody_lives_on(endless: Endless) -> None:
    assert re.search(r"^beside .* written", endless.said, re.M)
    assert endless.left == []
    for words in ("Traceback", "this is a bug", "Exception in thread"):
        assert words not in endless.said


def test_what_they_print_fills_nobodys_memory(endless: Endless) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("nothing here tells of another process's memory")
    assert 0 < endless.memory < MOST_MEMORY
    assert len(endless.said) < 3_000_000
    assert "in_prints: again and again\n" in endless.said
    assert "in_one_line: … and more, which is left out\n" in endless.said
