"""The generated files of a model: their names, writing them without ever leaving half of one, removing them."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from nnviz_action import lock as locks
from nnviz_action.lock import Lock, lock_bytes
from nnviz_action.sources import output_hash

FILES = {"forward": ("model.onnx", "forward.png"), "autograd": ("autograd.png",)}


def file_names(views: tuple[str, ...]) -> tuple[str, ...]:
    """The files that these views consist of, without the lock."""
    return tuple(name for view in views for name in FILES[view])


def replace(path: Path, data: bytes) -> bool:
    """Write `data` by renaming a complete file into place; False, and no touch, where it is there already."""
    with suppress(OSError):
        if not path.is_symlink() and path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return True


def write_diagram(folder: Path, files: Mapping[str, bytes], lock: Lock) -> list[str]:
    """Write the files, the lock last: whatever interrupts this, a lock never vouches for what is not there.

    Files of the former lock that are no longer wanted go, if nobody changed them. Returns the names that changed.
    """
    before = _former(folder)
    changed = [name for name, data in files.items() if replace(folder / name, data)]
    for name, sha in before.items():
        if name not in lock.outputs and output_hash(folder / name) == sha:
            (folder / name).unlink()
            changed.append(name)
    return [*changed, locks.NAME] if replace(folder / locks.NAME, lock_bytes(lock)) else changed


def _former(folder: Path) -> dict[str, str]:
    with suppress(Exception):
        former = locks.read_lock(folder)
        return own_outputs(former) if former else {}
    return {}


def own_outputs(lock: Lock) -> dict[str, str]:
    """The outputs of a lock, without names that would lead out of its folder."""
    known = {name for names in FILES.values() for name in names}
    return {name: sha for name, sha in lock.outputs.items() if name in known}


def find_orphans(folders: set[Path], wanted: set[Path], config: Path) -> list[Path]:
    """Folders with a lock that `config` wrote for a model that it no longer has."""
    found = []
    for output in folders:
        for path in sorted(output.glob(f"*/{locks.NAME}")) if output.is_dir() else ():
            if path.parent not in wanted and not path.parent.is_symlink() and _belongs(path.parent, config):
                found.append(path.parent)
    return found


def _belongs(folder: Path, config: Path) -> bool:
    with suppress(Exception):
        lock = locks.read_lock(folder)
        return lock is not None and (folder / lock.config).resolve() == config
    return False


def remove_orphan(folder: Path) -> list[str]:
    """Remove the files that the lock vouches for, and the folder if nothing else is in it.

    A file that was changed since is not ours to remove. Returns the names that are left.
    """
    lock = locks.read_lock(folder)
    assert lock is not None
    for name, sha in own_outputs(lock).items():
        if output_hash(folder / name) == sha:
            (folder / name).unlink()
    (folder / locks.NAME).unlink()
    left = sorted(p.name for p in folder.iterdir())
    if not left:
        folder.rmdir()
    return left
