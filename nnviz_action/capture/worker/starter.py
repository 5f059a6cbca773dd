"""One model's process, as we see it: its pipes, its end, and who starts it."""

import os
import signal
from typing import Any, Literal, Protocol

from nnviz_action.capture.worker.pipes import Pipe
from nnviz_action.system.repository import without_repository

Ahead = Literal["nothing", "onnx", "torch", "calls", "export"]
MARK = "NNVIZ_ACTION_RUN"
KILLED = -getattr(signal, "SIGKILL", 9)  # the code of a process that the system ended, as it does for lack of memory
PATIENCE = 5  # seconds for a killed process to be gone


class GoneError(Exception):
    """Who starts processes has ended: whatever a model's code does to it, the next one starts another."""


class StartError(Exception):
    """The system has no room for one more process."""


class Process(Protocol):
    """What is read of it, and what may be done to it."""

    code: int | None  # as `subprocess` has it

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def events(self) -> Pipe:
        """What our own code in it tells."""

    @property
    def errors(self) -> Pipe:
        """What the model prints."""

    def ended(self) -> bool:
        """Whether it has ended; `code` then tells how, if that is known."""

    def interrupt(self) -> None:
        """Its time is up: it is to say where it is, and to end."""

    def kill(self) -> None:
        """End it and whatever it started, and wait for that."""

    def close(self) -> None:
        """Close its pipes."""


class Starter(Protocol):
    """What starts processes."""

    @property
    def mark(self) -> tuple[int, str]:
        """What the processes that it starts have: its session, or this in their environment."""

    def start(self, request: dict[str, Any]) -> Process:
        """A process that serves this request. Raises `GoneError`, `StartError`."""

    def kill(self) -> None:
        """End it: whoever waits for its answer hears that it is gone."""

    def close(self) -> None:
        """End it; the processes that it started are ended one by one."""


def environment(folder: str) -> dict[str, str]:
    """Of the processes of models.

    The order of sets would otherwise differ from run to run, and with it the names that torch makes up. In a hook, a
    git that the model starts would be misled by what git told us of the commit.
    """
    return {**without_repository(os.environ), "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8", MARK: folder}
