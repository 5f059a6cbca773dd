"""One model, captured: a process after the other, until each part is made or given up."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnviz_action.capture.worker.answers import Answers, Captured, error_of, miss_of, text, texts
from nnviz_action.capture.worker.failure import ended, forged, full, late, not_started
from nnviz_action.capture.worker.left import Left
from nnviz_action.capture.worker.output import Output
from nnviz_action.capture.worker.pipes import listen, relay
from nnviz_action.capture.worker.starter import Process
from nnviz_action.capture.worker.tries import FORWARD, Tries, crash, wanted
from nnviz_action.capture.worker.watch import Watch
from nnviz_action.config import ModelSpec
from nnviz_action.errors import NnvizError

LONGEST_START = 300.0  # seconds until a process has imported torch and what else is not the model's
# A view, the files that it comes from, why parts of the diagram could not be made, what is to be said of the calls.
OnView = Callable[[str, Left, Mapping[str, str], Sequence[str]], None]


class Attempts:
    """The tries of one model, its time limit over all of them, and what they tell."""

    def __init__(self, spec: ModelSpec, asked: Mapping[str, Any], on_view: OnView, exports: bool = True) -> None:
        self._spec, self._asked, self._on_view = spec, asked, on_view
        self._tries, self._answers, self._output = Tries(spec, exports), Answers(), Output(spec.name)
        self._left_files = Left(Path(asked["out"]), self._answers.files)
        self._left = spec.timeout  # seconds for the model's code, in all processes together
        self._begun = 0.0  # when that of the current one did
        self._number = 0
        self._part = ""  # that the current process is at
        self._error: NnvizError | None = None  # its last word,
        self._where: tuple[str, ...] = ()  # and the frames that this names
        self._drawn: set[str] = set()

    def next(self) -> dict[str, Any] | None:
        """The request of the next process; None where nothing is left. None but the first shares an import."""
        one = self._tries.next()
        if one is None:
            return None
        first, self._number = self._number == 0, self._number + 1
        own = {"way": one.way, "parts": one.parts, "try": self._number, "mark": self._output.mark}
        own["first"] = wanted(self._spec)[0]
        return {**self._asked, **own} | ({} if first else {"shared": ""})

    def follow(self, process: Process, stopping: Callable[[], bool]) -> None:
        """Hear the process out. Raises `ModelError` where there can be no diagram."""
        asked = self._tries.next()
        self._part, self._error, self._where, self._begun = self._next_part(), None, (), 0.0
        self._output.begin()
        watch = Watch(process, 0 if stopping() else LONGEST_START, self._spec.memory)
        complete = self._listen(process, watch, stopping)
        if stopping():
            return
        if watch.full:
            raise full(self._where, self._spec)
        if watch.late:
            raise late(self._where, self._part, self._spec) if self._begun else not_started(LONGEST_START, self._spec)
        self._left -= time.monotonic() - self._begun if self._begun else 0
        if self._error is not None:
            raise self._error
        if not complete and self._part:
            self._tries.missed(self._part, crash(ended(process.code, self._output.tail, self._spec), process.code))
            self._tell()
        elif self._tries.next() == asked:  # it said that it is done, and nothing of what it did
            raise forged(self._spec)

    def _listen(self, process: Process, watch: Watch, stopping: Callable[[], bool]) -> bool:
        """Whether it came to its end. Its time begins when it has imported what is not the model's."""

        def hear(event: Mapping[str, Any]) -> None:
            if event["event"] != "ready":
                self._hear(event)
            elif not self._begun and not stopping():  # once: later it is the model's code that says so
                self._begun = time.monotonic()
                watch.begin(self._left)

        listener = threading.Thread(target=relay, args=(process.errors, watch.over, self._output), daemon=True)
        listener.start()
        try:
            complete = listen(process.events, watch.over, hear)
            if not complete:
                watch.over.wait()
        finally:
            watch.close()
            listener.join()
        return complete

    def _own(self, part: Any) -> str:
        """A part that the current process was asked for. Raises `ValueError` for any other."""
        one = self._tries.next()
        if one is None or part not in one.parts:
            raise ValueError(part)
        return text(part)

    def _next_part(self) -> str:
        one = self._tries.next()
        return one.parts[0] if one else ""

    def _hear(self, event: Mapping[str, Any]) -> None:
        try:
            self._take(event)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            raise forged(self._spec) from None
        self._tell()

    def _take(self, event: Mapping[str, Any]) -> None:
        """Raises `KeyError`, `TypeError`, `ValueError` where our own code would not have said so."""
        kind = event["event"]
        if kind == "begin":
            self._part = self._own(event["part"])
        elif kind == "made":
            self._answers.add(event)
            self._tries.made(event["part"])
            self._part = ""
        elif kind == "missed":
            miss = miss_of(event, self._spec)
            self._answers.add_sources(event)
            self._part = ""
            self._tries.missed(text(event["part"]), miss)
        elif kind == "error":
            self._error, self._where = error_of(event, self._spec), texts(event["frames"])

    def _tell(self) -> None:
        """Say which views are complete; the forward one tells what training saves, too."""
        failed = {part: miss.reason for part, miss in self._tries.failed.items()}
        for view, parts in (("autograd", ("autograd",)), ("forward", FORWARD)):
            made = not self._tries.ways.keys().isdisjoint(parts)
            if made and view not in self._drawn and self._tries.is_settled("autograd", *parts):
                self._drawn.add(view)
                self._on_view(view, self._left_files, failed, self._answers.notes.get("graph", ()))

    def captured(self) -> Captured:
        """What came of all tries."""
        return self._answers.captured(self._tries, self._left_files, self._left)
