"""Watching over one process: when its time is up, and when it has ended."""

import threading
import time

from nnviz_action.capture.worker.starter import Process
from nnviz_action.system.process_memory import own_memory, tree_memory

SLACK = 512 * 1024 * 1024  # bytes beyond `memory:`, as the process itself has for its stacks
_PULSE = 0.05  # seconds between two looks
_GRACE = 0.3  # seconds for the pipes to run empty
_LAST_WORD = 1.0  # seconds to say where it was when its time was up


class Watch:
    """Ends a process when its time is up or its memory, and what it left behind once it has ended; then it is `over`.

    The process itself is told by the system where it asks for too much (`capture.memory`). What that does not count,
    shared memory and that of its children, is looked at from here.
    """

    def __init__(self, process: Process, seconds: float, memory: int | None = None) -> None:
        """The time begins now, or when somebody says `begin`; so does the counting of bytes."""
        self.late = self.full = False
        self._memory, self._base = memory, 0
        self.over = threading.Event()
        self._process, self._deadline = process, time.monotonic() + seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def begin(self, seconds: float) -> None:
        """It has that many seconds from now on, and the memory beside what it has."""
        self._deadline = time.monotonic() + seconds
        self._base = own_memory(self._process.pid)

    def _run(self) -> None:
        try:
            self._wait()
            self._process.kill()
        finally:
            self.over.set()

    def _wait(self) -> None:
        while not self._done.wait(_PULSE):
            if self._process.ended():
                self._done.wait(_GRACE)
                break
            self.late = time.monotonic() > self._deadline
            self.full = self._takes_too_much()
            if self.late or self.full:
                self._process.interrupt()
                self._done.wait(_LAST_WORD)
                break

    def _takes_too_much(self) -> bool:
        if self._memory is None or not self._base:
            return False
        return tree_memory(self._process.pid, self._base) > self._memory + SLACK

    def close(self) -> None:
        """End the process, if that has not happened."""
        self._done.set()
        self._thread.join()
