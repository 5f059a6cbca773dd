"""How many models are captured at a time where nobody says."""

import os

GIGABYTES_EACH = 2


def default_jobs() -> int:
    """One for each core, and no more than the machine has memory for; one where that is not known, as on Windows."""
    pages = os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    room = pages * os.sysconf("SC_PAGE_SIZE") // GIGABYTES_EACH >> 30 if pages > 0 else 1
    return max(1, min(os.cpu_count() or 1, room))
