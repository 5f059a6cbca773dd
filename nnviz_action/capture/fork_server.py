"""The fork server: it imports what captures need, once, and forks a process for each model.

Nobody's code runs in it. It is given the number of its end of a connection, over which orders come, and what to do
ahead: nothing; import `onnx`, or `torch`; record the `calls` of a first model, or `export` it too, in which torch
imports the rest and fills its tables. Every model's process starts from that state, or from what an import of its
module made of it (`zygote.py`), so what one does to itself, no other sees.
"""

import gc
import json
import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path

from nnviz_action.capture.models import Models
from nnviz_action.system.prctl import hide

NEEDED = ("torch", "torchviz", "onnxscript", "onnx", "onnx_ir")


def main() -> None:
    """Serve until the connection closes, and end with all that was started."""
    hide()
    connection = Connection(int(sys.argv[1]))
    gc.disable()  # collecting amid millions of small objects is a quarter of a capture's time, and of the imports'
    _prepare(sys.argv[2], Path(sys.argv[3]))
    models = Models()
    gc.freeze()
    with suppress(EOFError, OSError):
        while True:
            connection.send_bytes(json.dumps(_answer(connection, models)).encode())
    models.end()
    os._exit(0)


def _prepare(ahead: str, folder: Path) -> None:
    """What fails here fails again in the model's process, which can tell of it. Files go into `folder`."""
    with suppress(BaseException):
        if ahead == "onnx":
            from nnviz_action.graph.onnx_file import foreign  # noqa: F401, PLC0415  # by the model's process otherwise
        elif ahead != "nothing" and all(map(find_spec, NEEDED)):
            from nnviz_action.capture import rehearsal, run  # noqa: F401, PLC0415  # the same

            if ahead in ("calls", "export"):
                rehearsal.rehearse(folder, ahead == "export")


def _answer(connection: Connection, models: Models) -> int | None:
    """Carry out one order: `start` a request, or `poll` for the exit code of a process."""
    order = json.loads(connection.recv_bytes())
    if "poll" in order:
        return models.poll(order["poll"])
    events, errors = recv_handle(connection), recv_handle(connection)
    return models.start((order["start"], events, errors), connection)
