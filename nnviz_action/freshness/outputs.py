"""The generated files of a model: their names, writing them without ever leaving half of one, removing them."""

import dataclasses
import hashlib
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnviz_action.errors import ConfigError, ModelError
from nnviz_action.freshness import lock as locks
from nnviz_action.freshness.hashes import output_hash
from nnviz_action.freshness.lock import Lock, lock_bytes

GRAPH, MODEL, SUMMARY, GALLERY = "graph.json", "model.onnx", "summary.md", "README.md"
LONGEST_NAME = 60  # characters of a module's path in a file's name: file systems count bytes, and stop at 255
_OURS = re.compile(
    r"(graph\.json|model\.onnx|summary\.md|netron\.(png|svg)|(overview|forward|autograd)(\.[\w.-]+?)?(-dark)?\.(png|svg))\Z"
)
_PART = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d{1,9})\.tmp\Z")


def file_names(
    views: Collection[str], picture: Mapping[str, Any], graphs: Sequence[str] = (MODEL,)
) -> tuple[str, ...]:
    """The files that these views consist of, drawn as `picture` asks, without the lock.

    `graphs` are the files that hold the forward graph: the calls of the author, the ONNX file, or both.
    """
    names = [*graphs, SUMMARY] if {"overview", "forward"} & {*views} else []
    names += [
        f"{picture['render']}.{form}" for form in picture["formats"] if MODEL in names and picture.get("render")
    ]
    drawn = [view for view in ("overview", "forward", "autograd") if view in views]
    drawn += [focus_name(path) for path in picture["focus"] if "forward" in views]
    return (*names, *(picture_name(name, theme, form) for name in drawn
                      for theme in themes(picture["theme"]) for form in picture["formats"]))  # fmt: skip


def graph_files(is_onnx: bool, export: str, failed: Collection[str]) -> tuple[str, ...]:
    """The files that hold the forward graph, without those that could not be made.

    A model that is an ONNX file itself has no calls; `export` is what the config says of the others.
    """
    if is_onnx:
        return (MODEL,)
    wanted = {GRAPH: "graph" not in failed, MODEL: export == "always" or (export == "auto" and "onnx" not in failed)}
    return tuple(name for name, is_there in wanted.items() if is_there)


def themes(choice: str) -> tuple[str, ...]:
    """The themes that `light`, `dark` or `both` means."""
    return ("light", "dark") if choice == "both" else (choice,)


def picture_name(name: str, theme: str, form: str) -> str:
    """`forward.png`, or `forward-dark.png`."""
    return f"{name}{'' if theme == 'light' else f'-{theme}'}.{form}"


def focus_name(path: str) -> str:
    """The picture of one module: `forward.encoder.layers.0`; a hash tells apart what a file cannot be named by."""
    plain = re.sub(r"[^\w.-]", "_", path)[:LONGEST_NAME]
    odd = plain != path or plain.endswith("-dark")
    return f"forward.{plain}{f'-{hashlib.sha256(path.encode()).hexdigest()[:6]}' if odd else ''}"


def is_ours(name: str) -> bool:
    """Whether a file of this name in a diagram's folder may be generated."""
    return name == locks.NAME or bool(_OURS.match(name))


def generated_paths(folder: Path) -> tuple[Path, ...]:
    """Every path in a diagram's folder that may be ours: those always there, and what else there is now."""
    names = {locks.NAME, GRAPH, MODEL, SUMMARY, "overview.png", "forward.png", "autograd.png"}
    with suppress(OSError):
        names.update(name for name in os.listdir(folder) if is_ours(name))  # noqa: PTH208  # names are all we want
    return tuple(folder / name for name in sorted(names))


