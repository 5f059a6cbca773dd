"""Our end of the fork server: it imports torch once, and starts a process of its own for each model.

Orders go over a pair of connected sockets as JSON; with an order to start go the two pipes that the new process
writes to. Nothing that a model's code can reach is ever read from that connection.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection, Pipe
from multiprocessing.reduction import send_handle
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from nnviz_action.system.child import command
from nnviz_action.system.repository import without_repository
from nnviz_action.system.temporary import Temporary

Ahead = Literal["nothing", "onnx", "torch", "export"]
_MARK = "NNVIZ_ACTION_RUN"
_PATIENCE = 5  # seconds for a killed process to be gone


class GoneError(Exception):
    """The server has ended: whatever a model's code does to its process, the next one starts another."""


class StartError(Exception):
    """The system has no room for one more process."""


class Process:
    """One model's process, as we see it: its pipes, its end."""

    def __init__(self, server: "Server", pid: int, events: int, errors: int) -> None:
        self._server, self.pid = server, pid
        self.events, self.errors = events, errors
        self.code: int | None = None  # as `subprocess` has it
        self._ended = False

    def ended(self) -> bool:
        """Whether it has ended; `code` then tells how, if that is known."""
        if not self._ended:
            try:
                self.code = self._server.ask({"poll": self.pid})
                self._ended = self.code is not None
            except GoneError:
                self._ended = not _exists(self.pid)
        return self._ended

    def signal(self, number: int) -> None:
        """Send it a signal."""
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it and whatever it started, and wait for that."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if not self._ended:  # it may have left its group
            self.signal(signal.SIGKILL)
        patience = time.monotonic() + _PATIENCE
        while not self.ended() and time.monotonic() < patience:
            time.sleep(0.002)

    def close(self) -> None:
        """Close its pipes."""
        os.close(self.events)
        os.close(self.errors)


class Server:
    """The process, started at once, so that it imports while we do: see `nnviz_action.capture.fork_server`.

    `ahead` is what it does before it forks: `onnx` and `torch` are imported, `export` makes a first export too, which
    is worth its time for more than one model.
    """

    def __init__(self, ahead: Ahead) -> None:
        self._lock = Lock()
        self._folder = Temporary()  # of what it does ahead: killed, it removes nothing
        try:
            self._connection, theirs = Pipe()
            with theirs:
                self._process = _start(theirs, ahead, str(self._folder.path))
        except BaseException:
            self._folder.close()
            raise

    @property
    def mark(self) -> tuple[int, str]:
        """What the processes that it starts have: its session, or this in their environment."""
        return self._process.pid, f"{_MARK}={self._folder.path}"

    def start(self, request: dict[str, Any]) -> Process:
        """A process that serves this request. Raises `GoneError`, `StartError`."""
        with ExitStack() as ours, ExitStack() as theirs:
            (events, their_events), (errors, their_errors) = _pipe(ours, theirs), _pipe(ours, theirs)
            pid = self.ask({"start": request}, their_events, their_errors)
            if not pid:
                raise StartError
            ours.pop_all()
        return Process(self, pid, events, errors)

    def ask(self, order: dict[str, Any], *handles: int) -> int | None:
        """Its answer to an order. Raises `GoneError`."""
        with self._lock:
            try:
                self._connection.send_bytes(json.dumps(order).encode())
                for handle in handles:
                    send_handle(self._connection, handle, self._process.pid)
                answer = json.loads(self._connection.recv_bytes())
            except (EOFError, OSError) as error:
                raise GoneError from error
        return int(answer) if answer is not None else None

    def kill(self) -> None:
        """End it: whoever waits for its answer hears that it is gone."""
        self._process.kill()

    def close(self) -> None:
        """End it; the processes that it started are ended one by one."""
        self._connection.close()
        self._process.kill()
        self._process.wait()
        self._folder.close()


def _pipe(ours: ExitStack, theirs: ExitStack) -> tuple[int, int]:
    """The end that reads and the one that writes, each closed when its stack ends."""
    reads, writes = os.pipe()
    ours.callback(os.close, reads)
    theirs.callback(os.close, writes)
    return reads, writes


def _start(theirs: Connection, ahead: Ahead, folder: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*command("nnviz_action.capture.fork_server"), str(theirs.fileno()), ahead, folder],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
        # The order of sets would otherwise differ from run to run, and with it the names that torch makes up.
        # In a hook, a git that the model starts would be misled by what git told us of the commit.
        env={**without_repository(os.environ), "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8", _MARK: folder},
    )


def end_all(mark: tuple[int, str]) -> None:
    """End all processes that have the mark of a server which is no more to end them, and wait for that (Linux)."""
    patience = time.monotonic() + _PATIENCE
    while (left := list(_marked(*mark))) and time.monotonic() < patience:
        for pid in left:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _marked(leader: int, variable: str) -> Iterator[int]:
    """Its processes, but for those that have ended and that nobody has asked for."""
    told = variable.encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            state, _, _, session, *_ = (process / "stat").read_bytes().rpartition(b")")[2].split()
            ours = int(session) == leader or told in (process / "environ").read_bytes().split(b"\0")
            if ours and state != b"Z":
                yield int(process.name)


def _exists(pid: int) -> bool:
    """Whether it runs: one that has ended and that nobody has asked for does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[:1]
    except (ProcessLookupError, PermissionError):
        return False
    except OSError:  # a system without /proc
        return True
    return state != [b"Z"]
