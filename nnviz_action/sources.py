"""Hashes of files, told apart by meaning: line ends never count, comments and layout of Python code need not."""

import hashlib
from pathlib import Path

_LFS = b"version https://git-lfs.github.com/spec/v1\n"


class Hasher:
    """Hashes each file once, however many models read it.

    Paths are plain strings here: a check asks for thousands, and a `Path` costs more to make than to look up.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str | None] = {}
        self._trees: dict[str, str | None] = {}

    def text(self, path: str) -> str | None:
        """sha256 of the file with LF line ends; None where there is no such file."""
        if path not in self._texts:
            data = _read(path)
            self._texts[path] = None if data is None else _pointed_at(data) or _sha256(_normal(data))
        return self._texts[path]

    def tree(self, path: str) -> str | None:
        """sha256 of the syntax tree of a Python file; None for any other file, or one that does not parse."""
        if path not in self._trees:
            data = _read(path) if path.endswith(".py") else None
            self._trees[path] = None if data is None else _tree_hash(data)
        return self._trees[path]


def output_hash(path: Path | str) -> str | None:
    """sha256 of a generated file, also where only its Git LFS pointer is checked out; None where it is missing."""
    data = _read(path)
    if data is None:
        return None
    return _pointed_at(data) or _sha256(data)


def _normal(data: bytes) -> bytes:
    """Text with LF line ends; binary files, told as git tells them, as they are."""
    return data if b"\0" in data[:8000] else data.replace(b"\r\n", b"\n")


def _pointed_at(data: bytes) -> str:
    """The sha256 in a Git LFS pointer, empty for any other file."""
    if data.startswith(_LFS) and len(data) < 1024:
        return data.partition(b"oid sha256:")[2][:64].decode("ascii", errors="replace")
    return ""


def _read(path: Path | str) -> bytes | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _tree_hash(data: bytes) -> str | None:
    from nnviz_action.syntax import tree_hash  # noqa: PLC0415  # a check that finds nothing changed never parses

    return tree_hash(data)
