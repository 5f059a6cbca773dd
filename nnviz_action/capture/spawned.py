"""A model's process that was started anew: the request comes by stdin, events go to stdout.

stdin stays open for as long as the one who asked lives, and may tell that the time is up.
"""

import gc
import json
import os
import threading
from _thread import interrupt_main
from typing import BinaryIO

from nnviz_action.capture import process


def main() -> None:
    """Serve the one request."""
    orders, events = os.fdopen(os.dup(0), "rb"), os.dup(1)
    request = json.loads(orders.readline())
    gc.disable()  # as in the fork server
    threading.Thread(target=_hear, args=(orders,), daemon=True).start()
    process.main(request, events, os.dup(2))


def _hear(orders: BinaryIO) -> None:
    """That the time is up; at the end of the pipe nobody is left who asks."""
    try:
        while line := orders.readline():
            if "late" in json.loads(line):
                interrupt_main(process.LATE)
    finally:
        os._exit(1)
