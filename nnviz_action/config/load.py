"""Document → Config: every problem found, each with its place and its cure."""

import difflib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from nnviz_action.config import schema
from nnviz_action.config.document import Document
from nnviz_action.config.inputs import named_dims, parse_inputs
from nnviz_action.config.spec import Config, ModelSpec
from nnviz_action.errors import ConfigError
from nnviz_action.git import repository_root

Where = tuple[str | int, ...]

# Letters of any script, so that a folder can be named as the model is; nothing that some file system forbids.
_SAFE_NAME = re.compile(r"[^\W_][\w.+-]*\Z")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10))})
_DEFAULT_SIZE = 2  # of a named dimension without an example: sizes 0 and 1 are special to torch.export


def load_config(document: Document) -> Config:
    """The checked config. Raises one `ConfigError` that lists all problems."""
    problems = list(document.problems)
    data = document.data if isinstance(document.data, dict) else {}
    if data is not document.data:
        problems.append(document.error((), "this is no mapping", "begin with  models:"))
    merged = _with_defaults(data)
    problems += _schema_problems(document, data, merged)
    if problems:
        raise ConfigError.of(problems)
    file = schema.File.model_validate(merged)
    root = _root(document.path.parent, file)
    specs = []
    for name, model in file.models.items():
        spec, found = _spec(document, root, name, model)
        specs.append(spec)
        problems += found
    problems += _clashes(document, specs)
    if problems:
        raise ConfigError.of(problems)
    return Config(document.path, root, tuple(specs), file.on_drift)


def _root(folder: Path, file: schema.File) -> Path:
    """The repository; without one, the folder that holds the config and all that it imports from."""
    found = repository_root(folder)
    if found is not None:
        return found.resolve()
    paths = [folder, *((folder / path) for model in file.models.values() for path in model.pythonpath)]
    paths += [
        (folder / m.model.rpartition(":")[0]).parent for m in file.models.values() if m.model and ".py:" in m.model
    ]
    return Path(os.path.commonpath([path.resolve() for path in paths]))


def _with_defaults(data: dict[str, Any]) -> dict[str, Any]:
    """The data with `defaults` copied into each model, sections merged key by key."""
    defaults, models = data.get("defaults"), data.get("models")
    if not isinstance(defaults, dict) or not isinstance(models, dict):
        return data
    return {
        **data,
        "models": {n: _merge(defaults, m) if isinstance(m, dict) else m for n, m in models.items()},
    }


def _merge(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**defaults, **own}
    for key in ("mode", "autograd", "dims"):
        if isinstance(defaults.get(key), dict) and isinstance(own.get(key), dict):
            merged[key] = {**defaults[key], **own[key]}
    return merged


def _schema_problems(document: Document, data: dict[str, Any], merged: dict[str, Any]) -> list[ConfigError]:
    try:
        schema.File.model_validate(data)
        schema.File.model_validate(merged)
    except ValidationError as error:
        found = [_explain(document, item) for item in error.errors(include_url=False)]
        return list({str(problem): problem for problem in found}.values())
    return []


def _explain(document: Document, error: Any) -> ConfigError:
    where = tuple(part for part in error["loc"] if part not in ("Modes", "literal['eval','train']"))
    if error["type"] == "extra_forbidden":
        known = _known_keys(where)
        word = str(where[-1])
        near = sorted(difflib.get_close_matches(word, known), key=lambda key: sorted(key) != sorted(word))
        hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
        if not near and len(where) == 1 and where[0] in schema.Options.model_fields:
            hint = "put it under  defaults:  or into a model"
        return document.error(where, f"unknown key {where[-1]!r}", hint)
    if error["type"] in ("model_type", "dict_type"):
        return document.error(where, f"{_dotted(where)}: a mapping of keys is wanted", "see docs/config.md")
    return document.error(where, f"{_dotted(where)}: {error['msg'][0].lower()}{error['msg'][1:]}")


def _known_keys(where: Where) -> list[str]:
    sections: dict[str, type[BaseModel]] = {
        "mode": schema.Modes,
        "autograd": schema.Autograd,
        "defaults": schema.Options,
    }
    if len(where) >= 2 and where[-2] in sections:
        return list(sections[str(where[-2])].model_fields)
    whole: type[BaseModel] = schema.File if len(where) == 1 else schema.Model
    return list(whole.model_fields)


def _dotted(where: Where) -> str:
    return ".".join(map(str, where)) or "the file"


