"""One model's process: one request, events as JSON lines on a pipe of their own.

To the user's code stdin is empty, and what it prints goes to the other pipe.
"""

import os
import select
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from json import dumps  # by its own name, as all that follows: the user's code may replace that of the module
from os import _exit as leave
from os import getpid
from os import write as write_to
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from nnviz_action.capture.apart import keep_apart
from nnviz_action.capture.failure import describe
from nnviz_action.capture.memory import limit_memory
from nnviz_action.capture.zygote import Socket, leave_zygote, serve_forks
from nnviz_action.freshness.hashes import MARKS
from nnviz_action.system.install import needs, too_old, unusable
from nnviz_action.system.installed import least, older, version

if TYPE_CHECKING:
    from nnviz_action.capture.reads import Reads

LATE = getattr(signal, "SIGUSR1", signal.SIGINT)  # the signal that the time is up
Emit = Callable[[Mapping[str, Any]], None]


def main(request: dict[str, Any], events: int, errors: int, ours: Socket | None = None) -> NoReturn:
    """Serve the request, and leave without running what the user's code may have registered.

    `ours` is for a zygote that is left behind: see `nnviz_action.capture.zygote`.
    """
    try:
        _settle(events, errors)
        sys.stdout = sys.stderr
        imported = _serve(request, events, ours, None)
        if imported is not None and ours is not None:  # we are the zygote, and then each process that it forks
            request, events, errors = serve_forks(ours, events, request)
            _settle(events, errors)
            _serve(request, events, None, imported)
        with suppress(Exception):
            sys.stderr.flush()
    finally:
        leave(0)


def _settle(events: int, errors: int) -> None:
    """A group and a domain of its own, pipes out of reach, and the signal that its time is up."""
    keep_apart()
    with suppress(PermissionError, AttributeError):  # the head of a session has one; some systems have none
        os.setpgid(0, 0)
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in enumerate((null, errors, errors)):
        os.dup2(source, target)
    os.close(null)
    os.close(errors)
    if hasattr(select, "poll"):
        threading.Thread(target=_outlive_nobody, args=(events,), daemon=True).start()
    signal.signal(LATE, _too_late)


def _serve(request: dict[str, Any], events: int, ours: Socket | None, imported: "Reads | None") -> "Reads | None":
    asked = getpid()

    def emit(event: Mapping[str, Any]) -> None:
        if getpid() != asked:
            leave(1)  # a copy that the model made of us
        data = f"\n{dumps(event)}\n".encode()  # a line of its own, whatever the model's code has written there
        while data:
            data = data[write_to(events, data) :]

    try:
        if imported is None:
            # Of torch's own there are hundreds; a script of the user's shows those of the model.
            warnings.simplefilter("ignore")
        return serve(request, emit, ours, imported)
    except BaseException as error:
        own = True if isinstance(error, (KeyboardInterrupt, GeneratorExit)) else None  # nobody else raises these here
        emit({"event": "error", **describe(error, Path(request["root"]), request["dims"], own)})
    return None


class TooLateError(BaseException):
    """The time is up: this one's traceback tells where the model's code was. No `except Exception` catches it."""


def _too_late(*_: object) -> None:
    raise TooLateError


def _outlive_nobody(events: int) -> None:
    """End with the process that asked, even if it was killed: then nobody reads the events."""
    poll = select.poll()
    gone = select.POLLERR | select.POLLHUP  # of a pipe, of a socket
    poll.register(events, gone)
    if any(event & gone for _, event in poll.poll()):
        leave(1)


def serve(request: dict[str, Any], emit: Emit, ours: Socket | None, imported: "Reads | None") -> "Reads | None":
    """Capture what `request["parts"]` names into `request["out"]`.

    `imported` is what an import of the model's module has read, if it is done. What this one reads is returned in the
    zygote that stays behind, and in nobody else.
    """
    request["folder"] = Path(request["folder"])
    if request["onnx"]:
        limit_memory(request["memory"])
        emit({"event": "ready"})
        emit({"event": "made", "part": "onnx", **_adopt(request)})
        emit({"event": "done"})
        return None
    if find_spec("torch") is None or find_spec("torchviz") is None or find_spec("onnxscript") is None:
        raise needs("torch, onnxscript and torchviz", "torch")
    run = _import_run()
    if "onnx" in request.get("parts", ()):
        import_module("nnviz_action.capture.forward")  # before a user's `onnx.py` can be taken for the library
    if imported is None:  # what torch itself takes is not the model's
        limit_memory(request["memory"])
    emit({"event": "ready"})
    reads = imported or _begin(request, run)
    if ours is not None and leave_zygote(ours, lambda: run.can_preload(request), reads.has_written):
        return reads
    if "ways" in request:
        from nnviz_action.capture.asking.ask import ask  # noqa: PLC0415  # half a model's process needs it

        ask(request, emit)
    else:
        run.capture(request, emit, reads)
    return None


def _begin(request: Mapping[str, Any], run: ModuleType) -> "Reads":
    """Go where the model's code expects to be, after our own imports: a user's `onnx.py` is not the library."""
    os.chdir(request["folder"])
    sys.path[:0] = request["pythonpath"]
    sys.argv = [request["model"].rpartition(":")[0]]
    reads: Reads = run.Reads()
    run.refuse(request)
    return reads


def _import_run() -> ModuleType:
    """torch comes in only once the pipes are safe, and may be broken, or too old to have all that we need of it."""
    for name in ("torch", "onnxscript"):
        if (here := version(name)) and older(here, least(name)):
            raise too_old(name, here, least(name))
    try:
        from nnviz_action.capture import run  # noqa: PLC0415
    except Exception as error:
        raise unusable("torch", version("torch"), error) from error
    return run


def _adopt(request: Mapping[str, Any]) -> dict[str, Any]:
    from nnviz_action.graph.onnx_file.foreign import adopt  # noqa: PLC0415  # the other way here needs torch instead

    source = request["folder"] / request["onnx"]
    out = Path(request["out"])
    model, marks = out / "model.onnx", out / MARKS.format(request["try"])
    adopted = adopt(source, model, request["weights"] == "keep")
    said = dumps(adopted.files).encode()
    marks.write_bytes(said)
    inside = [path for path in adopted.files if Path(path).is_relative_to(request["root"])]
    toolchain = {name: version(name) for name in ("nnviz-action", "onnx", "onnx-ir")}
    return {
        "sources": [str(source), *inside], "modules": [], "toolchain": toolchain, "opaque": [],
        "notes": adopted.notes, "seconds": {},
        "files": {model.name: adopted.sha256, marks.name: sha256(said).hexdigest()},
    }  # fmt: skip
