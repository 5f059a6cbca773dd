"""What a model was made from: the files of the repository it read, and the modules that it imported."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

from nnviz_action.freshness.hashes import Links
from nnviz_action.system.files import mark

SKIPPED_PARTS = frozenset({"site-packages", "dist-packages", ".git", "node_modules"})
_OWN = Path(__file__).resolve().parent.parent
_CHANGES = frozenset(f"os.{name}" for name in ("link", "mkdir", "remove", "rename", "rmdir", "symlink", "truncate"))
_WRITES = os.O_WRONLY | os.O_RDWR


class Reads:
    """Listens to every `open` of this process from its creation on.

    What native code opens by itself (memory-mapped weights, say) it does not hear of.
    """

    def __init__(self) -> None:
        self._opened: dict[str, list[int] | None] = {}  # with the mark that a file had when it was first opened
        self._made: set[str] = set()
        self.written: set[str] = set()  # files that were there before and may now be others
        self._changed = False  # the tree of files: something in it was made, moved or removed
        self._links = Links()
        self._modules_before = frozenset(sys.modules)
        sys.addaudithook(self._hook)

    def has_written(self) -> bool:
        """Whether a file or folder was written, other than what Python keeps of what it imports."""
        written = (self._made | self.written) - {os.devnull}
        return self._changed or any("__pycache__" not in Path(path).parts for path in written)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event in _CHANGES:
            self._changed |= not any(isinstance(arg, str) and "__pycache__" in Path(arg).parts for arg in args)
        if event in ("open", "sqlite3.connect") and isinstance(args[0], (str, bytes)):
            path = os.path.abspath(os.fsdecode(args[0]))  # noqa: PTH100  # a hook must not open anything itself
            flags = (args[2] or 0) if event == "open" else os.O_RDWR
            if flags & _WRITES:
                self._note_write(path, flags)
            reads = not flags & (os.O_WRONLY | os.O_TRUNC)
            if reads and path not in self._made and path not in self._opened:
                self._opened[path] = mark(_source(path))

    def _note_write(self, path: str, flags: int) -> None:
        """One that was not there is made."""
        is_new = path not in self._opened and (flags & os.O_TRUNC or not os.path.exists(path))  # noqa: PTH110
        (self._made if is_new else self.written).add(path)

    def files(self, root: Path, excluded: Iterable[Path]) -> list[Path]:
        """The files below `root` that the model's code imported or opened, sorted.

        A file that the model made itself, and then read, is none of them.
        """
        apart = {_OWN, *(e.resolve() for e in excluded)}
        environment = Path(sys.prefix).resolve()
        if environment.is_relative_to(root) and environment != root:
            apart.add(environment)
        inside, links = f"{root}{os.sep}", self._links
        found = {Path(real) for path in self._candidates() if (real := links.resolved(path)).startswith(inside)}
        return sorted(
            p
            for p in found
            if not _is_skipped(p.relative_to(root)) and apart.isdisjoint((p, *p.parents)) and p.is_file()
        )

    def removed(self, root: Path) -> list[Path]:
        """Files below `root` that modules came from and that are no more, sorted."""
        return sorted(Path(n) for n in _module_files() if n.startswith(f"{root}{os.sep}") and not Path(n).exists())

    def _candidates(self) -> Iterator[str]:
        yield from map(os.path.abspath, _module_files())
        yield from map(_source, list(self._opened))

    def marks(self) -> dict[str, list[int] | None]:
        """The mark of each opened file, by its path; None for one that the model's code wrote to."""
        links = self._links
        found = {links.resolved(_source(path)): mark for path, mark in list(self._opened.items())}
        return found | dict.fromkeys(map(links.resolved, list(self.written)))

    def modules(self) -> list[str]:
        """The names of the top-level modules that the model's code brought in, sorted."""
        return sorted({name.partition(".")[0] for name in list(sys.modules) if name not in self._modules_before})


def _module_files() -> list[str]:
    """Without asking the modules themselves: one that imports late would do so to answer."""
    names: list[Any] = []
    for module in list(sys.modules.values()):
        with suppress(TypeError, AttributeError):  # anything may stand in there
            names.append(object.__getattribute__(module, "__dict__").get("__file__"))
    return [name for name in names if isinstance(name, str)]


def _source(path: str) -> str:
    if not path.endswith(".pyc"):
        return path
    try:
        return source_from_cache(path)
    except ValueError:
        return path


def _is_skipped(path: Path) -> bool:
    return bool(SKIPPED_PARTS.intersection(path.parts)) or path.suffix == ".pyc"
