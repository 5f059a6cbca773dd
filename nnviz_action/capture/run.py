"""One model, captured: the ONNX file and the autograd drawing, and what they were made from."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from json import dumps  # by its own name: the user's code may replace that of the module
from pathlib import Path
from typing import Any, TypeVar

import torch

from nnviz_action.capture.backward import traced
from nnviz_action.capture.build import WAYS, build, preload
from nnviz_action.capture.built import Built
from nnviz_action.capture.failure import MOST_TEXT, reason
from nnviz_action.capture.forward import exported, recorded
from nnviz_action.capture.reads import Reads, versions
from nnviz_action.capture.target import TargetError
from nnviz_action.errors import ConfigError, MissingError, ModelError
from nnviz_action.freshness.hashes import FAILED, MARKS
from nnviz_action.freshness.outputs import GRAPH, MODEL
from nnviz_action.graph.graph_file import graph_bytes
from nnviz_action.graph.onnx_file.write import write
from nnviz_action.system.clock import Clock

T = TypeVar("T")
_FINAL = (ConfigError, MissingError, ImportError, SyntaxError, TargetError)  # no other way to build it helps
# What is no property of the model: the machine lacks something, and the diagram must not be written without a part.
_OF_THE_MACHINE = (MemoryError, OSError, torch.OutOfMemoryError)
_COSTS = ("meta", "fake", "real")  # ways to build a model, the cheapest first
TOOLCHAIN = ("nnviz-action", "torch", "onnx", "onnxscript", "onnx-ir", "torchviz")


@dataclass(frozen=True)
class Captured:
    """What the parent needs to know beyond the files."""

    sources: list[str]
    packages: dict[str, str]
    toolchain: dict[str, str]
    weights: dict[str, str]  # view -> meta, fake or real
    opaque: list[str]
    notes: list[str]
    seconds: dict[str, float]  # by stage: build, autograd, record, export, clean
    failed: dict[str, str]  # graph, onnx, autograd -> why


@dataclass(frozen=True)
class Views:
    """What came of the views: how the weights were made for each, operators that ONNX lacks, notes, seconds; and why
    a part of the diagram could not be made."""

    weights: dict[str, str]
    opaque: list[str]
    notes: list[str]
    seconds: dict[str, float]
    failed: dict[str, str]


def can_preload(request: Mapping[str, Any]) -> bool:
    """Import the model's module; False where another way to build it may yet help."""
    try:
        preload(request)
    except _FINAL:
        raise
    except (Exception, SystemExit):
        return False
    return True


def capture(request: dict[str, Any], emit: Callable[[Mapping[str, Any]], None], reads: Reads) -> Captured:
    """Write `autograd.json`, and the files of the forward graph, into `request["out"]`, an event after each; `MARKS`.

    `reads` has listened from the start.
    """
    asked = os.getpid()
    try:
        views = draw_views(request, emit)
    finally:
        _end_copy(asked)
    _refuse_removed(reads.removed(Path(request["root"])))
    sources = [str(p) for p in reads.files(Path(request["root"]), map(Path, request["excluded"]))]
    (Path(request["out"]) / MARKS).write_text(dumps(reads.marks()), encoding="utf-8")
    return Captured(sources, reads.packages(TOOLCHAIN), versions(TOOLCHAIN), **vars(views))


def draw_views(request: dict[str, Any], emit: Callable[[Mapping[str, Any]], None]) -> Views:
    """The same without what it was made from.

    A view that cannot be made does not take the others with it: `failed` says why, and what is there is written. A
    model whose forward pass fails has no diagram.
    """
    views = Views({}, [], [], {}, {})
    work = _Work(request, Clock(), os.getpid(), views)
    first: Exception | SystemExit | None = None
    if "autograd" in request["views"]:
        try:
            work.draw_autograd()
            emit({"event": "autograd"})
        except (Exception, SystemExit) as error:
            if _is_hopeless(error) or "forward" not in request["views"]:
                raise
            first = error
            views.failed["autograd"] = reason(error)
    if "forward" in request["views"]:
        work.draw_forward(first)
        emit({"event": "forward"})
    views.seconds.update(work.clock.seconds)
    return views


