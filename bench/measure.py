"""Timing two sides in turn, and the peak memory of a whole tree of processes."""

import statistics
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ratio:
    """Median seconds of ours and theirs over the same rounds, and the median of the rounds' ratios."""

    ours: float
    theirs: float
    ratio: float
    rounds: int


def compare(ours: Sequence[str], theirs: Sequence[str], folder: Path, rounds: int, before: object = None) -> Ratio:
    """Run both in turn, after one round that is not counted; `before()` runs ahead of each of ours."""
    pairs = []
    for _ in range(rounds + 1):
        if callable(before):
            before()
        pairs.append((_seconds(ours, folder), _seconds(theirs, folder)))
    first, second = zip(*pairs[1:], strict=True)
    ratios = [a / b for a, b in pairs[1:]]
    return Ratio(statistics.median(first), statistics.median(second), statistics.median(ratios), rounds)


def _seconds(command: Sequence[str], folder: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return taken


def peak_memory(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Seconds, and the largest sum of resident memory of the process and all its descendants, in GB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], _tree_memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    done.set()
    watcher.join()
    if code != 0:
        raise SystemExit(f"{command}: exit {code}")
    return time.perf_counter() - start, peak[0] / 1e9


def _tree_memory(root: int) -> int:
    """Bytes: RSS without what processes share, summed over the tree (Linux)."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)] = int(fields[1])
        except (OSError, IndexError):
            continue
    tree = {root}
    while grown := {p for p, parent in parents.items() if parent in tree and p not in tree}:
        tree |= grown
    return sum(_pss(pid) for pid in tree)


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
