"""`generate`, killed at any moment: `check` tells the truth of what is there, and one more `generate` heals all."""

import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from victims import MINE, Running, Victim

if not sys.platform.startswith("linux"):
    pytest.skip("reads /proc", allow_module_level=True)

KILLS = 5  # in a batch
BATCHES = [("onnx", number) for number in range(34)] + [("torch", number) for number in range(60)]
QUICK = {("onnx", 0), ("onnx", 1), ("onnx", 2), ("torch", 0)}  # in every run of the tests; of torch all are 300 kills
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
TRAPS = ("open", "os.rename")  # of a file that is written, before it happens
OUR_FAULT = ("this is a bug", "Traceback", "Exception ignored")


@dataclass(frozen=True)
class Undisturbed:
    """What a run that nobody disturbs writes for a version, and how long it takes."""

    files: dict[str, bytes]
    seconds: float

    def models(self) -> list[str]:
        """Their names."""
        return sorted({path.split("/")[1] for path in self.files if path.endswith("/lock.json")})

    def model(self, name: str) -> dict[str, bytes]:
        """The files of one model, without those that it did not write."""
        start = f"diagrams/{name}/"
        return {path: data for path, data in self.files.items() if path.startswith(start) and path not in MINE}


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str], list[Undisturbed]]:
    """By kind, for both versions; made once however many processes the tests run in."""
    base = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent

    def made(kind: str) -> list[Undisturbed]:
        folders = [base / f"undisturbed-{kind}-{number}" for number in (0, 1)]
        for number, folder in enumerate(folders):
            with FileLock(f"{folder}.lock"):
                if not (folder / "seconds").exists():
                    _make(Victim(folder / "project", kind).version(number), folder)
        return [
            Undisturbed(Victim(folder / "project", kind).files(), float((folder / "seconds").read_text()))
            for folder in folders
        ]

    return made


def _make(victim: Victim, folder: Path) -> None:
    start = time.monotonic()
    code, said = victim.start("--force").end()
    assert code == 0, said
    (folder / "seconds").write_text(str(time.monotonic() - start))


@pytest.mark.parametrize(
    ("kind", "number"),
    [pytest.param(*row, marks=[pytest.mark.slow] * (row not in QUICK) + [pytest.mark.torch] * (row[0] == "torch")) for row in BATCHES],
)  # fmt: skip
def test_a_run_that_is_killed_loses_nothing(
    kind: str, number: int, tmp_path: Path, undisturbed: Callable[[str], list[Undisturbed]]
) -> None:
    rng = random.Random(f"{kind} {number}")
    truths = undisturbed(kind)
    victim = Victim(tmp_path / "project", kind).version(0)
    for version in [(kill + 1) % 2 for kill in range(KILLS)]:
        if rng.random() < 0.3:
            shutil.rmtree(victim.folder / "diagrams")
            victim.write(MINE)
        _killed(victim.version(version), truths[version], rng)
        _is_told_truly(victim, truths[version])
        if (kind, number) not in QUICK:
            _heals(victim, truths[version])
    _heals(victim, truths[version])


def _killed(victim: Victim, truth: Undisturbed, rng: random.Random) -> None:
    """One run, killed while it ran: what it says, and what it leaves behind outside of the diagrams."""
    whom, how = rng.choice(("parent", "parent", "child", "group")), rng.choice(SIGNALS)
    run = _run_into(victim, truth, rng, whom, how)
    code, said = run.end()
    ours = [line for line in said.splitlines() if not line.startswith(tuple(f"{name}: " for name in truth.models()))]
    hit = "nnviz_action/" in said or "frozen runpy" not in said  # or else Python itself, before it came to us
    assert not (hit and [line for line in ours for words in OUR_FAULT if words in line]), said
    if whom == "child":
        assert code in (0, 3), said
        lost = [name for name in truth.models() if not _is_as(victim, truth, name)]
        assert len(lost) <= 1, said
    left = [path.name for path in victim.temporary.glob("nnviz-*")]
    if how is signal.SIGKILL and whom != "child":
        for name in left:  # nobody can clear up after that
            shutil.rmtree(victim.temporary / name)
    else:
        assert not left


def _run_into(victim: Victim, truth: Undisturbed, rng: random.Random, whom: str, how: signal.Signals) -> Running:
    """A run that was hit: at any moment, or by itself as it opens or renames one of the files that it writes."""
    while True:
        if whom != "child" and rng.random() < 0.5:
            return victim.start("--force", trap=f"{rng.choice(TRAPS)}:{rng.randrange(12)}:{how:d}:{whom}")
        run = victim.start("--force")
        time.sleep(rng.uniform(0, truth.seconds))
        if run.kill(whom, how, rng.choice):
            return run
        run.end()


def _is_told_truly(victim: Victim, truth: Undisturbed) -> None:
    """What is said to be fresh is what an undisturbed run gives, and all that is so is said to be fresh."""
    assert victim.told_fresh() == {name: _is_as(victim, truth, name) for name in truth.models()}


def _is_as(victim: Victim, truth: Undisturbed, name: str) -> bool:
    found = victim.files()
    return all(found.get(path) == data for path, data in truth.model(name).items())


def _heals(victim: Victim, truth: Undisturbed) -> None:
    """One more run, and all is as if nothing had happened; no part of a file is left, and nobody's own is lost."""
    code, said = victim.start().end()
    assert code == 0, said
    assert victim.files() == truth.files
