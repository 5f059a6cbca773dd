"""What memory a process and all that it started take, as Linux tells it to every user."""

from contextlib import suppress
from pathlib import Path

_MOST = 1000  # processes that are looked at


def children(pid: int) -> list[int]:
    """The processes that this one has started and that have not ended."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def own_memory(pid: int) -> int:
    """Bytes of a process: what is its own, and of memory that it shares (mapped without a file, of a memfd, of
    /dev/shm) what it has touched. 0 where that is not known."""
    told: dict[str, int] = {}
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in ("RssAnon", "RssShmem", "VmSwap"):
                told[name] = int(rest.split()[0]) * 1024
    return sum(told.values())


def tree_memory(pid: int, base: int) -> int:
    """Bytes that a process, and what it started, have beyond `base`: each of them began with as much as it had.

    Memory that several of them share counts for each.
    """
    found, total, left = 0, 0, [pid]
    while left and found < _MOST:
        one = left.pop()
        found += 1
        total += max(0, own_memory(one) - base)
        left += children(one)
    return total
