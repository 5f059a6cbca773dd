"""What the disk says of one model: the facts that `verdict.judge` decides on."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz_action.freshness.hashes import Hasher, output_hash
from nnviz_action.freshness.lock import NAME, Lock, Source
from nnviz_action.freshness.outputs import is_ours
from nnviz_action.freshness.verdict import Facts

if TYPE_CHECKING:
    from nnviz_action.freshness.git_index import Index


def gather(lock: Lock | None, entry: str, expected: Sequence[str], place: "Place", patterns: Sequence[str]) -> Facts:
    """The facts about one model; nothing but its own files is read where there is no lock."""
    if lock is None:
        return Facts(entry, tuple(expected), {}, ())
    return Facts(
        entry=entry,
        expected=tuple(expected),
        outputs={name: output_hash(f"{place.folder}/{name}", place.hasher.large) for name in expected},
        changed_sources=tuple(_changed(lock, place, patterns)),
        other_config=_other_config(lock, place),
    )


class Place:
    """Where a model's files lie: its diagram's folder, the config, the repository; and hashes made so far.

    With an `index`, only what the next commit holds counts as a new source.
    """

    def __init__(self, folder: Path, config: Path, root: Path, hasher: Hasher, index: "Index | None" = None) -> None:
        self.folder, self.config, self.root, self.hasher, self.index = folder, config, root, hasher, index
        self.base = config.parent

    def has(self, path: str) -> bool:
        """Whether a path, all links followed, lies in the repository."""
        try:
            return self.hasher.real(path).startswith(f"{self.root}{os.sep}")
        except ValueError:  # with a NUL in it, it lies nowhere
            return False

    def counts(self, source: str) -> bool:
        """Whether a source that the lock does not know of is one."""
        return self.index is None or self.index.holds(f"{self.base}/{source}")


def _other_config(lock: Lock, place: Place) -> str:
    """The config that wrote the lock, if it is another one that is still there."""
    writer = os.path.normpath(place.folder / lock.config)
    if writer == str(place.config) or not place.has(writer) or Path(writer).resolve() == place.config.resolve():
        return ""
    return relative(Path(writer), place.base) if os.path.isfile(writer) else ""  # noqa: PTH113  # Path raises where a name is too long


def _changed(lock: Lock, place: Place, patterns: Sequence[str]) -> Iterable[str]:
    base, inside = str(place.base), f"{place.root}{os.sep}"
    for name, then in lock.sources.items():
        path = os.path.normpath(f"{base}/{name}")
        if not path.startswith(inside) or not place.has(path):
            yield f"{name} lies outside the repository"
            continue
        text = place.hasher.text(path)
        if text is None:
            yield f"{name} is gone"
        elif text != then.text and (then.tree is None or place.hasher.tree(path) != then.tree):
            yield f"{name} changed"
    for name in extra_sources(place.base, patterns, place.root):
        if name not in lock.sources and place.counts(name):
            yield f"{name} is new"


def extra_sources(base: Path, patterns: Sequence[str], root: Path) -> list[str]:
    """The files that `sources` names, as POSIX paths from the config's folder, sorted; none outside `root`."""
    if not patterns:
        return []
    from nnviz_action.config.patterns import matches  # noqa: PLC0415  # `check` imports nothing in vain

    found = {path for pattern in patterns for path in matches(pattern, base, root) if not _is_generated(path)}
    return sorted(relative(path, base) for path in found)


def _is_generated(path: Path) -> bool:
    return is_ours(path.name) and (path.parent / NAME).exists()


def relative(path: Path, base: Path) -> str:
    """POSIX path from `base`, upwards where needed."""
    return os.path.relpath(path, base).replace(os.sep, "/")


def hash_sources(paths: Iterable[Path], base: Path, hasher: Hasher) -> dict[str, Source]:
    """The sources of a lock: path from `base` → hashes."""
    found = {}
    for path in paths:
        text = hasher.text(str(path))
        if text is not None:
            found[relative(path, base)] = Source(text, hasher.tree(str(path)))
    return found