def _spec(document: Document, root: Path, name: str, model: schema.Model) -> tuple[ModelSpec, list[ConfigError]]:
    problems: list[ConfigError] = []
    place: Where = ("models", name)

    def report(where: Where, message: str, hint: str | None = None) -> None:
        problems.append(document.error((*place, *where), f"model {name!r}: {message}", hint))

    _check_target(name, model, report)
    inputs = {"kind": "positional", "items": []}
    if model.inputs is not None:
        inputs = parse_inputs(model.inputs, lambda where, m, hint: report(("inputs", *where), m, hint))
    elif model.onnx is None:
        report((), "it has no inputs", "add, for example,  inputs: [[1, 3, 224, 224]]")
    base = document.path.parent
    folder = (base / model.output / name).resolve()
    if not folder.is_relative_to(root):
        report(
            ("output",),
            f"the output {model.output!r} lies outside the repository",
            "choose a folder inside it",
        )
    if model.onnx and (base / model.onnx).resolve() == folder / "model.onnx":
        report(("onnx",), "the diagram would overwrite this file", "choose another output, or move the file")
    _check_extras(document, model, inputs, place, report)
    mode = (
        model.mode if isinstance(model.mode, schema.Modes) else schema.Modes(forward=model.mode, autograd=model.mode)
    )
    spec = ModelSpec(
        name=name,
        folder=folder,
        output=model.output,
        model=model.model,
        onnx=model.onnx,
        args=tuple(model.args),
        kwargs=model.kwargs,
        inputs=inputs,
        dims={d: model.dims.get(d, _DEFAULT_SIZE) for d in sorted(named_dims(inputs))},
        opset=model.opset,
        mode=mode.model_dump(),
        views=tuple(v for v in ("forward", "autograd") if v in model.views and not (model.onnx and v == "autograd")),
        autograd=model.autograd.model_dump(),
        weights=model.weights,
        fake=model.fake,
        pythonpath=tuple(model.pythonpath),
        timeout=model.timeout,
        sources=tuple(model.sources),
        written=document.written(name),
    )
    return spec, problems


def _check_target(name: str, model: schema.Model, report: Any) -> None:
    if not _SAFE_NAME.match(name) or name.endswith(".") or name.lower().split(".")[0] in _RESERVED:
        report(
            (), f"{name!r} is no name that every file system takes for a folder", "use letters, digits, - _ . and +"
        )
    if (model.model is None) == (model.onnx is None):
        report(
            (),
            "exactly one of  model:  and  onnx:  is wanted",
            "model: package.module:Name, or onnx: path.onnx",
        )
    if model.model is not None and not re.match(r"[^:]+:[^:]+\Z", model.model):
        report(("model",), f"{model.model!r} names no model", "write package.module:Name or path/file.py:Name")
    if model.onnx and model.views == ["autograd"]:
        report(("views",), "an ONNX file has no autograd graph", "views: [forward]")


def _check_extras(document: Document, model: schema.Model, inputs: Any, place: Where, report: Any) -> None:
    for key in ("args", "kwargs"):
        _check_json(getattr(model, key), (key,), report)
    own_dims = document.data[place[0]][place[1]].get("dims", {})
    for dim in sorted(set(own_dims) - named_dims(inputs)):
        report(("dims", dim), f"no input has a dimension {dim!r}", "name it in a shape, such as [batch, 3]")
    for index, pattern in enumerate(model.sources):
        if not pattern or Path(pattern).is_absolute():
            report(
                ("sources", index), f"{pattern!r} is no pattern from the config's folder", "for example  data/*.json"
            )


def _check_json(value: Any, where: Where, report: Any) -> None:
    """Arguments travel to the model's process as JSON, which knows no dates and no sets."""
    try:
        json.dumps(value)
    except (TypeError, ValueError) as error:
        report(where, f"{where[0]}: {str(error)[0].lower()}{str(error)[1:]}", "put quotes around it")


def _clashes(document: Document, specs: list[ModelSpec]) -> list[ConfigError]:
    """Models whose folders are one, also where the file system ignores case, or lie one in the other."""
    problems = []
    seen: dict[str, str] = {}
    for spec in specs:
        folder = spec.folder.as_posix().casefold()
        others = [
            n for f, n in seen.items() if f == folder or f.startswith(f"{folder}/") or folder.startswith(f"{f}/")
        ]
        if others:
            message = f"models {others[0]!r} and {spec.name!r} write to one folder, {spec.output}/{spec.name}"
            problems.append(document.error(("models", spec.name), message, "rename one, or give it another output"))
        seen[folder] = spec.name
    return problems
