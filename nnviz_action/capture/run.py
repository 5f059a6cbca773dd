"""One model, captured: the ONNX file and the autograd drawing, and what they were made from."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from json import dumps  # by its own name: the user's code may replace that of the module
from pathlib import Path
from typing import Any, TypeVar

import onnx_ir as ir
from torch import nn

from nnviz_action.capture import autograd
from nnviz_action.capture.build import WAYS, Built, build, preload
from nnviz_action.capture.clean import clean, weight_kinds
from nnviz_action.capture.export import export
from nnviz_action.capture.reads import Reads, versions
from nnviz_action.capture.target import TargetError
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.errors import ConfigError, MissingError, ModelError
from nnviz_action.freshness.hashes import MARKS
from nnviz_action.graph.onnx_file.metadata import SIZES, UNUSED
from nnviz_action.graph.onnx_file.names import canonicalise
from nnviz_action.graph.onnx_file.write import to_proto, write
from nnviz_action.system.clock import Clock

T = TypeVar("T")
_FINAL = (ConfigError, MissingError, ImportError, SyntaxError, TargetError)  # no other way to build it helps
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
    seconds: dict[str, float]  # by stage: build, autograd, export, clean


@dataclass(frozen=True)
class Views:
    """What came of the views: how the weights were made for each, operators that ONNX lacks, notes, seconds."""

    weights: dict[str, str]
    opaque: list[str]
    notes: list[str]
    seconds: dict[str, float]


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
    """Write `autograd.json` and `model.onnx` into `request["out"]`, an event after each, and `MARKS`.

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
    """The same without what it was made from."""
    out, clock, asked = Path(request["out"]), Clock(), os.getpid()
    views = Views({}, [], [], clock.seconds)
    if "autograd" in request["views"]:
        way, drawing = _first_way(
            request, "autograd", lambda built: _autograd(built, request, views.notes, clock), clock
        )
        _end_copy(asked)
        (out / "autograd.json").write_text(dumps(asdict(drawing)), encoding="utf-8")
        views.weights["autograd"] = way
        emit({"event": "autograd"})
    if "forward" in request["views"]:
        way, names = _first_way(request, "forward", lambda built: _forward(built, request, out, clock, asked), clock)
        views.weights["forward"] = way
        views.opaque.extend(names)
        emit({"event": "forward"})
    return views


def _end_copy(asked: int) -> None:
    """End here if this is a fork that the model's code made: only the process that was asked writes and answers."""
    if os.getpid() != asked:
        os._exit(0)


def _refuse_removed(sources: Sequence[Path]) -> None:
    if sources:
        hint = "a lock vouches for the files that a model is made from: leave them where they are"
        raise ModelError(f"{sources[0].name} was removed while the model was captured", hint=hint)


def _first_way(request: Mapping[str, Any], view: str, work: Callable[[Built], T], clock: Clock) -> tuple[str, T]:
    """The result of the cheapest way to build the model that works; the error of the surest if none does."""
    training = request["mode"][view] == "train"
    ways = WAYS[request["fake"]]
    if request["weights"] == "keep" and view == "forward":
        ways = ("real",)
    for way in ways:
        try:
            with clock.stage("build"):
                built = build(request, way, training)
            _reopen()
            return way, work(built)
        except (Exception, SystemExit) as error:
            if way == ways[-1] or isinstance(error, _FINAL):
                raise
    raise AssertionError("unreachable")


def _reopen() -> None:
    """The model's code may have closed the streams that torch asks whether they are terminals."""
    for name in ("stdout", "stderr"):
        if getattr(getattr(sys, name), "closed", False):
            setattr(sys, name, StringIO())


def _autograd(built: Built, request: Mapping[str, Any], notes: list[str], clock: Clock) -> Drawing:
    """The drawing with all that was asked for, or with the most that the model lets autograd show."""
    with clock.stage("autograd"):
        return _autograd_in_any_mode(built, request, notes)


def _autograd_in_any_mode(built: Built, request: Mapping[str, Any], notes: list[str]) -> Drawing:
    try:
        return _most_of_autograd(built, request["autograd"], notes)
    except ValueError as error:
        if "more than 1 value per channel" not in str(error):
            raise
    for module in built.module.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()
    drawing = _most_of_autograd(built, request["autograd"], notes)
    notes.append("autograd with BatchNorm in eval mode: it cannot train on one value per channel")
    return drawing


def _most_of_autograd(built: Built, options: Mapping[str, Any], notes: list[str]) -> Drawing:
    plain = {**options, "show_saved": False, "show_attrs": False}
    first: Exception | None = None
    tries = [(options, True), (plain, True), (options, False), (plain, False)]
    for asked, by_module in [t for i, t in enumerate(tries) if t not in tries[:i]]:
        try:
            drawing = autograd.draw(built, asked, by_module)
        except Exception as error:  # a control-flow operator bears no hooks, some functions hide what they saved
            first = first or error
        else:
            if asked != options:
                why = next(iter(str(first).splitlines()), type(first).__name__)
                notes.append(f"autograd without saved tensors and attributes: {why}")
            return drawing
    assert first is not None
    raise first


def _name_tied(module: nn.Module, model: ir.Model) -> None:
    """Tied weights go by the name that `named_parameters` gives them: torch.export takes the last one."""
    first = {id(parameter): name for name, parameter in module.named_parameters()}
    held = model.graph.initializers
    for name, parameter in module.named_parameters(remove_duplicate=False):
        wanted = first[id(parameter)]
        if name != wanted and name in held and wanted not in held:
            held[name].name = wanted


def _facts(module: nn.Module, model: ir.Model, sizes: Mapping[str, int]) -> dict[str, str]:
    """What the graph alone does not tell: example sizes, and parameters that it has no use for."""
    names: dict[int, set[str]] = {}
    parameters = {}
    for name, parameter in module.named_parameters(remove_duplicate=False):
        names.setdefault(id(parameter), set()).add(name)
        parameters[id(parameter)] = parameter
    unused: Counter[str] = Counter()
    for key, parameter in parameters.items():
        if not names[key] & model.graph.initializers.keys():
            unused["parameter" if parameter.requires_grad else "frozen"] += parameter.numel()
    facts = {SIZES: sizes, UNUSED: unused}
    return {key: ",".join(f"{n}={v}" for n, v in sorted(value.items())) for key, value in facts.items() if value}


def _forward(built: Built, request: Mapping[str, Any], out: Path, clock: Clock, asked: int) -> tuple[str, ...]:
    with clock.stage("export"):
        exported = export(built, request)
    with clock.stage("clean"):
        kinds = weight_kinds(built.module)
        _name_tied(built.module, exported.model)
        clean(exported.model, kinds, keep_weights=request["weights"] == "keep")
        canonicalise(exported.model, exported.output_names, exported.dims)
        exported.model.metadata_props.update(_facts(built.module, exported.model, request["dims"]))
        _end_copy(asked)
        write(to_proto(exported.model, kinds, request["weights"] == "keep"), out / "model.onnx")
    return exported.opaque
