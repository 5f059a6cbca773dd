"""The verdicts on all models of a config, as far as they can be told without running one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnviz_action.config import Config, Document, ModelSpec
from nnviz_action.config.budgets import read_budgets
from nnviz_action.config.spec import graphs_of
from nnviz_action.errors import ConfigError
from nnviz_action.freshness.facts import Place, gather
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.lock import NAME, Lock, read_lock
from nnviz_action.freshness.outputs import file_names, find_orphans, graph_files, own_outputs
from nnviz_action.freshness.verdict import Status, Verdict, judge
from nnviz_action.project.selection import Selection
from nnviz_action.system.repository import repository_root

if TYPE_CHECKING:
    from nnviz_action.freshness.git_index import Index


@dataclass(frozen=True)
class ModelState:
    """A model's lock, if it has one, the verdict so far, and the folder of its diagram."""

    lock: Lock | None
    verdict: Verdict
    folder: Path


def survey(
    config: Config, specs: Sequence[ModelSpec], hasher: Hasher, index: "Index | None" = None
) -> dict[str, ModelState]:
    """The state of each model by name; with an `index`, what the next commit does not hold starts no suspicion."""
    return {spec.name: _survey_one(config, spec, hasher, index) for spec in specs}


def _survey_one(config: Config, spec: ModelSpec, hasher: Hasher, index: "Index | None") -> ModelState:
    place = Place(spec.folder, config.path, config.root, hasher, index)
    try:
        lock = read_lock(spec.folder)
    except ConfigError as error:
        return ModelState(None, Verdict(spec.name, Status.EDITED, (error.message,)), spec.folder)
    facts = gather(lock, spec.entry(), expected_names(spec, lock), place, spec.sources)
    return ModelState(lock, judge(spec.name, lock, facts), spec.folder)


def expected_names(spec: ModelSpec, lock: Lock | None) -> tuple[str, ...]:
    """The files of a diagram, without those that could not be made when the lock was written."""
    failed = lock.failed if lock else {}
    graphs = graph_files(spec.onnx is not None, spec.export, failed)
    return file_names([view for view in spec.views if view not in failed], spec.picture, graphs)


def orphans(config: Config, index: "Index | None" = None) -> list[Path]:
    """Folders of models that this config no longer has."""
    return _orphans({spec.folder for spec in config.models}, config.path, index)


def _orphans(folders: set[Path], config: Path, index: "Index | None") -> list[Path]:
    """With an `index`, only what was committed: the diagram of a model whose entry is not staged is no orphan."""
    found = find_orphans({folder.parent for folder in folders}, folders, config.resolve())
    return [folder for folder in found if index is None or index.holds(f"{folder}/{NAME}")]


def quick_survey(
    document: Document, selection: Selection, hasher: Hasher, index: "Index | None" = None
) -> list[ModelState] | None:
    """The state of those that are meant if every model is fresh, else None: then the config must be read in earnest.

    An entry that stands in the file as it stood when its diagram was written needs no checking again, which saves
    the import of pydantic.
    """
    data = document.data
    if (
        document.problems
        or not isinstance(data, dict)
        or not isinstance(data.get("models"), dict)
        or not data["models"]
        or not isinstance(data.get("gallery", True), bool)
    ):
        return None
    base = document.path.parent
    root = (repository_root(base) or base).resolve()
    states: list[ModelState] = []
    folders = set()
    for name, entry in data["models"].items():
        folder = _folder(base, name, entry, data.get("defaults"))
        place = Place(folder, document.path, root, hasher, index) if folder else None
        state = _quick_state(document, name, place) if place and place.has(str(folder)) else None
        if folder is None or state is None or state.verdict.status is not Status.FRESH:
            return None
        folders.add(folder)
        states += [state] if selection.has(name) else []
        if not _has_right_budgets(document, name):
            return None
    unknown = set(selection.names) - set(data["models"])
    return None if unknown or _orphans(folders, document.path, index) else states


def _has_right_budgets(document: Document, name: str) -> bool:
    try:
        read_budgets(document, name)
    except ConfigError:
        return False
    return True


def folders_in(document: Document) -> dict[str, Path]:
    """Where the diagram of each model is, as far as the document can be understood before it is checked."""
    data = document.data if isinstance(document.data, dict) else {}
    models = data.get("models")
    found = {
        name: _folder(document.path.parent, name, entry, data.get("defaults"))
        for name, entry in (models.items() if isinstance(models, dict) else ())
    }
    return {name: folder for name, folder in found.items() if folder is not None}


def _folder(base: Path, name: Any, entry: Any, defaults: Any) -> Path | None:
    output = _setting(entry, defaults, "output", "diagrams")
    if not isinstance(name, str) or not isinstance(output, str) or not isinstance(entry, dict):
        return None
    return base / output / name


def _setting(entry: Any, defaults: Any, key: str, fallback: Any) -> Any:
    shared = defaults.get(key, fallback) if isinstance(defaults, dict) else fallback
    return entry.get(key, shared) if isinstance(entry, dict) else shared


def _quick_state(document: Document, name: str, place: Place) -> ModelState | None:
    try:
        lock = read_lock(place.folder)
    except (ConfigError, OSError, ValueError):
        return None  # what is wrong is told where the config is read in earnest
    if lock is None or lock.model != name or lock.written != document.written(name):
        return None
    entry = document.data["models"][name]
    views = _setting(entry, document.data.get("defaults"), "views", ["overview", "forward", "autograd"])
    drawn = {"forward"} if entry.get("onnx") else {*graphs_of(views)} - lock.failed.keys()
    if lock.digests.keys() != drawn:
        return None
    patterns = _setting(entry, document.data.get("defaults"), "sources", [])
    facts = gather(lock, lock.entry, tuple(own_outputs(lock)), place, patterns)
    return ModelState(lock, judge(name, lock, facts), place.folder)
