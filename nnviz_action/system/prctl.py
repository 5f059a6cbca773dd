"""What a process asks of Linux about itself; elsewhere none of it happens."""

import ctypes
import sys
from contextlib import suppress
from typing import Any

# In linux/prctl.h.
_VERSION = 0x20080522  # of capabilities, in linux/capability.h
_INTO_OTHERS = (16, 17, 19, 21, 38, 39, 40)  # modules, raw I/O, ptrace, admin, perfmon, bpf, checkpoint/restore
_DUMPABLE, _SUBREAPER, _NO_NEW_PRIVILEGES = 4, 36, 38


def libc() -> Any:
    """The C library of this process. Raises `OSError` where there is no Linux."""
    if sys.platform != "linux":
        raise OSError("this is no Linux")
    return ctypes.CDLL(None, use_errno=True)


def hide() -> None:
    """Other processes of this user can neither read this one's memory and descriptors nor trace it; root can, unless
    it has lowered its rights.

    What it forks is hidden too; what it starts anew is not.
    """
    _ask(_DUMPABLE, 0)


def adopt() -> bool:
    """Whether what has lost its parent, among those that come from this process, comes to it from now on."""
    return _ask(_SUBREAPER, 1)


def lower_rights() -> None:
    """No program that this process starts has more rights than it, as sudo has; root cannot look into processes."""
    _ask(_NO_NEW_PRIVILEGES, 1)
    with suppress(OSError, AttributeError):
        header, sets = (ctypes.c_uint32 * 2)(_VERSION, 0), (ctypes.c_uint32 * 6)()
        if libc().capget(header, sets) == 0:
            for number in _INTO_OTHERS:
                for kind in range(3):  # effective, permitted, inheritable
                    sets[number // 32 * 3 + kind] &= ~(1 << number % 32)
            libc().capset(header, sets)


def _ask(option: int, value: int) -> bool:
    with suppress(OSError, AttributeError):
        return bool(libc().prctl(option, value, 0, 0, 0) == 0)
    return False
