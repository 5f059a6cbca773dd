"""Hashes of files, told apart by meaning: line ends never count, comments and layout of Python code need not."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from nnviz_action.system.files import is_nowhere, read_file, read_own
from nnviz_action.system.large_files import LargeFiles

TEXTS = (".md", ".svg", ".json")  # among the generated files: any other must not be touched by a checkout
AUTOGRAD = "autograd.json"  # in the folder of a capture: the autograd graph, and what training keeps
MARKS = "marks{}.json"  # in the folder of a capture: the marks of the files that a try of it read, by its number


class Hasher:
    """Hashes each file once, however many models read it.

    Paths are plain strings here: a check asks for thousands, and a `Path` costs more to make than to look up.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str | None] = {}
        self._trees: dict[str, str | None] = {}  # by the hash of the file as it is
        self._real: dict[str, str] = {}
        self._links = Links()
        self.large = LargeFiles()

    def anew(self) -> "Hasher":
        """One that reads each file again, as it may have changed; what was parsed need not be parsed again."""
        hasher = Hasher()
        hasher._trees = self._trees
        return hasher

    def text(self, path: str) -> str | None:
        """sha256 of the file with LF line ends; None where there is no such file."""
        if path not in self._texts:
            data = _read(path)
            self._texts[path] = None if data is None else self.large.sha256(path, data) or _sha256(_normal(data))
        return self._texts[path]

    def tree(self, path: str) -> str | None:
        """sha256 of the syntax tree of a Python file; None for any other file, or one that does not parse."""
        data = _read(path) if path.endswith(".py") else None
        if data is None:
            return None
        key = _sha256(data)
        if key not in self._trees:
            self._trees[key] = _tree_hash(data)
        return self._trees[key]

    def real(self, path: str) -> str:
        """The path without links."""
        if path not in self._real:
            self._real[path] = self._links.resolved(path)
        return self._real[path]


class Links:
    """Paths without links, where those of a folder are looked for once: thousands of paths lie in few folders."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def resolved(self, path: str) -> str:
        """As `os.path.realpath`."""
        folder, name = os.path.split(path)
        if name in ("", ".", "..") or os.path.islink(path):  # noqa: PTH114
            return os.path.realpath(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder).rstrip(os.sep)
        return f"{self._folders[folder]}{os.sep}{name}"


def output_hash(path: Path | str, large: LargeFiles | None = None) -> str | None:
    """sha256 of a generated file, also where only its Git LFS pointer is checked out; None where it is missing.

    Empty where a link stands in its place: that is nothing that we wrote, and is not followed. `large` remembers
    what git said of a folder.
    """
    data = _read(path, read_own)
    if data is None:
        return "" if os.path.islink(path) else None  # noqa: PTH114
    return (large or LargeFiles()).sha256(str(path), data) or written_hash(str(path), data)


def written_hash(name: str, data: bytes) -> str:
    """sha256 of what is written under this name; line ends of text do not count, as a checkout may change them."""
    return _sha256(data.replace(b"\r\n", b"\n") if name.endswith(TEXTS) else data)


def _normal(data: bytes) -> bytes:
    """Text with LF line ends; binary files, told as git tells them, as they are."""
    return data if b"\0" in data[:8000] else data.replace(b"\r\n", b"\n")


def _read(path: Path | str, read: Callable[[Path | str], bytes] = read_file) -> bytes | None:
    try:
        return read(path)
    except OSError as error:
        if is_nowhere(error):
            return None
        raise


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _tree_hash(data: bytes) -> str | None:
    from nnviz_action.freshness.syntax import tree_hash  # noqa: PLC0415  # a check that finds nothing changed never parses

    return tree_hash(data)
