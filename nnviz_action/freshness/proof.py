"""Every committed file of a diagram held against what was just made: here a lock is believed nothing.

Its hashes bind the files as they were before any model ran, so that no model can mend what was forged meanwhile.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from nnviz_action.freshness.contents import drawn_from, is_picture, is_same
from nnviz_action.freshness.hashes import written_hash
from nnviz_action.freshness.lock import NAME, Lock, lock_bytes
from nnviz_action.freshness.outputs import GRAPH, MODEL, SUMMARY, is_ours
from nnviz_action.freshness.verdict import EXPORT, IN_WORDS, LOCK, PAINT, PAINTERS, Difference
from nnviz_action.system.files import read_own

_CHANGES_SHOWN = re.compile(r"(.+\.)?diff(-dark)?\.(png|svg)\Z")
# What each number is counted in: by the author's calls, unless it stands here.
_NUMBERS = {
    "saved": "autograd", "gradients": "autograd", "opset": EXPORT, "values": EXPORT, "shaped": EXPORT,
}  # fmt: skip


@dataclass(frozen=True)
class Committed:
    """A diagram as it was before any model ran: its lock, its folder, the names in it and those that the config asks
    for, whether sources changed, and whether the lock is in the bytes that it is written in."""

    lock: Lock
    folder: Path
    names: tuple[str, ...]
    asked: tuple[str, ...]
    edited: bool
    is_plain: bool


def read_committed(lock: Lock, folder: Path, asked: tuple[str, ...], edited: bool) -> Committed:
    """What there is now. Raises `OSError`."""
    names = tuple(sorted(os.listdir(folder)))  # noqa: PTH208  # names are all we want
    is_plain = is_same(NAME, read_own(folder / NAME), lock_bytes(lock))
    return Committed(lock, folder, names, asked, edited, is_plain)


def differences(then: Committed, now: Lock, files: Mapping[str, bytes]) -> tuple[Difference, ...]:
    """All that is other than in the lock and the files that were just made; `then` is true where there is nothing."""
    return (*_files(then, now, files), *_beside(then, now), *_numbers(then.lock, now), *_lock(then, now))


def _files(then: Committed, now: Lock, files: Mapping[str, bytes]) -> Iterator[Difference]:
    for name in sorted({*then.lock.outputs, *files}):
        sha, view = then.lock.outputs.get(name), _view(name, files)
        if name not in files and _part(name) in now.failed:
            yield Difference(view, f"{name} cannot be made now")
        elif name not in files and name in then.asked and name.startswith("netron.") and MODEL in files:
            yield from _netron(then, name, files[MODEL])
        elif name not in files:
            yield Difference("", f"{name} is none of its files")
        elif sha is not None and sha != written_hash(name, files[name]):
            yield from _other(then, now, name, files)


def _other(then: Committed, now: Lock, name: str, files: Mapping[str, bytes]) -> Iterator[Difference]:
    """A file whose bytes are others."""
    found = _content(then, name)
    if found is None:
        yield Difference(_view(name, files), f"{name} cannot be compared: git lfs pull")
    elif not is_picture(name):
        yield Difference(_view(name, files), f"{name} is not what is made now")
    elif not is_same(name, found, files[name]):
        mark, by = drawn_from(name, found), then.lock.toolchain.get("paint", "")
        elsewhere = name.startswith("netron.") or by != now.toolchain.get("paint")
        if elsewhere and mark and mark == drawn_from(name, files[name]):
            yield Difference(PAINT, f"{name} was painted elsewhere, and is believed by the hash in it")
        else:
            yield Difference(_view(name, files), f"{name} is not what is drawn now")


def _netron(then: Committed, name: str, model: bytes) -> Iterator[Difference]:
    """A picture by Netron, which is not here to draw it again."""
    if drawn_from(name, _content(then, name) or b"") == sha256(model).hexdigest():
        yield Difference(
            PAINT, f"{name} was not drawn again, as Netron is not here, and is believed by the hash in it"
        )
    else:
        yield Difference("", f"{name} was drawn from another ONNX file")


def _content(then: Committed, name: str) -> bytes | None:
    """The file whose hash is in the lock; None where only a pointer to it is here, or another file by now."""
    try:
        data = read_own(then.folder / name)
    except OSError:
        return None
    return data if written_hash(name, data) == then.lock.outputs[name] else None


def _part(name: str) -> str:
    """The part of a diagram that a file is made of."""
    if name.startswith("netron."):
        return "onnx"
    return {GRAPH: "graph", MODEL: "onnx"}.get(name, name.partition(".")[0].removesuffix("-dark"))


def _view(name: str, files: Mapping[str, bytes]) -> str:
    if name == SUMMARY:
        return IN_WORDS
    if name == MODEL and GRAPH in files:
        return EXPORT
    return "autograd" if name.startswith("autograd") else "forward"


def _beside(then: Committed, now: Lock) -> Iterator[Difference]:
    """What lies beside the files of a diagram and would be taken for one."""
    for name in then.names:
        known = name in then.lock.outputs or name in now.outputs or name == NAME
        if not known and (is_ours(name.casefold()) or _CHANGES_SHOWN.match(name.casefold())):
            yield Difference("", f"{name} is none of its files: remove it")


def _numbers(then: Lock, now: Lock) -> Iterator[Difference]:
    for name in sorted({*then.numbers, *now.numbers}):
        was, is_ = (numbers.get(name, "none") for numbers in (then.numbers, now.numbers))
        if was != is_:
            yield Difference(_NUMBERS.get(name, "forward"), f"{name} in its {NAME}: {was} instead of {is_}")
    if then.backward != now.backward:
        yield Difference("autograd", f"its {NAME} counts other backward functions")


def _lock(committed: Committed, now: Lock) -> Iterator[Difference]:
    """What else a lock says: whose it is, what it was made from, and how."""
    then = committed.lock
    if not committed.is_plain:  # of two values under one key a reader may see the other
        yield Difference("", f"its {NAME} is not in the form that it is written in")
    for field in ("model", "config"):
        if getattr(then, field) != getattr(now, field):
            yield Difference("", f"its {NAME} is of another {field}: {getattr(then, field)}")
    unnamed = sorted(now.sources.keys() - then.sources.keys())
    if unnamed:
        yield Difference("", f"its {NAME} does not name what it is made from: {', '.join(unnamed)}")
    trees = (path for path in now.sources.keys() & then.sources.keys() if _is_other_tree(path, then, now))
    yield from (Difference("", f"its {NAME} has another syntax tree of {path}") for path in sorted(trees))
    fields = [
        field for field in ("written", "weights", "opaque", "failed") if getattr(then, field) != getattr(now, field)
    ]
    fields += [f for f in ("packages", "toolchain") if _names(getattr(then, f)) != _names(getattr(now, f))]
    fields += ["sources"] if not committed.edited and then.sources.keys() - now.sources.keys() else []
    if fields:
        yield Difference(LOCK, f"its {NAME} would now have other {', '.join(fields)}")


def _is_other_tree(path: str, then: Lock, now: Lock) -> bool:
    """Whether a lock has the text of a source, and not its syntax tree: it would pass another text of that tree."""
    was, is_ = then.sources[path], now.sources[path]
    return was.text == is_.text and was.tree != is_.tree


def _names(versions: Iterable[str]) -> set[str]:
    return {*versions} - {*PAINTERS}
