"""What a capture does not let a model's code do, and how it hears of that."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from nnviz_action.errors import ModelError

Handlers = Mapping[str, Callable[[tuple[Any, ...]], None]]  # by the name of an audit event, what takes its arguments


class RefusedError(ModelError):
    """The model's code does what none should while it is drawn: no other way to build the model helps."""


def listen(*handlers: Handlers) -> None:
    """From now on, for the rest of this process. One hook for all: torch causes a million events."""
    found = {event: handler for group in handlers for event, handler in group.items()}

    def hook(event: str, args: tuple[Any, ...]) -> None:
        handler = found.get(event)
        if handler is not None:
            handler(args)

    sys.addaudithook(hook)
