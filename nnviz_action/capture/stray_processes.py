"""Processes that a model left behind in a session of their own, where no signal to its group reaches them (Linux)."""

import os
import signal
from collections.abc import Collection, Iterable
from contextlib import suppress

from nnviz_action.system.prctl import adopt
from nnviz_action.system.process_memory import children

_GENERATIONS = 10


class Strays:
    """Whose parent has ended comes to us; what each model was seen to start tells whose they are."""

    def __init__(self) -> None:
        self._seen: dict[int, set[int]] = {}
        self.adopts = adopt()

    def look(self, model: int) -> None:
        """Note what this model has started so far."""
        seen = self._seen.setdefault(model, set())
        seen.update(child for parent in (model, *seen) for child in children(parent))

    def end(self, model: int, running: Collection[int], kept: Collection[int] = ()) -> None:
        """End what is left of a model that has ended, save what is `kept`; where no other is `running`, whatever
        came to us."""
        seen = self._seen.pop(model, set())
        for _ in range(_GENERATIONS):
            ours = (pid for pid in children(os.getpid()) if pid not in running and pid not in kept)
            strays = [pid for pid in ours if pid in seen or not running]
            seen.update(child for stray in strays for child in children(stray))
            _end(strays)
            if not strays:
                return

    def end_others(self, kept: Collection[int]) -> None:
        """End whatever came to us, save what is `kept`."""
        for _ in range(_GENERATIONS):
            others = [pid for pid in children(os.getpid()) if pid not in kept]
            _end(others)
            if not others:
                return


def _end(strays: Iterable[int]) -> None:
    for stray in strays:
        with suppress(ProcessLookupError, PermissionError, ChildProcessError):
            os.kill(stray, signal.SIGKILL)
            os.waitpid(stray, 0)
