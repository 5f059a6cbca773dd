"""Where processes cannot be copied, each model's is started anew: see `nnviz_action.capture.spawned`.

The request goes to its stdin, which stays open for as long as we live; events and what is printed come by stdout and
stderr. It takes the seconds that the import of torch takes, and all else is the same.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Any

from nnviz_action.capture.worker.pipes import Pipe, open_pipe
from nnviz_action.capture.worker.starter import MARK, PATIENCE, Ahead, Process, StartError, environment
from nnviz_action.system.child import command
from nnviz_action.system.temporary import Temporary


class Spawned:
    """One model's process, which is a child of ours."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        assert process.stdout is not None
        assert process.stderr is not None
        self.events, self.errors = _taken(process.stdout.fileno()), _taken(process.stderr.fileno())
        process.stdout.close()
        process.stderr.close()
        self.code: int | None = None

    @property
    def pid(self) -> int:
        """As `Process.pid`."""
        return self._process.pid

    def ended(self) -> bool:
        """As `Process.ended`."""
        self.code = self._process.poll()
        return self.code is not None

    def interrupt(self) -> None:
        """As `Process.interrupt`: by a signal where there are such, or else a line more on its stdin."""
        if hasattr(signal, "SIGUSR1"):
            with suppress(OSError):
                self._process.send_signal(signal.SIGUSR1)
        else:
            self.tell({"late": True})

    def tell(self, message: dict[str, Any]) -> None:
        """A line on its stdin."""
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended: whoever follows it hears of that
            self._process.stdin.write(f"{json.dumps(message)}\n".encode())
            self._process.stdin.flush()

    def kill(self) -> None:
        """As `Process.kill`."""
        _end_tree(self._process)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self.code = self._process.returncode

    def close(self) -> None:
        """As `Process.close`."""
        self.events.close()
        self.errors.close()
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()


class Spawner:
    """Starts them, each by itself: nothing is done ahead."""

    def __init__(self, ahead: Ahead) -> None:
        self._folder = Temporary()

    @property
    def mark(self) -> tuple[int, str]:
        """As `Starter.mark`: each has a session of its own."""
        return -1, f"{MARK}={self._folder.path}"

    def start(self, request: dict[str, Any]) -> Process:
        """As `Starter.start`."""
        try:
            process = Spawned(_start(str(self._folder.path)))
        except OSError as error:
            raise StartError from error
        process.tell(request)
        return process

    def kill(self) -> None:
        """Nothing runs here."""

    def close(self) -> None:
        """As `Starter.close`."""
        self._folder.close()


def _start(folder: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command("nnviz_action.capture.spawned"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=environment(folder),
    )


def _taken(number: int) -> Pipe:
    """The pipe by a number that only we know, so that nobody else closes it."""
    return open_pipe(os.dup(number))


def _end_tree(process: "subprocess.Popen[bytes]") -> None:
    """With whatever it started, as far as the system knows who did."""
    if sys.platform == "win32":
        command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(OSError):
        process.kill()
