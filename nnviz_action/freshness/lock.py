"""What was true when a diagram was written, kept beside it."""

import errno
import hashlib
import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from nnviz_action.errors import ConfigError
from nnviz_action.system.files import LARGEST as MOST_BYTES
from nnviz_action.system.files import is_nowhere, read_own

NAME = "lock.json"
VERSION = 5
# Parts of a diagram that may fail without the others, and what they are called.
PARTS = {"graph": "graph.json", "onnx": "model.onnx", "autograd": "the autograd graph"}
WITH_CALLS = 3  # the first version whose diagrams hold the author's calls
_READABLE = (2, WITH_CALLS, 4, VERSION)  # those of older versions are stale, and tell what was
LARGEST = 10**18  # of a number: more than anything has


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
    from the config's folder, `weights` tells by view how the model was built. `failed` says why a part is missing:
    `graph`, `onnx` or `autograd`; `backward` counts what autograd recorded, by module and function.
    `edition` is the version of the lock's format.
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
    failed: dict[str, str] = field(default_factory=dict)
    backward: dict[str, int] = field(default_factory=dict)
    edition: int = VERSION


def read_lock(folder: Path) -> Lock | None:
    """The lock in `folder`, or None where there is none. Raises `ConfigError` where it is broken, and `OSError`."""
    path = folder / NAME
    try:
        return parse_lock(read_own(path, MOST_BYTES))
    except OSError as error:
        if os.path.islink(path):  # noqa: PTH114  # a path that is too long is none, and no error
            raise _broken(path, "a link, and none of ours") from None
        if is_nowhere(error):
            return None
        if error.errno in (errno.EFBIG, errno.EINVAL):
            raise _broken(path, error.strerror) from None
        raise
    except ValueError as error:
        raise _broken(path, error) from None


def _broken(path: Path, why: object) -> ConfigError:
    hint = f"delete it and run: nnviz-action generate {path.parent.name}"
    return ConfigError(f"{os.path.relpath(path)} is broken: {why}", hint=hint)


def parse_lock(text: bytes) -> Lock:
    """The lock in a file's content. Raises `ValueError` where it is none, or not as it was written."""
    try:
        if b"\n<<<<<<< " in b"\n" + text:
            raise ValueError("a merge left its conflict markers in it")
        data = json.loads(text.decode())
        if b"\\u" in text:  # ours have no need of it but for what no file can be called by
            _refuse_odd(data)
        edition = data.pop("nnviz", None) if isinstance(data, dict) else None
        if type(edition) is not int or edition not in _READABLE or "edition" in data:
            raise ValueError("not a lock of this version")
        if data.pop("checksum", None) != _checksum(data):
            raise ValueError("edited, or merged from two branches")
        return replace(_lock(data), edition=edition)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno} is no JSON") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except (TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError("something is missing in it, or of another kind") from None


def _refuse_odd(data: Any) -> None:
    """Half a character and NUL: what JSON can write, and no system takes for a name. Raises `ValueError`."""
    if "\\u0000" in json.dumps(data, ensure_ascii=False).encode().decode():
        raise ValueError("a text that is none")


def _lock(data: dict[str, Any]) -> Lock:
    sources = {path: Source(*(h if isinstance(h, list) else [h])) for path, h in data.pop("sources").items()}
    lock = Lock(**data | {"sources": sources, "opaque": tuple(data.get("opaque", ()))})
    texts = [lock.model, lock.config, lock.written, lock.entry, *lock.opaque, *(s.text for s in sources.values())]
    for mapping in (lock.digests, lock.outputs, lock.packages, lock.toolchain, lock.weights, lock.failed):
        texts += mapping.values()
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a name, hash or version is no text")
    if not can_fail(lock.failed):
        raise ValueError("more is missing than can be")
    counts = (*lock.numbers.values(), *lock.backward.values())
    if not all(type(number) is int and 0 <= number < LARGEST for number in counts):
        raise ValueError("a number is none")
    return lock


def can_fail(parts: Collection[str]) -> bool:
    """Whether these parts of a diagram may be missing together: one graph at least is always there."""
    return PARTS.keys() >= {*parts} and not {"graph", "onnx"} <= {*parts}


def _checksum(data: dict[str, Any]) -> str:
    """Tells an honest lock from one that a merge put together from two."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def lock_bytes(lock: Lock) -> bytes:
    """The lock as it is written: sorted, one line an entry, LF."""
    data = asdict(lock)
    data["sources"] = {p: [s.text, s.tree] if s.tree else s.text for p, s in lock.sources.items()}
    edition = data.pop("edition")
    data |= {"checksum": _checksum(data), "nnviz": edition}
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
