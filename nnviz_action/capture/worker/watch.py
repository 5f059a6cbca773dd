"""Watching over one process: when its time is up, and when it has ended."""

import threading
import time

from nnviz_action.capture.worker.starter import Process

_PULSE = 0.05  # seconds between two looks
_GRACE = 0.3  # seconds for the pipes to run empty
_LAST_WORD = 1.0  # seconds to say where it was when its time was up


class Watch:
    """Ends a process when its time is up, and what it left behind once it has ended; then it is `over`."""

    def __init__(self, process: Process, seconds: float) -> None:
        """The time begins now, or when somebody says `begin`."""
        self.late = False
        self.over = threading.Event()
        self._process, self._deadline = process, time.monotonic() + seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def begin(self, seconds: float) -> None:
        """It has that many seconds from now on."""
        self._deadline = time.monotonic() + seconds

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
            if time.monotonic() > self._deadline:
                self.late = True
                self._process.interrupt()
                self._done.wait(_LAST_WORD)
                break

    def close(self) -> None:
        """End the process, if that has not happened."""
        self._done.set()
        self._thread.join()
