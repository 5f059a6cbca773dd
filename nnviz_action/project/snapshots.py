"""The two sides of a diff: the diagrams as they were in a commit, and as they are in another or on the disk."""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nnviz_action.config import Config
from nnviz_action.errors import ModelError
from nnviz_action.freshness.lock import NAME, Lock, parse_lock
from nnviz_action.freshness.outputs import GRAPH, MODEL
from nnviz_action.freshness.verdict import Recapture
from nnviz_action.graph.graph_file import parse_graph_file
from nnviz_action.graph.onnx_file import parse_graph
from nnviz_action.graph.values import Graph
from nnviz_action.system.files import pointed_at, read_own
from nnviz_action.system.revisions import Revisions

_STATE = re.compile(rb'^"state": \[', re.MULTILINE)  # as graph.json is written
MOST_OF_SOURCE = 2_000_000  # bytes
ReadSources = Callable[[Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Snapshot:
    """One model's diagram at one time. `folder` is its path from the repository.

    `read` gives the ONNX file, `read_calls` the calls that the author wrote, `read_sources` what there is of some
    sources, by their paths from the repository. `home` is the folder that paths in the lock count from. `captured`
    tells that it is what the code says, and nowhere written.
    """

    model: str
    folder: str
    lock: Lock | None  # none where it is broken, or of another version
    read: Callable[[], bytes | None]
    read_calls: Callable[[], bytes | None]
    read_sources: ReadSources = lambda _: {}
    home: str = ""
    captured: bool = False

    def graph(self) -> Graph | None:
        """The forward graph, None where the model has no such view. Raises `ModelError` where the file is none."""
        data = self._here(self.read(), MODEL)
        return None if data is None else parse_graph(data, f"{self.folder}/{MODEL}")

    def calls(self) -> Graph | None:
        """The graph of the calls, None where there is none. Raises `ModelError` where the file is none."""
        data = self._here(self.read_calls(), GRAPH)
        return None if data is None else parse_graph_file(data, f"{self.folder}/{GRAPH}")

    def has_keys(self) -> bool:
        """Whether its graph tells the keys of the state dict, which its digest then covers."""
        data = self.read_calls()
        return data is not None and _STATE.search(data) is not None

    def _here(self, data: bytes | None, name: str) -> bytes | None:
        """The content, unless only a pointer of Git LFS stands in its place."""
        if data is not None and pointed_at(data):
            hint = "git lfs pull; git lfs fetch --all"
            raise ModelError(f"{self.folder}/{name} is in Git LFS, and not here", hint=hint)
        return data

    def digest(self, view: str) -> str:
        """That of a view; empty where it is not known."""
        return self.lock.digests.get(view, "") if self.lock else ""


def on_disk(config: Config) -> dict[str, Snapshot]:
    """The diagrams of the config by model, as they are now; those never generated are left out."""
    return {
        name: Snapshot(name, path, _lock(config.root / path / NAME), *_readers(config.root / path), *_sources(config))
        for path, name in folders_of(config).items()
        if _is_own(config.root / path / NAME)
    }


def captured_side(config: Config, captured: Mapping[str, Recapture]) -> dict[str, Snapshot]:
    """The diagrams as `generate` would write them."""
    folders = {name: path for path, name in folders_of(config).items()}
    return {
        name: Snapshot(
            name, folders[name], made.lock, _file(made, MODEL), _file(made, GRAPH), *_sources(config), captured=True
        )
        for name, made in captured.items()
    }


def _file(made: Recapture, name: str) -> Callable[[], bytes | None]:
    return lambda: made.files.get(name)


def _readers(folder: Path) -> tuple[Callable[[], bytes | None], Callable[[], bytes | None]]:
    return _reader(folder / MODEL), _reader(folder / GRAPH)


def _sources(config: Config) -> tuple[ReadSources, str]:
    """No link leads out of the repository."""
    root = config.root.resolve()

    def read(paths: Sequence[str]) -> dict[str, str]:
        found = {}
        for path in paths:
            with suppress(OSError, ValueError):
                if (root / path).resolve().is_relative_to(root):
                    found[path] = read_own(root / path, MOST_OF_SOURCE).decode("utf-8", "replace")
        return found

    return read, _home(config)


def _home(config: Config) -> str:
    return posixpath.dirname(path_of(config))


def _reader(path: Path) -> Callable[[], bytes | None]:
    return lambda: read_own(path) if _is_own(path) else None


def _is_own(path: Path) -> bool:
    """Whether a file is there that we may have written: never a link."""
    return path.is_file() and not path.is_symlink()


def _lock(path: Path) -> Lock | None:
    return _parsed(read_own(path))


def _parsed(text: bytes) -> Lock | None:
    with suppress(ValueError):
        return parse_lock(text)
    return None


def in_commit(revisions: Revisions, commit: str, config: Config) -> dict[str, Snapshot]:
    """The diagrams in a commit, by model: those in the folders of the config, and those that it wrote elsewhere.

    A lock is believed no name that is not its folder's.
    """
    folders, own = folders_of(config), path_of(config)
    locks, models, calls = (revisions.files(commit, file) for file in (NAME, MODEL, GRAPH))
    texts = revisions.read(list(locks.values()))
    found = {}

    def sources(paths: Sequence[str]) -> dict[str, str]:
        names = {path: f"{commit}:{path}" for path in paths if "\n" not in path}
        contents = revisions.read(list(names.values()))
        found = {path: contents[name] for path, name in names.items() if name in contents}
        return {path: data[:MOST_OF_SOURCE].decode("utf-8", "replace") for path, data in found.items()}

    for path, id_ in sorted(locks.items(), key=lambda item: posixpath.dirname(item[0]) in folders):
        folder, lock = posixpath.dirname(path), _parsed(texts.get(id_, b""))
        name = folders.get(folder) or posixpath.basename(folder)
        wrote = lock is not None and posixpath.normpath(posixpath.join(folder, lock.config)) == own
        if folder in folders or (wrote and lock is not None and lock.model == name):
            paths = ((f"{folder}/{MODEL}", models), (f"{folder}/{GRAPH}", calls))
            read, read_calls = (_blob(revisions, commit, file, ids.get(file)) for file, ids in paths)
            found[name] = Snapshot(name, folder, lock, read, read_calls, sources, _home(config))
    return found


def _blob(revisions: Revisions, commit: str, path: str, id_: str | None) -> Callable[[], bytes | None]:
    def read() -> bytes | None:
        data = revisions.read([id_]).get(id_) if id_ else None
        return (revisions.smudged(commit, path) or data) if data and pointed_at(data) else data

    return read


def folders_of(config: Config) -> dict[str, str]:
    """The models of a config by the path of their folder from the root."""
    return {spec.folder.resolve().relative_to(config.root).as_posix(): spec.name for spec in config.models}


def path_of(config: Config) -> str:
    """The path of the config from the root."""
    return config.path.resolve().relative_to(config.root).as_posix()
