"""Folders for what is under way. A run that is killed leaves its own behind, and the next one removes them."""

import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: folders are not locked there, and are taken for left behind after a day
    fcntl = None  # type: ignore[assignment]

_PREFIX = "nnviz-run-"
# Seconds in which a folder may be there and not yet locked, or at all, where there are no locks.
_FRESH = 10 if fcntl else 24 * 60 * 60


_open: "set[Temporary]" = set()


class Temporary:
    """A new folder, locked by its process until it is closed, and removed then.

    The lock tells whose process lives, also where containers of one kernel share the folder of temporary files.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._held: int | None = None
        _open.add(self)
        if fcntl:
            self._held = os.open(self.path, os.O_RDONLY)
            with suppress(OSError):  # a file system without locks: then there is nothing to tell it from others' by
                fcntl.flock(self._held, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove it with all that is in it."""
        _open.discard(self)
        held, self._held = self._held, None
        _remove(self.path)
        if held is not None:
            os.close(held)


def close_all() -> None:
    """Remove those of this process that are still open, as before an end that waits for nobody."""
    for folder in list(_open):
        folder.close()


def sweep_temporary() -> None:
    """Remove the folders of this user whose processes are no more."""
    found: list[Path] = []
    with suppress(OSError):  # there may be no folder for temporary files
        found += Path(tempfile.gettempdir()).glob(f"{_PREFIX}*")
    for path in found:
        with suppress(OSError):
            state = path.lstat()
            if stat.S_ISDIR(state.st_mode) and _is_ours(state) and state.st_mtime < time.time() - _FRESH:
                _remove_unless_held(path)


def _remove(path: Path) -> None:
    """Also what a model has made so that nobody may write to it."""
    for folder, names, _ in os.walk(path):
        for name in names:
            inner = Path(folder, name)
            with suppress(OSError):
                if not inner.is_symlink():
                    inner.chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)


def _is_ours(state: os.stat_result) -> bool:
    """On Windows each user has a folder of temporary files of their own."""
    return not hasattr(os, "getuid") or state.st_uid == os.getuid()


def _remove_unless_held(path: Path) -> None:
    if not fcntl:
        _remove(path)
        return
    folder = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(path)
    finally:
        os.close(folder)
