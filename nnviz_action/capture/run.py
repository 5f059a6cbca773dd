"""One try of one model: the parts of its diagram that are asked for, and what they were made from."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import StringIO
from json import dumps  # by its own name, as all that follows: the user's code may replace that of the module
from os import _exit as leave
from os import getpid, urandom
from os import write as write_to
from pathlib import Path
from typing import Any

import torch

from nnviz_action.capture.backward import traced
from nnviz_action.capture.build import build, preload
from nnviz_action.capture.built import Built
from nnviz_action.capture.failure import MOST_TEXT, describe, reason
from nnviz_action.capture.network import refuse_network
from nnviz_action.capture.private import UNHOOKED
from nnviz_action.capture.reads import Reads
from nnviz_action.capture.recorder import record
from nnviz_action.capture.refused import RefusedError
from nnviz_action.capture.saved import gradient_bytes, saved_bytes, workspace_notes
from nnviz_action.capture.scripts import Scripts
from nnviz_action.capture.target import TargetError
from nnviz_action.capture.weights import stand_in_for_weights
from nnviz_action.capture.writes import refuse_writes
from nnviz_action.errors import ConfigError, MissingError, ModelError
from nnviz_action.freshness.hashes import AUTOGRAD, MARKS
from nnviz_action.freshness.outputs import GRAPH, MODEL
from nnviz_action.graph.graph_file import graph_bytes
from nnviz_action.system.clock import Clock
from nnviz_action.system.distributions import TOOLCHAIN, versions

Emit = Callable[[Mapping[str, Any]], None]
# No other way to build the model helps: the config is wrong, something is missing, or there is not enough memory, as
# in an endless recursion; with real weights there is even less.
_MISTAKES = (ConfigError, MissingError, ImportError, SyntaxError, TargetError, RefusedError)
_FINAL = (*_MISTAKES, RecursionError, SystemError, MemoryError, torch.OutOfMemoryError)
__all__ = ["Reads", "can_preload", "capture", "draw_part", "refuse"]


@dataclass(frozen=True)
class Made:
    """A part that is written: its files by name with their sha256, what is to be said of it, and the operators in it
    that ONNX lacks."""

    files: Mapping[str, str]
    notes: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()


def refuse(request: Mapping[str, Any]) -> None:
    """From now on, for the rest of this process: what a model's code is not to do."""
    root = Path(request["root"])
    refuse_writes(root)
    Scripts(root, request["model"]).listen()
    if request["weights"] != "keep":
        refuse_network()
        stand_in_for_weights(Path(request["out"]))


def can_preload(request: Mapping[str, Any]) -> bool:
    """Import the model's module; False where another way to build it may yet help."""
    try:
        preload(request)
    except _MISTAKES:
        raise
    except (Exception, SystemExit):
        return False
    return True


def capture(request: Mapping[str, Any], emit: Emit, reads: Reads) -> None:
    """Write the parts `request["parts"]` into `request["out"]`, and tell of each; stop at the first that is missed.

    `reads` has listened from the start.
    """
    asked = getpid()
    for part in request["parts"]:
        clock = Clock()
        _begin(part, request, emit)
        try:
            made = draw_part(part, request, clock)
        except (Exception, SystemExit) as error:
            _end_copy(asked)
            emit({"event": "missed", "part": part, **_missed(error, part, request), **_sources(request, reads)})
            break
        _end_copy(asked)
        told = _sources(request, reads)
        told["files"] |= made.files
        emit({"event": "made", "part": part, **asdict(made), **told, "seconds": clock.seconds})
    emit({"event": "done"})


def draw_part(part: str, request: Mapping[str, Any], clock: Clock) -> Made:
    """Build the model, and write one part of its diagram."""
    asked = getpid()
    with clock.stage("build"):
        built = build(request, request["way"], _trains(part, request))
    _reopen()
    out = Path(request["out"])
    if part == "autograd":
        notes: list[str] = []
        drawing = traced(built, request, notes, clock)
        _mark(request)
        with clock.stage("autograd"):
            kept = _kept(built, notes)
        data = dumps({"drawing": asdict(drawing), "kept": kept}).encode()
        return Made(_place(out / AUTOGRAD, data, asked), tuple(notes))
    if part == "graph":
        with clock.stage("record"):
            recording = record(built, request)
        data = graph_bytes(recording.graph, lines=False)
        return Made(_place(out / GRAPH, data, asked), recording.notes)
    from nnviz_action.capture.forward import exported  # noqa: PLC0415  # half a second, where nobody asks for it
    from nnviz_action.graph.onnx_file.write import model_bytes  # noqa: PLC0415

    proto, opaque = exported(built, request, clock)
    return Made(_place(out / MODEL, model_bytes(proto), asked), (), opaque)