def replace(path: Path, data: bytes) -> bool:
    """Write `data` by renaming a complete file into place; False, and no touch, where it is there already."""
    with suppress(OSError):
        if not path.is_symlink() and path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        _write_new(part, data)
        part.replace(path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError):  # a full disk is not told with the file, and nobody knows the part by its name
            error.filename, error.filename2 = str(path), None
        raise
    return True


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that nobody has put there before: not through a link of that name."""
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(data)


def sweep(folders: Iterable[Path]) -> None:
    """Remove the parts of files that a process which was killed could not rename into place."""
    for folder in folders:
        with suppress(OSError):
            names = os.listdir(folder)  # noqa: PTH208  # names are all we want
            for found in filter(None, map(_PART.match, names)):
                if (is_ours(found["name"]) or found["name"] == GALLERY) and not _runs(int(found["pid"])):
                    (folder / found[0]).unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    """Whether another process of this number may be writing; one that has our own number has ended."""
    if pid in (0, os.getpid()):
        return False
    if os.name == "nt":  # there the question would end it
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it is somebody else's
        return True
    return True


def write_diagram(folder: Path, files: Mapping[str, bytes], lock: Lock) -> list[str]:
    """Write the files, the lock last: whatever interrupts this, a lock never vouches for what is not there.

    A lock that vouches for nothing goes first into a folder that has none: it says that the files that follow are
    ours. Files of the former lock that are no longer wanted go, if nobody changed them. Returns the names that
    changed. Raises `ModelError` where a file that is not ours is in the way.
    """
    _take_case(folder)
    there = [name for name in files if (folder / name).exists()]  # first: a second `generate` claims, then it writes
    claimed = _claimed(folder)
    for name in there:
        if claimed is not None and name not in claimed:
            hint = "move it away, or choose another output"
            raise ModelError(f"{folder / name} is there already, and nnviz-action did not write it", hint=hint)
    if not claimed:
        claim = dataclasses.replace(lock, written="", entry="", outputs=dict.fromkeys(files, ""))
        replace(folder / locks.NAME, lock_bytes(claim))
    changed = [name for name, data in files.items() if replace(folder / name, data)]
    for name, sha in (claimed or {}).items():
        if name not in lock.outputs and output_hash(folder / name) == sha:
            (folder / name).unlink(missing_ok=True)
            changed.append(name)
    return [*changed, locks.NAME] if replace(folder / locks.NAME, lock_bytes(lock)) else changed


def _take_case(folder: Path) -> None:
    """Give a folder that is there under a name of other case the name that the config has now."""
    with suppress(OSError):
        names = os.listdir(folder.parent)  # noqa: PTH208  # names are all we want
        for name in names if folder.name not in names else ():
            if _is_twin(folder.with_name(name), folder):
                folder.with_name(name).rename(folder)


def _claimed(folder: Path) -> dict[str, str] | None:
    """The outputs of the lock in a folder; empty where there is no lock, None where it is broken."""
    try:
        former = locks.read_lock(folder)
    except ConfigError:
        return None
    return own_outputs(former) if former else {}


def own_outputs(lock: Lock) -> dict[str, str]:
    """The outputs of a lock, without names that would lead out of its folder."""
    return {name: sha for name, sha in lock.outputs.items() if _OURS.match(name)}


def find_orphans(folders: set[Path], wanted: set[Path], config: Path) -> list[Path]:
    """Folders with a lock that `config`, or one that is gone, wrote for a model that `config` does not have."""
    found = []
    for output in folders:
        for path in sorted(output.glob(f"*/{locks.NAME}")) if output.is_dir() else ():
            if path.parent not in wanted and not path.parent.is_symlink() and _belongs(path.parent, config):
                found.append(path.parent)
    return [folder for folder in found if not any(_is_twin(folder, other) for other in wanted)]


def _is_twin(folder: Path, other: Path) -> bool:
    """Whether two names that differ in case alone are one folder, as they are on macOS and Windows."""
    if folder.name.casefold() != other.name.casefold():
        return False
    with suppress(OSError):
        return folder.samefile(other)
    return False


def _belongs(folder: Path, config: Path) -> bool:
    with suppress(Exception):
        lock = locks.read_lock(folder)
        writer = (folder / lock.config).resolve() if lock else None
        return writer is not None and (writer == config or not writer.exists())
    return False


def remove_orphan(folder: Path) -> list[str]:
    """Remove the files that the lock vouches for, and the folder if nothing else is in it.

    A file that was changed since is not ours to remove. Returns the names that are left.
    """
    lock = locks.read_lock(folder)
    for name, sha in (own_outputs(lock) if lock else {}).items():
        if output_hash(folder / name) == sha:
            (folder / name).unlink(missing_ok=True)
    (folder / locks.NAME).unlink(missing_ok=True)
    sweep([folder])
    with suppress(FileNotFoundError):  # another process did the same
        left = sorted(p.name for p in folder.iterdir())
        if not left:
            folder.rmdir()
        return left
    return []
