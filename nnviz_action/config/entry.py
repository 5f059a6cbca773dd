"""One model of the config: what pydantic cannot check, and the `ModelSpec` that comes of it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnviz_action.config import schema
from nnviz_action.config.document import Document
from nnviz_action.config.inputs import named_dims, parse_inputs
from nnviz_action.config.spec import ModelSpec
from nnviz_action.errors import ConfigError

Where = tuple[str | int, ...]
Report = Callable[[Where, str, str | None], None]

# Letters of any script, so that a folder can be named as the model is; nothing that some file system forbids.
_SAFE_NAME = re.compile(r"[^\W_][\w.+-]*\Z")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))})
_DEFAULT_SIZE = 2  # of a named dimension without an example: sizes 0 and 1 are special to torch.export
_PICTURE = ("detail", "max_nodes", "depth", "expand", "collapse", "focus", "formats", "theme")
_COPIED = ("output", "model", "onnx", "kwargs", "opset", "weights", "fake", "timeout")


def read_entry(document: Document, root: Path, name: str, model: schema.Model) -> tuple[ModelSpec, list[ConfigError]]:
    """The spec of one model, and all that is wrong with its entry."""
    problems: list[ConfigError] = []

    def report(where: Where, message: str, hint: str | None) -> None:
        problems.append(document.error(("models", name, *where), f"model {name!r}: {message}", hint))

    folder = (document.path.parent / model.output / name).resolve()
    inputs = _inputs(model, report)
    own_dims = document.data["models"][name].get("dims", {})
    _check_name_and_target(name, model, report)
    _check_folder(document.path.parent, root, folder, model, report)
    _check_extras(model, set(own_dims) - named_dims(inputs), report)
    return _spec(document.written(name), folder, name, model, inputs), problems


def _inputs(model: schema.Model, report: Report) -> dict[str, Any]:
    if model.inputs is not None:
        return parse_inputs(model.inputs, lambda where, m, hint: report(("inputs", *where), m, hint))
    if model.onnx is None:
        report((), "it has no inputs", "add, for example,  inputs: [[1, 3, 224, 224]]")
    return {"kind": "positional", "items": []}


def _spec(written: str, folder: Path, name: str, model: schema.Model, inputs: dict[str, Any]) -> ModelSpec:
    both = model.mode
    mode = both if isinstance(both, schema.Modes) else schema.Modes(forward=both, autograd=both)
    drawn = [view for view in ("forward", "autograd") if view in model.views]
    return ModelSpec(
        name=name,
        folder=folder,
        args=tuple(model.args),
        inputs=inputs,
        dims={d: model.dims.get(d, _DEFAULT_SIZE) for d in sorted(named_dims(inputs))},
        mode=mode.model_dump(),
        views=("forward",) if model.onnx else tuple(drawn),
        autograd=model.autograd.model_dump(),
        picture={key: getattr(model, key) for key in _PICTURE},
        pythonpath=tuple(model.pythonpath),
        sources=tuple(model.sources),
        written=written,
        **{key: getattr(model, key) for key in _COPIED},
    )


def _check_name_and_target(name: str, model: schema.Model, report: Report) -> None:
    if not _SAFE_NAME.match(name) or name.endswith(".") or name.lower().split(".")[0] in _RESERVED:
        message = f"{name!r} is no name that every file system takes for a folder"
        report((), message, "use letters, digits, - _ . and +")
    if (model.model is None) == (model.onnx is None):
        hint = "model: package.module:Name, or onnx: path.onnx"
        report((), "exactly one of  model:  and  onnx:  is wanted", hint)
    if model.model is not None and not re.match(r"[^:]+:[^:]+\Z", model.model):
        report(("model",), f"{model.model!r} names no model", "write package.module:Name or path/file.py:Name")
    if model.onnx and model.views == ["autograd"]:
        report(("views",), "an ONNX file has no autograd graph", "views: [forward]")


def _check_folder(base: Path, root: Path, folder: Path, model: schema.Model, report: Report) -> None:
    if not folder.is_relative_to(root):
        message = f"the output {model.output!r} lies outside the repository"
        report(("output",), message, "choose a folder inside it")
    if model.onnx and (base / model.onnx).resolve() == folder / "model.onnx":
        report(("onnx",), "the diagram would overwrite this file", "choose another output, or move the file")


def _check_extras(model: schema.Model, unused_dims: set[str], report: Report) -> None:
    for key in ("args", "kwargs"):
        _check_json(getattr(model, key), key, report)
    for dim in sorted(unused_dims):
        report(("dims", dim), f"no input has a dimension {dim!r}", "name it in a shape, such as [batch, 3]")
    for index, pattern in enumerate(model.sources):
        if not pattern or Path(pattern).is_absolute():
            message = f"{pattern!r} is no pattern from the config's folder"
            report(("sources", index), message, "for example  data/*.json")


def _check_json(value: Any, key: str, report: Report) -> None:
    """Arguments travel to the model's process as JSON, which knows no dates and no sets."""
    try:
        json.dumps(value)
    except (TypeError, ValueError) as error:
        report((key,), f"{key}: {str(error)[0].lower()}{str(error)[1:]}", "put quotes around it")