def _trains(part: str, request: Mapping[str, Any]) -> bool:
    """Whether the model is in training mode for the view of this part."""
    return bool(request["mode"]["autograd" if part == "autograd" else "forward"] == "train")


def _kept(built: Built, notes: list[str]) -> dict[str, Any] | None:
    """What training keeps, in bytes; None and a note where the model cannot be called once more."""
    try:
        found = {"saved": saved_bytes(built), "gradients": gradient_bytes(built)}
        notes += workspace_notes(built)
        return found
    except _FINAL:
        raise
    except Exception as error:
        hidden = type(error).__name__ == UNHOOKED
        why = "torch hides it in its own branches and loops" if hidden else f"a second call failed: {reason(error)}"
        notes.append(f"what training saves is not counted: {why}")
        return None


def _begin(part: str, request: Mapping[str, Any], emit: Emit) -> None:
    emit({"event": "begin", "part": part})
    _mark(request)


def _mark(request: Mapping[str, Any]) -> None:
    """Say on the pipe for what the model prints that its code runs once more."""
    for stream in (sys.stdout, sys.stderr):
        if not getattr(stream, "closed", True):
            stream.flush()
    with suppress(OSError):  # the model's code may have closed it
        write_to(2, f"{request['mark']}\n".encode())


def _place(path: Path, data: bytes, asked: int) -> dict[str, str]:
    """Write a file under a name that nobody knows, and move it: the model's code may have put a pipe in its place.

    Gives its sha256 by its name: another process may put something else there.
    """
    _end_copy(asked)
    new = path.with_name(f"{urandom(8).hex()}.part")
    new.write_bytes(data)
    new.replace(path)
    return {path.name: sha256(data).hexdigest()}


def _sources(request: Mapping[str, Any], reads: Reads) -> dict[str, Any]:
    """What the part was made from. Writes the marks of the files that this try read."""
    _refuse_removed(reads.removed(Path(request["root"])))
    sources = [str(p) for p in reads.files(Path(request["root"]), map(Path, request["excluded"]))]
    marks = Path(request["out"]) / MARKS.format(request["try"])
    files = _place(marks, dumps(reads.marks()).encode(), getpid())
    return {"sources": sources, "modules": reads.modules(), "toolchain": versions(TOOLCHAIN), "files": files}


def _missed(error: BaseException, part: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Why a part could not be made: in words for the user, in a line for the lock, and what follows from it."""
    trace = error.__traceback__
    plain = _raises_plainly(error, part, request)
    error = error.with_traceback(trace)  # a library may raise the same object again
    told = describe(error, Path(request["root"]), request["dims"], plain)
    # A lack of the machine's, a plain call that fails, a mistake in the config: there must be no diagram without it.
    fatal = isinstance(error, OSError) or plain is True or (part == "onnx" and isinstance(error, ModelError))
    return {**told, "reason": reason(error), "final": _is_final(error), "fatal": fatal}


def _is_final(error: BaseException) -> bool:
    text = str(error)[:MOST_TEXT] if isinstance(error, RuntimeError) else ""
    return isinstance(error, _FINAL) or "can't allocate memory" in text


def _raises_plainly(error: BaseException, part: str, request: Mapping[str, Any]) -> bool | None:
    """Whether a plain call of the model fails too; None where that is not tried.

    It is for the first part that is asked for, once nothing but real weights is left.
    """
    if request["way"] != "real" or part != request["first"] or _is_final(error):
        return None
    _mark(request)
    try:
        built = build(request, "real", _trains(part, request))
        built.call()
    except (Exception, SystemExit) as again:
        return True if type(again) is type(error) else None
    return False


def _end_copy(asked: int) -> None:
    """End here if this is a fork that the model's code made: only the process that was asked writes and answers."""
    if getpid() != asked:
        leave(0)


def _refuse_removed(sources: Sequence[Path]) -> None:
    if sources:
        hint = "a lock vouches for the files that a model is made from: leave them where they are"
        raise ModelError(f"{sources[0].name} was removed while the model was captured", hint=hint)


def _reopen() -> None:
    """The model's code may have closed the streams that torch asks whether they are terminals."""
    for name in ("stdout", "stderr"):
        if getattr(getattr(sys, name), "closed", False):
            setattr(sys, name, StringIO())
