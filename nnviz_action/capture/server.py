"""The fork server: it imports what captures need, once, and forks a process for each model.

Nobody's code runs in it. It is given the number of its end of a connection, over which orders come, and what to do
ahead: nothing, import `onnx`, import `torch`, or also make a first `export`, in which torch imports the rest and
fills its tables. Every model's process starts from that state, so what one does to itself, no other sees.
"""

import gc
import json
import os
import signal
import sys
from contextlib import suppress
from importlib.util import find_spec
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from typing import Any

from nnviz_action.capture import process
from nnviz_action.capture.strays import Strays

NEEDED = ("torch", "torchviz", "onnxscript", "onnx", "onnx_ir")


def main() -> None:
    """Serve until the connection closes, and end with all that was started."""
    connection = Connection(int(sys.argv[1]))
    _prepare(sys.argv[2], Path(sys.argv[3]))
    strays = Strays()
    gc.disable()  # collecting amid millions of small objects is a quarter of a capture's time
    gc.freeze()
    running: dict[int, int | None] = {}
    with suppress(EOFError, OSError):
        while True:
            _answer(connection, running, strays)
    for pid, code in running.items():
        if code is None:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
    os._exit(0)


def _prepare(ahead: str, folder: Path) -> None:
    """What fails here fails again in the model's process, which can tell of it. Files go into `folder`."""
    with suppress(BaseException):
        if ahead == "onnx":
            from nnviz_action.onnx_file import foreign  # noqa: F401, PLC0415  # by the model's process otherwise
        elif ahead != "nothing" and all(map(find_spec, NEEDED)):
            from nnviz_action.capture import rehearsal, run  # noqa: F401, PLC0415  # the same

            if ahead == "export":
                rehearsal.rehearse(folder)


def _answer(connection: Connection, running: dict[int, int | None], strays: Strays) -> None:
    """Carry out one order: `start` a request, or `poll` for the exit code of a process."""
    order = json.loads(connection.recv_bytes())
    if "poll" in order:
        answer = _poll(order["poll"], running, strays)
    else:
        answer = _start(order["start"], connection)
        running |= {answer: None} if answer else {}
    connection.send_bytes(json.dumps(answer).encode())


def _poll(pid: int, running: dict[int, int | None], strays: Strays) -> int | None:
    if running[pid] is None:
        strays.look(pid)
        ended, status = os.waitpid(pid, os.WNOHANG)
        running[pid] = os.waitstatus_to_exitcode(status) if ended else None
        if ended:
            strays.end(pid, [other for other, code in running.items() if code is None])
    return running[pid]


def _start(request: dict[str, Any], connection: Connection) -> int:
    events, errors = recv_handle(connection), recv_handle(connection)
    try:
        pid = os.fork()
        if pid == 0:
            connection.close()
            process.main(request, events, errors)
    except OSError:  # too many processes, or no memory: this one's trouble alone
        return 0
    finally:
        os.close(events)
        os.close(errors)
    with suppress(ProcessLookupError, PermissionError):  # whoever is first: then there is a group to kill
        os.setpgid(pid, pid)
    return pid
