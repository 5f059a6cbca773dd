"""Folders for what is under way. A run that is killed leaves its own behind, and the next one removes them."""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_PREFIX = "nnviz-run-"
_FRESH = 60  # seconds in which a folder may be there and not yet locked


class Temporary:
    """A new folder, locked by its process until it is closed, and removed then.

    The lock tells whose process lives, also where containers share the folder of all temporary files.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._held = os.open(self.path, os.O_RDONLY)
        with suppress(OSError):  # a file system without locks: then there is nothing to tell it from others' by
            fcntl.flock(self._held, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove it with all that is in it, once."""
        held, self._held = self._held, -1
        if held >= 0:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(held)


def sweep_temporary() -> None:
    """Remove the folders of this user whose processes are no more."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            found = path.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and found.st_mtime < time.time() - _FRESH:
                _remove_unless_held(path)


def _remove_unless_held(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(folder)
