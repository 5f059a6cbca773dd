"""The verdicts on all models of a config, as far as they can be told without running one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnviz_action.config import Config, Document, ModelSpec
from nnviz_action.errors import ConfigError
from nnviz_action.facts import Place, gather
from nnviz_action.git import repository_root
from nnviz_action.lock import Lock, read_lock
from nnviz_action.outputs import file_names, find_orphans, own_outputs
from nnviz_action.sources import Hasher
from nnviz_action.staleness import Status, Verdict, judge


@dataclass(frozen=True)
class Surveyed:
    """A model's lock, if it has one, and the verdict so far."""

    lock: Lock | None
    verdict: Verdict


def survey(config: Config, specs: Sequence[ModelSpec], hasher: Hasher) -> dict[str, Surveyed]:
    """The state of each model by name."""
    return {spec.name: _survey_one(config, spec, hasher) for spec in specs}


def _survey_one(config: Config, spec: ModelSpec, hasher: Hasher) -> Surveyed:
    place = Place(spec.folder, config.path, config.root, hasher)
    try:
        lock = read_lock(spec.folder)
    except ConfigError as error:
        return Surveyed(None, Verdict(spec.name, Status.MISSING, (error.message,)))
    facts = gather(lock, spec.entry(), file_names(spec.views, spec.picture), place, spec.sources)
    return Surveyed(lock, judge(spec.name, lock, facts))


def orphans(config: Config) -> list[Path]:
    """Folders of models that this config no longer has."""
    return find_orphans(
        {spec.folder.parent for spec in config.models},
        {spec.folder for spec in config.models},
        config.path.resolve(),
    )


def quick_survey(document: Document, names: Collection[str], hasher: Hasher) -> list[Surveyed] | None:
    """The state of all models if every model is fresh, else None: then the config must be read in earnest.

    An entry that stands in the file as it stood when its diagram was written needs no checking again, which saves
    the import of pydantic.
    """
    data = document.data
    if (
        document.problems
        or not isinstance(data, dict)
        or not isinstance(data.get("models"), dict)
        or not data["models"]
    ):
        return None
    base = document.path.parent
    root = (repository_root(base) or base).resolve()
    states: list[Surveyed] = []
    folders = set()
    for name, entry in data["models"].items():
        folder = _folder(base, name, entry, data.get("defaults"))
        state = _quick_state(document, name, Place(folder, document.path, root, hasher)) if folder else None
        if folder is None or state is None or state.verdict.status is not Status.FRESH:
            return None
        folders.add(folder)
        states += [state] if not names or name in names else []
    if set(names) - set(data["models"]) or find_orphans(
        {f.parent for f in folders}, folders, document.path.resolve()
    ):
        return None
    return states


def _folder(base: Path, name: Any, entry: Any, defaults: Any) -> Path | None:
    output = _setting(entry, defaults, "output", "diagrams")
    if not isinstance(name, str) or not isinstance(output, str) or not isinstance(entry, dict):
        return None
    return base / output / name


def _setting(entry: Any, defaults: Any, key: str, fallback: Any) -> Any:
    shared = defaults.get(key, fallback) if isinstance(defaults, dict) else fallback
    return entry.get(key, shared) if isinstance(entry, dict) else shared


def _quick_state(document: Document, name: str, place: Place) -> Surveyed | None:
    try:
        lock = read_lock(place.folder)
    except ConfigError:
        return None
    if lock is None or lock.model != name or lock.written != document.written(name):
        return None
    entry = document.data["models"][name]
    views = _setting(entry, document.data.get("defaults"), "views", ["forward", "autograd"])
    if set(lock.digests) != ({"forward"} if entry.get("onnx") else set(views)):
        return None
    patterns = _setting(entry, document.data.get("defaults"), "sources", [])
    facts = gather(lock, lock.entry, tuple(own_outputs(lock)), place, patterns)
    return Surveyed(lock, judge(name, lock, facts))
