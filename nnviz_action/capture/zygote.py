"""A module that several models come from is imported once: the first one's process leaves a copy of itself behind.

The copy, a zygote, is made when the import is done, and forks a process for each further model; of the user's code,
nothing but that import has run in it. None is made where the import left something that processes must not share: a
thread, a child, an open file, a file or folder that it wrote.

That code may do anything to the zygote and to the socket between it and the server. So the server waits for no more
than a second, and believes nothing but the number of a child of its own: whatever else comes, all goes on without.
"""

import json
import os
import random
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnviz_action.system.process_memory import children

_PATIENCE = 1.0  # seconds for an answer; to fork takes some hundredths
_LARGEST = 1 << 17  # bytes of an order
_NUMBER = 32  # bytes of a process's number
_OF_THE_CONFIG = frozenset({"excluded", "folder", "memory", "pythonpath", "root"})  # the same for all of a module
Socket = socket.socket
Request = dict[str, Any]
Order = tuple[Request, int, int]  # with pipes for events and for what is printed


class Zygote:
    """A zygote as the server sees it. Its processes come to the server, which adopts what has no parent."""

    def __init__(self) -> None:
        self._socket, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(_PATIENCE)
        self.pid = 0

    def hear(self) -> int:
        """Its process, or 0 as long as there is none. Raises `OSError`, `ValueError` where there will be none."""
        with suppress(BlockingIOError):
            self.pid = self.pid or self._child(socket.MSG_DONTWAIT)
        return self.pid

    def start(self, order: Order) -> int:
        """A process for this order; 0 as long as there is none to make it. Raises as `hear` does."""
        if not self.hear():
            return 0
        request, *pipes = order
        data = json.dumps({key: value for key, value in request.items() if key not in _OF_THE_CONFIG}).encode()
        if len(data) > _LARGEST:
            return 0
        socket.send_fds(self._socket, [data], pipes, socket.MSG_DONTWAIT)
        return self._child()

    def _child(self, flags: int = 0) -> int:
        number = int(self._socket.recv(_NUMBER, flags))
        if number not in children(os.getpid()):
            raise ValueError
        return number

    def close(self) -> None:
        """Our end of the socket."""
        self._socket.close()

    def end(self) -> None:
        """End it, with what it is about to start."""
        self.close()
        for kill in (os.killpg, os.kill) if self.pid else ():
            with suppress(OSError):
                kill(self.pid, signal.SIGKILL)


def leave_zygote(ours: Socket, load: Callable[[], bool], has_written: Callable[[], bool]) -> bool:
    """Leave a zygote behind, if `load` goes well and leaves nothing that is in the way. What it raises, passes.

    Returns twice, as a fork does: True in the zygote.
    """
    before = _held()
    loaded = load()
    with suppress(Exception):  # there may be no room for one more, and an import may have replaced what we call
        if loaded and before and _held() == before and not has_written():
            sys.stderr.flush()
            drawn = random.getstate()
            number = _start()
            if number == 0:
                random.setstate(drawn)
                return True
            ours.send(str(number).encode())
    ours.close()
    return False


def _held() -> tuple[int, frozenset[str], int] | None:
    """Threads, open files, children; None where that cannot be told."""
    try:
        threads, files = ({path.name for path in Path("/proc/self", kind).iterdir()} for kind in ("task", "fd"))
        return len(threads), frozenset(files), len(children(os.getpid()))
    except Exception:
        return None


def serve_forks(ours: Socket, events: int, request: Mapping[str, Any]) -> Order:
    """Fork a process for each order, in which this returns. The zygote ends with the socket, or at an error."""
    drawn = random.getstate()  # which a fork would begin anew
    with suppress(OSError):
        os.setpgid(0, 0)
    null = os.open(os.devnull, os.O_RDWR)
    for pipe in (0, 1, 2, events):  # whose readers wait for the end of it
        os.dup2(null, pipe)
    os.close(null)
    while True:
        data, (their_events, their_errors), *_ = socket.recv_fds(ours, _LARGEST, 2)
        number = _start()
        if number == 0:
            ours.close()
            random.setstate(drawn)
            return {**request, **json.loads(data)}, their_events, their_errors
        os.close(their_events)
        os.close(their_errors)
        ours.send(str(number).encode())


def _start() -> int:
    """A process that is nobody's child: its number, 0 in itself. Raises `OSError`, `ValueError`."""
    told, tells = os.pipe()
    between = os.fork()
    if between == 0:
        try:
            number = os.fork()
        except BaseException:
            os._exit(1)
        os.close(told)
        if number:
            os.write(tells, str(number).encode())
            os._exit(0)
        os.close(tells)
        return 0
    os.close(tells)
    with os.fdopen(told, "rb", 0) as pipe:
        if not select.select([pipe], [], [], _PATIENCE / 2)[0]:  # an import may have hooks that forks wait for
            os.kill(between, signal.SIGKILL)
        os.waitpid(between, 0)
        return int(pipe.read(_NUMBER) or b"")
