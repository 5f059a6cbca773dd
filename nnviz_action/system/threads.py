"""Work in a thread that is ended when its time is up, wherever it is in Python's code."""

import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Generic, TypeVar

Result = TypeVar("Result")
_AGAIN = 0.2  # seconds until it is told once more: something may catch all it does not know


class TimeUpError(BaseException):
    """The time is up. No `except Exception` in what runs catches it."""


class Limited(Generic[Result]):
    """A call that runs in a thread of a pool of its own kind, and can be ended."""

    def __init__(self, pool: ThreadPoolExecutor, call: Callable[[], Result]) -> None:
        self._thread, self._call = 0, call
        self._future = pool.submit(self._run)

    def _run(self) -> Result:
        self._thread = threading.get_ident()
        return self._call()

    def result(self, seconds: float) -> Result:
        """What it gives. Raises what it raises, and `TimeUpError` where that takes longer, once it has ended."""
        if not wait([self._future], max(0.0, seconds)).done:
            self.stop()
            raise TimeUpError
        return self._future.result()

    def stop(self) -> None:
        """End it, if it runs, and wait for that: native code comes to its own end first."""
        self._future.cancel()
        while not self._future.done():
            if self._thread:
                wanted = ctypes.c_ulong(self._thread), ctypes.py_object(TimeUpError)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(*wanted)
            wait([self._future], _AGAIN)
