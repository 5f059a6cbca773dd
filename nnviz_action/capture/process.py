"""The worker process: one request as JSON on stdin, events as JSON lines on stdout.

Both pipes are moved out of reach before any of the user's code runs: to that code stdin is empty, and what it
prints goes to stderr.
"""

import gc
import json
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

from nnviz_action.capture.failure import describe
from nnviz_action.errors import needs

Emit = Callable[[Mapping[str, Any]], None]


def main() -> None:
    """Serve the one request, and leave without running what the user's code may have registered."""
    commands, events = _private_pipes()
    threading.Thread(target=_outlive_nobody, args=(os.getppid(),), daemon=True).start()
    request = json.load(commands)

    def emit(event: Mapping[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")
        events.flush()

    try:
        serve(request, emit)
    except BaseException as error:
        emit({"event": "error", **describe(error, Path(request["root"]), request["dims"])})
    sys.stderr.flush()
    os._exit(0)


def _outlive_nobody(parent: int) -> None:
    """End with the process that asked, even if it was killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _private_pipes() -> tuple[TextIO, TextIO]:
    commands = os.fdopen(os.dup(0), encoding="utf-8")
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return commands, events


def serve(request: dict[str, Any], emit: Emit) -> None:
    """Capture what `request["views"]` names into `request["out"]`."""
    gc.disable()  # the process is short, and collecting amid millions of small objects is a quarter of its time
    warnings.simplefilter("ignore")  # of torch's own, hundreds; a script of the user's shows those of the model
    request["folder"] = Path(request["folder"])
    if request["onnx"]:
        emit({"event": "done", **_adopt(request, emit)})
        return
    if find_spec("torch") is None or find_spec("torchviz") is None or find_spec("onnxscript") is None:
        raise needs("torch, onnxscript and torchviz", "torch")
    from nnviz_action.capture import run  # noqa: PLC0415  # torch comes in only once the pipes are safe

    # After our own imports: a user's `onnx.py` must not be taken for the library.
    os.chdir(request["folder"])
    sys.path[:0] = request["pythonpath"]
    sys.argv = [request["model"]]
    emit({"event": "done", **asdict(run.capture(request, emit))})


def _adopt(request: Mapping[str, Any], emit: Emit) -> dict[str, Any]:
    from nnviz_action.onnx_file.foreign import adopt  # noqa: PLC0415  # the other way here needs torch instead

    source = request["folder"] / request["onnx"]
    adopt(source, Path(request["out"]) / "model.onnx", request["weights"] == "keep")
    emit({"event": "forward"})
    toolchain = {name: version(name) for name in ("nnviz-action", "onnx", "onnx-ir")}
    return {
        "sources": [str(source)], "packages": {}, "toolchain": toolchain, "weights": {}, "opaque": [], "notes": [],
        "seconds": {},
    }  # fmt: skip
