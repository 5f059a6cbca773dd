"""A model's process that was started anew: the request comes by stdin, events go to stdout.

stdin stays open for as long as the one who asked lives, and may tell that the time is up.
"""

import gc
import json
import os
import signal
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
    while line := orders.readline():
        if "late" in json.loads(line):
            _interrupt()
    os._exit(1)


def _interrupt() -> None:
    """Where there are signals, what waits in the main thread hears of one."""
    number = process.LATE
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        interrupt_main(number)
