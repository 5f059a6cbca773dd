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
from typing import Any

from nnviz_action.capture.worker.pipes import open_pipe
from nnviz_action.capture.worker.starter import MARK, PATIENCE, Ahead, GoneError, Process, StartError, environment
from nnviz_action.system.child import command
from nnviz_action.system.prctl import hide
from nnviz_action.system.temporary import Temporary


class Fork:
    """One model's process, which the server has forked."""

    def __init__(self, server: "Server", pid: int, events: int, errors: int) -> None:
        self._server, self._pid = server, pid
        self.events, self.errors = open_pipe(events), open_pipe(errors)
        self.code: int | None = None  # as `subprocess` has it
        self._ended = False

    @property
    def pid(self) -> int:
        """As `Process.pid`."""
        return self._pid

    def ended(self) -> bool:
        """As `Process.ended`."""
        if not self._ended:
            try:
                self.code = self._server.ask({"poll": self.pid})
                self._ended = self.code is not None
            except GoneError:
                self._ended = not _exists(self.pid)
        return self._ended

    def interrupt(self) -> None:
        """As `Process.interrupt`."""
        self._signal(signal.SIGUSR1)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """As `Process.kill`."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if not self._ended:  # it may have left its group
            self._signal(signal.SIGKILL)
        patience = time.monotonic() + PATIENCE
        while not self.ended() and time.monotonic() < patience:
            time.sleep(0.002)

    def close(self) -> None:
        """As `Process.close`."""
        self.events.close()
        self.errors.close()


class Server:
    """The process, started at once, so that it imports while we do: see `nnviz_action.capture.fork_server`.

    `ahead` is what it does before it forks: `onnx` and `torch` are imported; `calls` records a first model, too, and
    `export` exports it, which is worth its time for more than one model.
    """

    def __init__(self, ahead: Ahead) -> None:
        self._lock = Lock()
        self._folder = Temporary()  # of what it does ahead: killed, it removes nothing
        try:
            hide()  # or a model could ask it for what it wants, or read what it knows
            self._connection, theirs = Pipe()
            with theirs:
                self._process = _start(theirs, ahead, str(self._folder.path))
        except BaseException:
            self._folder.close()
            raise

    @property
    def mark(self) -> tuple[int, str]:
        """As `Starter.mark`."""
        return self._process.pid, f"{MARK}={self._folder.path}"

    def start(self, request: dict[str, Any]) -> Process:
        """As `Starter.start`."""
        with ExitStack() as ours, ExitStack() as theirs:
            (events, their_events), (errors, their_errors) = _channel(ours, theirs), _pipe(ours, theirs)
            pid = self.ask({"start": request}, their_events, their_errors)
            if not pid:
                raise StartError
            ours.pop_all()
        return Fork(self, pid, events, errors)

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
        """As `Starter.kill`."""
        self._process.kill()

    def close(self) -> None:
        """As `Starter.close`."""
        self._connection.close()
        self._process.kill()
        self._process.wait()
        self._folder.close()


def _pipe(ours: ExitStack, theirs: ExitStack) -> tuple[int, int]:
    """The end that reads and the one that writes, each closed when its stack ends."""
    return _closed(ours, theirs, *os.pipe())


def _channel(ours: ExitStack, theirs: ExitStack) -> tuple[int, int]:
    """The same as a pair of sockets: nobody can open one through /proc, as one can a pipe."""
    (one, other) = Pipe()
    with one, other:
        return _closed(ours, theirs, os.dup(one.fileno()), os.dup(other.fileno()))


def _closed(ours: ExitStack, theirs: ExitStack, reads: int, writes: int) -> tuple[int, int]:
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
        env=environment(folder),
    )


def end_all(mark: tuple[int, str]) -> None:
    """End all processes that have the mark of a server which is no more to end them, and wait for that (Linux)."""
    patience = time.monotonic() + PATIENCE
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
            if state != b"Z" and (int(session) == leader or _is_told(process, told)):
                yield int(process.name)


def _is_told(process: Path, mark: bytes) -> bool:
    """By its environment or, where that is hidden, as what the server forked, by the server's command."""
    if mark.partition(b"=")[2] and mark.partition(b"=")[2] in (process / "cmdline").read_bytes().split(b"\0"):
        return True
    return mark in (process / "environ").read_bytes().split(b"\0")


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
