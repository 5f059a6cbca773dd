"""A capture writes nothing: whoever draws a diagram must not find a checkpoint overwritten by it."""

import errno
import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

try:
    import fcntl
except ImportError:  # Windows, where no name counts from an open folder
    fcntl = None  # type: ignore[assignment]

from nnviz_action.capture.refused import Handlers, RefusedError

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_CREAT
# Where in the arguments of these events the changed names stand, and the open folder that each counts from.
_CHANGES = {
    "os.remove": ((0, 1),), "os.rename": ((0, 2), (1, 3)), "os.truncate": ((0, None),), "os.link": ((1, 3),),
    "os.symlink": ((1, 2),), "os.chmod": ((0, 2),), "os.chown": ((0, 3),),
    "os.setxattr": ((0, None),), "os.removexattr": ((0, None),),
}  # fmt: skip
_HINT = 'a capture changes no file: what trains or saves belongs below  if __name__ == "__main__":'


class WriteError(RefusedError):
    """The model's code writes to a file of the repository, or removes one."""


def _installed() -> set[str]:
    """The folders of Python's own modules, and of packages."""
    found = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return {os.path.realpath(folder) for folder in (*found, site.getusersitepackages()) if folder}


_INSTALLED = tuple(f"{folder}{os.sep}" for folder in _installed())  # once, before processes are forked


def without_writes(root: Path) -> Handlers:
    """Files below `root`, but temporary ones, and what is installed stay as they are.

    Folders may be made. Of files that native code opens by itself, those of `torch.save` are seen. What Python would
    keep of what it imports it cannot write, which it passes over: a neighbour might import it.
    """
    guard = _Guard(root, Path(tempfile.gettempdir()).resolve())
    torch.save = guard.saving(torch.save)
    return {event: partial(guard.hear, event) for event in ("open", *_CHANGES)}


class _Guard:
    def __init__(self, root: Path, temporary: Path) -> None:
        self._root = f"{root}{os.sep}"
        self._apart = () if root.is_relative_to(temporary) else (f"{temporary}{os.sep}",)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Raises `WriteError` before the file is opened, moved or removed."""
        if event == "open":
            if (args[2] or 0) & _WRITES:
                self._refuse(args[0])
            return
        for place, folder in _CHANGES[event]:
            self._refuse(_from(args[place], -1 if folder is None else args[folder]))

    def saving(self, save: Callable[..., Any]) -> Callable[..., Any]:
        """`torch.save`, which opens files where Python does not see it."""

        def checked(obj: Any, f: Any, *args: Any, **kwargs: Any) -> Any:
            self._refuse(f)
            return save(obj, f, *args, **kwargs)

        return checked

    def _refuse(self, name: Any) -> None:
        if not isinstance(name, (str, bytes, os.PathLike)):
            return
        path = os.path.realpath(os.fsdecode(name))
        if path.startswith(self._apart) or not path.startswith((self._root, *_INSTALLED)):
            return
        if "__pycache__" in Path(path).parts:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        raise WriteError(f"the model's code writes {path.removeprefix(self._root)}", hint=_HINT)


def _from(name: Any, folder: int) -> Any:
    """A name that counts from an open folder, as those of `shutil.rmtree` do."""
    if folder < 0 or not isinstance(name, (str, bytes, os.PathLike)):
        return name
    path = _path_of(folder)
    return path / os.fsdecode(name) if path else None


def _path_of(folder: int) -> Path | None:
    """Of an open folder; None where the system does not tell."""
    try:
        if sys.platform == "darwin":
            return Path(os.fsdecode(fcntl.fcntl(folder, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0")))
        return Path(f"/proc/self/fd/{folder}").readlink()
    except OSError:
        return None
