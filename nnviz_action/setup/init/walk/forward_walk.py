"""One walk through foreign code, whatever that code is."""

import os
from collections.abc import Callable
from typing import Any

from nnviz_action.setup.init.walk.machine import ConflictError, ExhaustedError


def attempt(way: Callable[[], Any], default: Any = None) -> Any:
    """What the walk gives; the default where it comes to no end, or meets what it cannot follow."""
    try:
        return walk(way, default)
    except (ConflictError, ExhaustedError):
        return default


def walk(way: Callable[[], Any], default: Any = None) -> Any:
    """What the walk gives. Raises `ConflictError` and `ExhaustedError`."""
    try:
        return way()
    except (ConflictError, ExhaustedError):
        raise
    except RecursionError:
        return default
    except Exception:
        if os.environ.get("NNVIZ_DEBUG"):
            raise  # a fault of ours costs the user a guess, and nothing else
        return default
