"""What was true when a diagram was written, kept beside it."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nnviz_action.errors import ConfigError

NAME = "lock.json"
VERSION = 2


@dataclass(frozen=True)
class Source:
    """Hashes of a file that the model was made from: of its text, and of its syntax tree if it is Python."""

    text: str
    tree: str | None = None


@dataclass(frozen=True)
class Lock:
    """The record of one model.

    `config` is the path of the config from the lock's folder; `written` the hash of the entry as it stood in
    the file, `entry` of what it means; `digests` are by view, `outputs` hashes by file name, `sources` by path
    from the config's folder, `weights` tells by view how the model was built.
    """

    model: str
    config: str
    written: str
    entry: str
    digests: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    toolchain: dict[str, str] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)
    opaque: tuple[str, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)


def read_lock(folder: Path) -> Lock | None:
    """The lock in `folder`, or None where there is none. Raises `ConfigError` where it is broken."""
    path = folder / NAME
    try:
        data = json.loads(path.read_bytes())
        if not isinstance(data, dict) or data.pop("nnviz", None) != VERSION:
            raise ValueError("not a lock of this version")
        if data.pop("checksum", None) != _checksum(data):
            raise ValueError("edited, or merged from two branches")
        return _lock(data)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ConfigError(
            f"{path}: broken: {error}", hint=f"delete it and run: nnviz-action generate {folder.name}"
        ) from None


def _lock(data: dict[str, Any]) -> Lock:
    sources = {path: Source(*(h if isinstance(h, list) else [h])) for path, h in data.pop("sources").items()}
    lock = Lock(**data | {"sources": sources, "opaque": tuple(data.get("opaque", ()))})
    texts = [lock.model, lock.config, lock.written, lock.entry, *lock.opaque, *(s.text for s in sources.values())]
    for mapping in (lock.digests, lock.outputs, lock.packages, lock.toolchain, lock.weights):
        texts += mapping.values()
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a name, hash or version is no text")
    if not all(isinstance(number, int) for number in lock.numbers.values()):
        raise ValueError("a number is none")
    return lock


def _checksum(data: dict[str, Any]) -> str:
    """Tells an honest lock from one that a merge put together from two."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def lock_bytes(lock: Lock) -> bytes:
    """The lock as it is written: sorted, one line an entry, LF."""
    data = asdict(lock)
    data["sources"] = {p: [s.text, s.tree] if s.tree else s.text for p, s in lock.sources.items()}
    data |= {"checksum": _checksum(data), "nnviz": VERSION}
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
