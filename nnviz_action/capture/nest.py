"""A module that several models come from is imported once: the first one's process leaves a copy of itself behind.

The copy is made when the import is done, and forks a process for each further model; of the user's code, nothing but
that import has run in it. None is made where the import left something that processes must not share: a thread, a
child, an open file, a file or folder that it wrote.
"""

import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import Any

from nnviz_action.capture.strays import children

_PATIENCE = 5.0  # seconds for an answer; to fork takes some hundredths
Order = tuple[dict[str, Any], int, int]  # the request, pipes for events and for what is printed


class Nest:
    """A copy as the server sees it. Its processes come to the server, which adopts what has no parent."""

    def __init__(self) -> None:
        self._connection, self.theirs = Pipe()
        self.pid = 0

    def hear(self) -> int:
        """Its process, or 0 as long as there is none. Raises `EOFError` where there will be none."""
        if not self.pid and self._connection.poll():
            self.pid = int(json.loads(self._connection.recv_bytes()))
        return self.pid

    def start(self, order: Order) -> int:
        """A process for this order; 0 if the copy is not there yet. Raises `EOFError`, `OSError`, `ValueError`."""
        if not self.hear():
            return 0
        request, *pipes = order
        self._connection.send_bytes(json.dumps(request).encode())
        for pipe in pipes:
            send_handle(self._connection, pipe, self.pid)
        if not self._connection.poll(_PATIENCE):
            raise EOFError
        return int(json.loads(self._connection.recv_bytes()))

    def close(self) -> None:
        """Our end of the connection."""
        self._connection.close()

    def end(self) -> None:
        """End the copy; what it started goes on."""
        self.close()
        if self.pid:
            with suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)


def offer(connection: Connection, load: Callable[[], bool], has_written: Callable[[], bool]) -> bool:
    """Leave a copy of this process behind, if `load` goes well and leaves nothing that is in the way.

    Returns twice, as a fork does: True in the copy.
    """
    before = _held()
    if load() and _held() == before and not has_written():
        with suppress(Exception):  # there may be no room for one more, and an import may have replaced what we call
            pid = os.fork()
            if pid == 0:
                return True
            with suppress(OSError):
                os.setpgid(pid, pid)  # else it would end with us
            connection.send_bytes(json.dumps(pid).encode())
    connection.close()
    return False


def _held() -> tuple[int, frozenset[str], int]:
    """Threads, open files, children."""
    threads, files = ({path.name for path in Path("/proc/self", kind).iterdir()} for kind in ("task", "fd"))
    return len(threads), frozenset(files), len(children(os.getpid()))


def brood(connection: Connection, events: int) -> Order:
    """Fork a process for each order, in which this returns. The copy itself ends with the connection."""
    with suppress(OSError):
        os.setpgid(0, 0)
    null = os.open(os.devnull, os.O_RDWR)
    for pipe in (0, 1, 2, events):  # whose readers wait for the end of it
        os.dup2(null, pipe)
    os.close(null)
    while True:
        try:
            order = _received(connection)
        except (EOFError, OSError):
            os._exit(0)
        if (pid := _start()) == 0:
            connection.close()
            return order
        for pipe in order[1:]:
            os.close(pipe)
        connection.send_bytes(json.dumps(pid).encode())


def _received(connection: Connection) -> Order:
    request = json.loads(connection.recv_bytes())
    return request, recv_handle(connection), recv_handle(connection)


def _start() -> int:
    """A process whose parent has ended: its number, 0 in itself."""
    told, tells = os.pipe()
    between = os.fork()
    if between:
        os.close(tells)
        with os.fdopen(told) as file:
            number = int(file.read() or -1)
        os.waitpid(between, 0)
        return number
    pid = os.fork()
    os.close(told)
    if pid:
        os.write(tells, str(pid).encode())
        os._exit(0)
    os.close(tells)
    return 0
