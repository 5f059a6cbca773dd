"""A model's process is kept apart from its neighbours, from those above it and from all others of the user (Linux).

It is hidden from them, and without the rights by which root sees what is hidden (`system.prctl`). It also enters a
domain of Landlock of its own: from there no process outside can be traced, nor its memory and descriptors be reached
through /proc (Linux 5.19), and none can be sent a signal (6.12). All files may be reached as before.
"""

import ctypes
import os
from collections.abc import Callable
from contextlib import suppress

from nnviz_action.system import prctl

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, the same on all machines
_VERSION = 1  # a flag
_BENEATH = 1  # a kind of rule
_MAKE_BLOCK, _REFER = 1 << 11, 1 << 13  # to make a device, to move from folder to folder
_SCOPED = 1 | 2  # abstract sockets, signals
_OLDEST, _SCOPES = 2, 6  # versions of Landlock: before 2 nothing may be moved


class _Ruleset(ctypes.Structure):
    """`landlock_ruleset_attr`, of which older versions know the beginning."""

    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    """`landlock_path_beneath_attr`."""

    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def keep_apart() -> None:
    """From now on, for this process and all that it starts."""
    prctl.hide()
    prctl.lower_rights()
    with suppress(OSError, AttributeError):
        _enter(prctl.libc().syscall)


def _enter(syscall: Callable[..., int]) -> None:
    """A domain that forbids nothing but what others are."""
    version = syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION)
    if version < _OLDEST:
        return
    wanted = _Ruleset(_MAKE_BLOCK | _REFER, 0, _SCOPED if version >= _SCOPES else 0)
    known = ctypes.sizeof(wanted) if version >= _SCOPES else ctypes.sizeof(ctypes.c_uint64)
    ruleset = syscall(_CREATE, ctypes.byref(wanted), ctypes.c_size_t(known), 0)
    if ruleset < 0:
        return
    root = os.open("/", os.O_PATH)
    try:
        rule = _Beneath(wanted.files, root)
        if syscall(_ADD, ruleset, _BENEATH, ctypes.byref(rule), 0) == 0:
            syscall(_RESTRICT, ruleset, 0)
    finally:
        os.close(root)
        os.close(ruleset)
