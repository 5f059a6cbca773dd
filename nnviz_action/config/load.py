"""Document → Config: every problem found, each with its place and its cure."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from nnviz_action.config import schema
from nnviz_action.config.budgets import budget_problems
from nnviz_action.config.document import Document
from nnviz_action.config.entry import read_entry
from nnviz_action.config.explain import schema_problems
from nnviz_action.config.patterns import is_path
from nnviz_action.config.spec import Config, ModelSpec
from nnviz_action.errors import ConfigError
from nnviz_action.system.repository import repository_root

MOST_VALUES = 1_000_000  # of all models together, defaults applied


def load_config(document: Document) -> Config:
    """The checked config. Raises one `ConfigError` that lists all problems."""
    problems = list(document.problems)
    data = document.data if isinstance(document.data, dict) else {}
    if data is not document.data:
        problems.append(document.error((), "this is no mapping", "begin with  models:"))
    _refuse_too_large(document, data)
    merged = _with_defaults(data)
    problems += schema_problems(document, data, merged) if data is document.data else []
    try:
        file = schema.File.model_validate(_sound(merged) if problems else merged)
    except ValidationError:  # not one entry is sound
        raise ConfigError.of(problems) from None
    root = _root(document.path.parent, merged["models"].values())
    specs = []
    for name, model in file.models.items():
        spec, found = read_entry(document, root, name, model)
        specs.append(spec)
        problems += found
    problems += [*_clashes(document, specs), *_alike(document, specs)]
    problems += budget_problems(document)
    if problems:
        raise ConfigError.of(problems)
    return Config(document.path, root, tuple(specs), file.on_drift or "")


def _sound(data: dict[str, Any]) -> dict[str, Any]:
    """What can be checked further: the models whose entries are of the right form."""
    models = data.get("models")
    entries = models.items() if isinstance(models, dict) else ()
    return {"models": {name: entry for name, entry in entries if _has_form(entry)}}


def _has_form(entry: Any) -> bool:
    try:
        schema.Model.model_validate(entry)
    except ValidationError:
        return False
    return True


def _root(folder: Path, entries: Iterable[Any]) -> Path:
    """The repository; without one, the folder that holds the config and all that it imports from."""
    found = repository_root(folder)
    if found is not None:
        return found.resolve()
    named = []
    for entry in (entry for entry in entries if isinstance(entry, dict)):
        paths, model, onnx = (entry.get(key) for key in ("pythonpath", "model", "onnx"))
        named += [path for path in (paths if isinstance(paths, list) else ()) if isinstance(path, str)]
        files = [model.rpartition(":")[0]] if isinstance(model, str) and ".py:" in model else []
        files += [onnx] if isinstance(onnx, str) else []
        named += [os.path.dirname(file) or "." for file in files]  # noqa: PTH120
    return Path(os.path.commonpath([os.path.realpath(folder / path) for path in [".", *named] if is_path(path)]))


def _refuse_too_large(document: Document, data: Mapping[str, Any]) -> None:
    """Defaults count once for every model. Raises `ConfigError` before anything is made of all that."""
    models = data.get("models")
    shared = sum(where[:1] == ("defaults",) for where in document.marks)
    if isinstance(models, dict) and shared * len(models) > MOST_VALUES:
        hint = "say less in  defaults:  or make two files of it"
        raise document.error(("defaults",), f"too large for {len(models)} models", hint)


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
    for key in ("mode", "autograd", "dims", "budgets"):
        if isinstance(defaults.get(key), dict) and isinstance(own.get(key), dict):
            merged[key] = {**defaults[key], **own[key]}
    return merged


def _clashes(document: Document, specs: list[ModelSpec]) -> list[ConfigError]:
    """Models whose folders are one, also where the file system ignores case, or lie one in the other."""
    problems = []
    seen: dict[str, str] = {}
    above: dict[str, str] = {}  # the folders around those seen
    for spec in specs:
        folder = spec.folder.as_posix().casefold()
        around = [parent.as_posix() for parent in PurePosixPath(folder).parents]
        other = seen.get(folder) or above.get(folder) or next((seen[path] for path in around if path in seen), None)
        if other:
            message = f"models {other!r} and {spec.name!r} write to one folder, {spec.output}/{spec.name}"
            problems.append(document.error(("models", spec.name), message, "rename one, or give it another output"))
        seen[folder] = spec.name
        for path in around:
            above.setdefault(path, spec.name)
    return problems


def _alike(document: Document, specs: list[ModelSpec]) -> list[ConfigError]:
    """Outputs that are one folder where the file system ignores case, and two elsewhere."""
    problems = []
    first: dict[str, ModelSpec] = {}
    for spec in specs:
        other = first.setdefault(str(spec.folder.parent).casefold(), spec)
        if other.folder.parent != spec.folder.parent:
            message = f"model {spec.name!r}: the output {spec.output!r} is {other.output!r} where case does not count"
            problems.append(document.error(("models", spec.name, "output"), message, "write both in one way"))
    return problems
