"""What a shard of a config is about: read from the config and the locks alone, without pydantic."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from nnviz_action.config import Document
from nnviz_action.errors import ConfigError
from nnviz_action.freshness.lock import NAME, parse_lock
from nnviz_action.project.selection import Selection
from nnviz_action.project.survey import folders_in
from nnviz_action.system.files import LARGEST, read_own
from nnviz_action.system.repository import repository_root


def choose(document: Document, names: Sequence[str], shard: str, staged: bool) -> Selection:
    """The models of these names, or of this shard of all (`2/5`); for neither, all. Raises `ConfigError`."""
    if not shard:
        return Selection(tuple(names))
    if names:
        raise ConfigError("--shard divides all models", hint="leave out the names, or  --shard")
    if staged:
        raise ConfigError("--staged judges a whole commit", hint="leave out --shard: it is for the jobs of a matrix")
    from nnviz_action.config.shards import Part, divide, parse_shard  # noqa: PLC0415  # most runs are not a part of one

    part = parse_shard(shard)
    sizes = operators(document)
    return Selection(part=Part(part, tuple(sizes), frozenset(divide(sizes, part.count)[part.number - 1])))


def operators(document: Document) -> dict[str, int | None]:
    """How large each model was when it was drawn: None for one that has no lock, or no forward graph in it.

    The locks are those of HEAD, so that nothing changes its shard because something was drawn meanwhile; those on
    the disk where there is no repository.
    """
    folders = folders_in(document)
    read = _in_head(document, list(folders.values())) or _on_disk
    return {name: _nodes(read(folder)) for name, folder in folders.items()}


def _nodes(lock: bytes | None) -> int | None:
    with suppress(ValueError):
        return parse_lock(lock).numbers.get("nodes") if lock else None
    return None


def _on_disk(folder: Path) -> bytes | None:
    with suppress(OSError):
        return read_own(folder / NAME, LARGEST)
    return None


def _in_head(document: Document, folders: Sequence[Path]) -> Callable[[Path], bytes | None] | None:
    """How to read a folder's lock from HEAD; None where there is no HEAD, or a folder is outside."""
    from nnviz_action.system.revisions import Revisions  # noqa: PLC0415  # as above

    root = repository_root(document.path.parent)
    if root is None:
        return None
    with suppress(ConfigError, ValueError):
        paths = {f: f"{f.resolve().relative_to(root.resolve()).as_posix()}/{NAME}" for f in folders}
        revisions = Revisions(root)
        ids = revisions.files(revisions.commit("HEAD"), NAME)
        texts = revisions.read([ids[path] for path in paths.values() if path in ids])
        return lambda folder: texts.get(ids.get(paths[folder], ""))
    return None
