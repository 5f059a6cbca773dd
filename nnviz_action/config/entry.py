"""One model of the config: what pydantic cannot check, and the `ModelSpec` that comes of it."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnviz_action.config import patterns, schema
from nnviz_action.config.budgets import read_bytes
from nnviz_action.config.document import Document
from nnviz_action.config.inputs import named_dims, parse_inputs
from nnviz_action.config.portable import is_folder_name, name_cure, path_cure, slash_cure
from nnviz_action.config.spec import ModelSpec, graphs_of
from nnviz_action.errors import ConfigError

Where = tuple[str | int, ...]
Report = Callable[[Where, str, str | None], None]

_DEFAULT_SIZE = 2  # of a named dimension without an example: sizes 0 and 1 are special to torch.export
_PICTURE = ("detail", "max_nodes", "depth", "expand", "collapse", "focus", "formats", "theme")
_LATER = ("render", "direction", "color")
VIEWS = ("overview", "forward", "autograd")  # in the order in which they are shown
_COPIED = ("output", "model", "onnx", "kwargs", "opset", "export", "weights", "fake", "timeout")


def read_entry(document: Document, root: Path, name: str, model: schema.Model) -> tuple[ModelSpec, list[ConfigError]]:
    """The spec of one model, and all that is wrong with its entry."""
    problems: list[ConfigError] = []

    def report(where: Where, message: str, hint: str | None) -> None:
        problems.append(document.error(("models", name, *where), f"model {name!r}: {message}", hint))

    base = document.path.parent
    folder = Path(os.path.realpath(base / model.output / name) if _are_paths(name, model, report) else base)
    inputs = _inputs(model, report)
    own = document.data["models"][name]
    _check_name_and_target(name, model, own, report)
    if folder != base:
        _check_folder(base, root, folder, model, report)
    _check_portable(model, report)
    _check_extras(model, set(own.get("dims", {})) - named_dims(inputs), report)
    _check_sources(model, base, root, report)
    if document.data["models"][name].get("budgets") and not model.onnx and "forward" not in graphs_of(model.views):
        message = "budgets are of the forward graph, which is none of its views"
        report(("budgets",), message, "views: [forward, autograd], or no budgets")
    return _spec(document, folder, name, model, inputs), problems


def _are_paths(name: str, model: schema.Model, report: Report) -> bool:
    """Whether what is taken for a path can be one."""
    file = model.model.rpartition(":")[0] if model.model and ".py:" in model.model else "."
    given: list[tuple[Where, str]] = [((), name), (("output",), model.output), (("onnx",), model.onnx or ".")]
    given += [(("model",), file), *((("pythonpath", i), path) for i, path in enumerate(model.pythonpath))]
    wrong = [(where, text) for where, text in given if not patterns.is_path(text)]
    for where, text in wrong:
        report(where, f"{_short(text)} is no path", "write one that a file system takes")
    return not wrong


def _check_portable(model: schema.Model, report: Report) -> None:
    """Paths as every system takes them; of `output`, whose folders are made, each name too."""
    given: list[tuple[Where, str]] = [(("model",), model.model or ""), (("onnx",), model.onnx or "")]
    given += [(("pythonpath", i), path) for i, path in enumerate(model.pythonpath)]
    given += [(("sources", i), pattern) for i, pattern in enumerate(model.sources)]
    for where, text in given:
        if cure := slash_cure(text):
            report(where, f"{_short(text)} has backslashes, which Windows alone takes for slashes", cure)
    if cure := path_cure(model.output):
        report(("output",), f"the output {_short(model.output)} is no folder on some systems", cure)


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}…")


def _inputs(model: schema.Model, report: Report) -> dict[str, Any]:
    if model.inputs is not None:
        return parse_inputs(model.inputs, lambda where, m, hint: report(("inputs", *where), m, hint))
    if model.onnx is None:
        report((), "it has no inputs", "add, for example,  inputs: [[1, 3, 224, 224]]")
    return {"kind": "positional", "items": []}


def _spec(document: Document, folder: Path, name: str, model: schema.Model, inputs: dict[str, Any]) -> ModelSpec:
    both = model.mode
    mode = both if isinstance(both, schema.Modes) else schema.Modes(forward=both, autograd=both)
    drawn = [view for view in VIEWS if view in model.views and (view != "autograd" or not model.onnx)]
    return ModelSpec(
        name=name,
        place=document.place(("models", name)),
        folder=folder,
        args=tuple(model.args),
        inputs=inputs,
        dims={d: model.dims.get(d, _DEFAULT_SIZE) for d in sorted(named_dims(inputs))},
        mode=mode.model_dump(),
        views=tuple(drawn),
        autograd=model.autograd.model_dump(),
        picture=_picture(model),
        pythonpath=tuple(model.pythonpath),
        memory=read_bytes(model.memory),
        sources=tuple(model.sources),
        written=document.written(name),
        **{key: getattr(model, key) for key in _COPIED},
    )


def _picture(model: schema.Model) -> dict[str, Any]:
    """What came later is there only where it is asked for: it makes no diagram stale that was drawn without it."""
    asked = {key: getattr(model, key) for key in _PICTURE}
    later = {key: getattr(model, key) for key in _LATER}
    return asked | {key: value for key, value in later.items() if value != schema.Model.model_fields[key].default}


def _check_name_and_target(name: str, model: schema.Model, own: dict[str, Any], report: Report) -> None:
    if not is_folder_name(name):
        report((), f"{name!r} is no name that every file system takes for a folder", name_cure(name))
    if (model.model is None) == (model.onnx is None):
        hint = "model: package.module:Name, or onnx: path.onnx"
        report((), "exactly one of  model:  and  onnx:  is wanted", hint)
    if model.model is not None and not re.match(r"[^:]+:[^:]+\Z", model.model):
        report(("model",), f"{model.model!r} names no model", "write package.module:Name or path/file.py:Name")
    elif model.model and "/" in model.model and ".py:" not in model.model:
        source, _, attribute = model.model.partition(":")
        hint = f"write {source}.py:{attribute} or {source.replace('/', '.')}:{attribute}"
        report(("model",), f"{source!r} is neither a module nor a .py file", hint)
    if model.onnx and model.views == ["autograd"]:
        report(("views",), "an ONNX file has no autograd graph", "views: [forward]")
    _check_views(model, own, report)


def _check_views(model: schema.Model, own: dict[str, Any], report: Report) -> None:
    """What only pictures of the forward graph have, in an entry that draws none of them."""
    if "forward" not in graphs_of(model.views):
        cure = "views: [forward, autograd]"
        if own.get("render"):
            report(("render",), "Netron draws the forward graph, which  views:  leaves out", cure)
        if own.get("color", "kind") != "kind":
            message = f"color: {model.color} is of the forward graph, which  views:  leaves out"
            report(("color",), message, cure)
    if own.get("focus") and "forward" not in model.views:
        message = "focus: is for parts of the forward picture, which  views:  leaves out"
        report(("focus",), message, f"views: [{', '.join(v for v in VIEWS if v in (*model.views, 'forward'))}]")


def _check_folder(base: Path, root: Path, folder: Path, model: schema.Model, report: Report) -> None:
    if ".git" in folder.relative_to(root).parts if folder.is_relative_to(root) else False:
        message = f"the output {model.output!r} lies in git's own folder"
        report(("output",), message, "choose another one")
    if not folder.is_relative_to(root):
        message = f"the output {model.output!r} lies outside the repository"
        report(("output",), message, "choose a folder inside it")
    if model.onnx and os.path.realpath(base / model.onnx) == str(folder / "model.onnx"):
        report(("onnx",), "the diagram would overwrite this file", "choose another output, or move the file")
    if model.onnx and patterns.leads_out(base / model.onnx, root):
        message = f"{model.onnx!r} lies outside the repository"
        report(("onnx",), message, "copy it into the repository: a check could not tell whether it changed")


def _check_extras(model: schema.Model, unused_dims: set[str], report: Report) -> None:
    if model.memory is not None and not read_bytes(model.memory):
        report(("memory",), f"memory: {model.memory!r} is no number of bytes", "write, for example, 8GB or 500MiB")
    for key in ("args", "kwargs"):
        _check_json(getattr(model, key), key, report)
    for dim in sorted(unused_dims):
        report(("dims", dim), f"no input has a dimension {dim!r}", "name it in a shape, such as [batch, 3]")


def _check_sources(model: schema.Model, base: Path, root: Path, report: Report) -> None:
    for index, pattern in enumerate(model.sources):
        flaw = patterns.flaw(pattern, base, root)
        if flaw:
            report(("sources", index), f"{_short(pattern)} {flaw}", "for example  data/*.json")


def _check_json(value: Any, key: str, report: Report) -> None:
    """Arguments travel to the model's process as JSON, which knows no dates and no sets."""
    try:
        json.dumps(value)
    except (TypeError, ValueError) as error:
        report((key,), f"{key}: {str(error)[0].lower()}{str(error)[1:]}", "put quotes around it")
