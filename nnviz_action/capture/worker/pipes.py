"""What a process says on its two pipes, for as long as it lives: whoever holds them then is no concern of ours."""

import json
import os
import select
from collections.abc import Callable, Iterator
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, Protocol

from nnviz_action.capture.worker.output import Lines
from nnviz_action.system.start_method import forks

MOST_LINE = 10_000  # bytes after which a line is broken
MOST_EVENT = 100_000_000  # bytes of one event: a list of sources, at the most
_EVENTS = ("ready", "begin", "made", "missed", "answer", "done", "error")
_PULSE = 0.05  # seconds between two looks
_CHUNK = 65_536
_LAST_CHUNKS = 16  # that are read once it is over
_WAITING = 16  # chunks that wait to be read


class Pipe(Protocol):
    """The end of a pipe that is read."""

    def read(self, seconds: float) -> bytes | None:
        """What is there: None where nothing comes in so many seconds, nothing at its end."""

    def close(self) -> None:
        """Nothing is read any more."""


def open_pipe(number: int) -> Pipe:
    """The pipe behind this descriptor, which it closes."""
    return PolledPipe(number) if forks() else ThreadedPipe(number)


class PolledPipe:
    """Where the system tells whether there is something to read."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._poll = select.poll()
        self._poll.register(number, select.POLLIN)

    def read(self, seconds: float) -> bytes | None:
        """As `Pipe.read`."""
        return os.read(self._number, _CHUNK) if self._poll.poll(seconds * 1000) else None

    def close(self) -> None:
        """As `Pipe.close`."""
        os.close(self._number)


class ThreadedPipe:
    """Where the system does not tell, and a thread waits: it closes the pipe at its end, whenever that is."""

    def __init__(self, number: int) -> None:
        self._number, self._closed = number, False
        self._chunks: Queue[bytes] = Queue(_WAITING)
        Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        data = b"."
        while data:
            try:
                data = os.read(self._number, _CHUNK)
            except OSError:  # as good as its end
                data = b""
            if not self._closed:
                self._chunks.put(data)
        os.close(self._number)

    def read(self, seconds: float) -> bytes | None:
        """As `Pipe.read`."""
        try:
            return self._chunks.get(timeout=seconds)
        except Empty:
            return None

    def close(self) -> None:
        """As `Pipe.close`."""
        self._closed = True
        while self.read(0):  # a thread that waits for room goes on
            pass


def listen(pipe: Pipe, over: Event, on_event: Callable[[dict[str, Any]], None]) -> bool:
    """Pass on the events of a process; whether it came to its end. What is not ours is passed over."""
    for line in _lines(pipe, over, MOST_EVENT):
        event = _event(line)
        if event:
            on_event(event)
        if event and event["event"] in ("done", "error"):
            return True
    return False


def relay(pipe: Pipe, over: Event, output: Lines) -> None:
    """Pass on what the model prints."""
    for line in _lines(pipe, over, MOST_LINE):
        output.add(line.decode(errors="replace").rstrip())


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and event.get("event") in _EVENTS else None


def _lines(pipe: Pipe, over: Event, most: int) -> Iterator[bytes]:
    """Lines without their ends; one that is longer than `most` is broken."""
    parts: list[bytes] = []  # of a line that has not ended
    length = 0
    for chunk in _chunks(pipe, over):
        first, *others = chunk.split(b"\n")
        for follows in others:
            yield b"".join([*parts, first])
            parts, length, first = [], 0, follows
        parts.append(first)
        length += len(first)
        if length > most:
            yield b"".join(parts)
            parts, length = [], 0
    if length:
        yield b"".join(parts)


def _chunks(pipe: Pipe, over: Event) -> Iterator[bytes]:
    left = _LAST_CHUNKS
    while left:
        ended = over.is_set()
        data = pipe.read(_PULSE)
        if data:
            yield data
        elif data is not None or ended:
            return
        left -= ended
