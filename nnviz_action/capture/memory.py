"""How much memory a model's process may take."""

import os
from pathlib import Path

try:
    import resource
except ImportError:  # pragma: no cover  # Windows has no such limits
    resource = None  # type: ignore[assignment]

STACK_BYTES = 512 * 1024 * 1024  # for what recurses once per operator; only what is touched costs memory


def limit_memory(most: int | None) -> None:
    """Let this process have `most` bytes more than it has now; where nothing is said, what the machine has.

    What asks for more gets a `MemoryError` at once, instead of the machine's last page a minute later. The limit is
    on what may be written to; a deep stack that is reserved, and never filled, is no part of it.
    """
    statm = Path("/proc/self/statm")
    if resource is None or not statm.exists():
        return
    page = os.sysconf("SC_PAGE_SIZE")
    now = int(statm.read_text().split()[5]) * page
    wanted = now + STACK_BYTES + (most or os.sysconf("SC_PHYS_PAGES") * page)
    _limit(resource.RLIMIT_DATA, wanted)
    if most is not None:  # a file in memory has no bytes that anybody's account holds until they are mapped
        _limit(resource.RLIMIT_FSIZE, most + STACK_BYTES)


def _limit(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY or hard > wanted:
        resource.setrlimit(kind, (wanted, wanted))
