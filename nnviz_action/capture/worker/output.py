"""What a model prints: passed on once, however often its code runs until the diagram is there."""

import sys
import uuid
from collections import Counter
from contextlib import suppress
from typing import Protocol

LAST_LINES = 12
MOST_OUTPUT = 1_000_000  # bytes of what a model prints that are passed on


class Lines(Protocol):
    """What takes lines."""

    def add(self, line: str) -> None:
        """A line that the model printed."""


class Output:
    """The lines of all tries of one model. Each try says `mark` before a run of the model's code begins.

    A line is passed on as often as it came in the run in which it came most often.
    """

    def __init__(self, name: str) -> None:
        self.mark = uuid.uuid4().hex
        self.tail: list[str] = []  # the last lines of the current process
        self._name, self._left = name, MOST_OUTPUT
        self._shown: Counter[str] = Counter()
        self._now: Counter[str] = Counter()

    def begin(self) -> None:
        """Another process."""
        self.tail.clear()
        self._now.clear()

    def add(self, line: str) -> None:
        """A line that the model printed, or the mark."""
        text, marked, _ = line.partition(self.mark)
        if text or not marked:
            self._pass_on(text)
        if marked:
            self._now.clear()

    def _pass_on(self, text: str) -> None:
        self.tail.append(text)
        del self.tail[:-LAST_LINES]
        if self._left <= 0:
            return
        self._now[text] += 1
        if self._now[text] <= self._shown[text]:
            return
        self._shown[text] += 1
        self._left -= len(text) + 1
        with suppress(OSError):  # nobody reads us: the pipe of the model is emptied even so, or it would wait
            said = text if self._left > 0 else "… and more, which is left out"
            sys.stderr.write(f"{self._name}: {said}\n")


class Silence:
    """What is printed where nobody wants to hear it: the last line is kept."""

    def __init__(self) -> None:
        self.last = ""

    def add(self, line: str) -> None:
        """A line that the model printed."""
        self.last = f"; its last words: {line[:200]}" if line.strip() else self.last
