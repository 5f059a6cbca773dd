"""What a process says on its two pipes, for as long as it lives: whoever holds them then is no concern of ours."""

import json
import os
import select
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

from nnviz_action.capture.worker.output import Output

MOST_LINE = 10_000  # bytes after which a line is broken
MOST_EVENT = 100_000_000  # bytes of one event: a list of sources, at the most
_EVENTS = ("begin", "made", "missed", "done", "error")
_PULSE = 50  # milliseconds between two looks
_CHUNK = 65_536
_LAST_CHUNKS = 16  # that are read once it is over


def listen(pipe: int, over: Event, on_event: Callable[[dict[str, Any]], None]) -> bool:
    """Pass on the events of a process; whether it came to its end. What is not ours is passed over."""
    for line in _lines(pipe, over, MOST_EVENT):
        event = _event(line)
        if event:
            on_event(event)
        if event and event["event"] in ("done", "error"):
            return True
    return False


def relay(pipe: int, over: Event, output: Output) -> None:
    """Pass on what the model prints."""
    for line in _lines(pipe, over, MOST_LINE):
        output.add(line.decode(errors="replace").rstrip())


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and event.get("event") in _EVENTS else None


def _lines(pipe: int, over: Event, most: int) -> Iterator[bytes]:
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


def _chunks(pipe: int, over: Event) -> Iterator[bytes]:
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    left = _LAST_CHUNKS
    while left:
        ended = over.is_set()
        ready = poll.poll(_PULSE)
        data = os.read(pipe, _CHUNK) if ready else b""
        if data:
            yield data
        elif ready or ended:
            return
        left -= ended