@dataclass(frozen=True)
class _Work:
    """One request under way: `asked` is the process that it was made to, `views` is what came of it so far."""

    request: Mapping[str, Any]
    clock: Clock
    asked: int
    views: Views

    def draw_autograd(self) -> None:
        """Write `autograd.json`."""
        request, notes, clock = self.request, self.views.notes, self.clock
        way, drawing = self._first_way("autograd", lambda built: traced(built, request, notes, clock))
        self._write("autograd.json", dumps(asdict(drawing)).encode())
        self.views.weights["autograd"] = way

    def draw_forward(self, first: Exception | SystemExit | None) -> None:
        """Write the calls and the ONNX file, and `FAILED`. Raises where there is neither, `first` if there is one."""
        failed, export = self.views.failed, self.request["export"]
        error = _error_of(self._draw_calls)
        if error is not None:
            if _is_hopeless(error) or first is not None or export == "never":
                raise first or error
            failed["graph"], first = reason(error), error
        error = _error_of(self._draw_onnx) if export != "never" else None
        if error is not None:
            if first is not None and "graph" in failed:
                raise first
            if _is_final(error) or export == "always" or isinstance(error, ModelError):
                raise error
            failed["onnx"] = reason(error)
        self._write(FAILED, dumps(failed).encode())

    def _draw_calls(self) -> None:
        way, recording = self._first_way("forward", lambda built: recorded(built, self.request, self.clock))
        self._write(GRAPH, graph_bytes(recording.graph, lines=False))
        self.views.weights["forward"] = way
        self.views.notes.extend(recording.notes)

    def _draw_onnx(self) -> None:
        way, (proto, opaque) = self._first_way("forward", lambda built: exported(built, self.request, self.clock))
        self._end_copy()
        write(proto, Path(self.request["out"]) / MODEL)
        before = self.views.weights.get("forward", way)
        self.views.weights["forward"] = max(before, way, key=_COSTS.index)
        self.views.opaque.extend(opaque)

    def _write(self, name: str, data: bytes) -> None:
        self._end_copy()
        (Path(self.request["out"]) / name).write_bytes(data)

    def _end_copy(self) -> None:
        _end_copy(self.asked)

    def _first_way(self, view: str, work: Callable[[Built], T]) -> tuple[str, T]:
        """The result of the cheapest way to build the model that works; the error of the surest if none does."""
        request = self.request
        ways = ("real",) if request["weights"] == "keep" and view == "forward" else WAYS[request["fake"]]
        for way in ways:
            try:
                with self.clock.stage("build"):
                    built = build(request, way, request["mode"][view] == "train")
                _reopen()
                return way, work(built)
            except (Exception, SystemExit) as error:
                if way == ways[-1] or isinstance(error, _FINAL):
                    raise
        raise AssertionError("unreachable")


def _error_of(draw: Callable[[], None]) -> Exception | SystemExit | None:
    """What went wrong, if anything."""
    try:
        draw()
    except (Exception, SystemExit) as error:
        return error
    return None


def _is_hopeless(error: BaseException) -> bool:
    """Whether the forward pass itself will fail again; the traceback of an endless recursion is all the memory."""
    return _is_final(error) or isinstance(error, (RecursionError, SystemError))


def _is_final(error: BaseException) -> bool:
    """Whether nothing else that is tried can help, or the diagram would lack a part for no fault of the model."""
    text = str(error)[:MOST_TEXT] if isinstance(error, RuntimeError) else ""
    return isinstance(error, (*_FINAL, *_OF_THE_MACHINE)) or "can't allocate memory" in text


def _end_copy(asked: int) -> None:
    """End here if this is a fork that the model's code made: only the process that was asked writes and answers."""
    if os.getpid() != asked:
        os._exit(0)


def _refuse_removed(sources: Sequence[Path]) -> None:
    if sources:
        hint = "a lock vouches for the files that a model is made from: leave them where they are"
        raise ModelError(f"{sources[0].name} was removed while the model was captured", hint=hint)


def _reopen() -> None:
    """The model's code may have closed the streams that torch asks whether they are terminals."""
    for name in ("stdout", "stderr"):
        if getattr(getattr(sys, name), "closed", False):
            setattr(sys, name, StringIO())
