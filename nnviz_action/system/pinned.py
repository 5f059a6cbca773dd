"""Folders that are written to after strangers' code has run: what is a link now, and was none before, is refused."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nnviz_action.errors import ModelError

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_HINT = "something moved it while models were captured: see what runs here, and git status"


class Pins:
    """The folders as they are now, all links followed, and an open descriptor of the one that they lie in."""

    def __init__(self, root: Path, folders: Iterable[Path]) -> None:
        self._root = os.path.realpath(root)
        self._real = {folder: os.path.realpath(folder) for folder in folders}
        self._descriptor = os.open(self._root, _FOLDER) if sys.platform == "linux" else None

    def __enter__(self) -> "Pins":
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def refuse_moved(self) -> None:
        """Raises `ModelError` where a folder leads elsewhere now. For when nobody is left to move one."""
        for folder, real in self._real.items():
            if os.path.realpath(folder) != real:
                raise _moved(folder)

    @contextmanager
    def open(self, folder: Path) -> Iterator[Path]:
        """The folder, made where it is not there: under a path that leads to it whatever happens to its names.

        Errors name it as it is called. Raises `ModelError` where a part of its path has become a link.
        """
        descriptor = self._opened(folder)
        if descriptor is None:
            self.refuse_moved()
            yield folder
            return
        pinned = Path(f"/proc/self/fd/{descriptor}")
        try:
            yield pinned
        except ModelError as error:
            error.message = error.message.replace(str(pinned), str(folder))
            raise
        except OSError as error:
            if isinstance(error.filename, str):
                error.filename = error.filename.replace(str(pinned), str(folder))
            raise
        finally:
            os.close(descriptor)

    def _opened(self, folder: Path) -> int | None:
        """None where the system has no such paths."""
        inside = os.path.relpath(self._real[folder], self._root)
        if self._descriptor is None or inside.startswith(os.pardir) or not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
            return None
        here = os.dup(self._descriptor)
        for name in Path(inside).parts:
            try:
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=here)
                below = os.open(name, _FOLDER, dir_fd=here)
            except OSError as error:
                if os.path.islink(self._real[folder]) or os.path.realpath(folder) != self._real[folder]:  # noqa: PTH114
                    raise _moved(folder) from None
                error.filename = str(folder)
                raise
            finally:
                os.close(here)
            here = below
        return here


def _moved(folder: Path) -> ModelError:
    return ModelError(f"{folder} leads elsewhere than before", hint=_HINT)
