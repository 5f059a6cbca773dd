"""Reading files that anybody may have put there: a plain file or none, never a device, a pipe or without end."""

import errno
import os
import re
import stat
from pathlib import Path

LARGEST = 16_000_000  # bytes of a config or a lock: far more than thousands of models need
# Opened without waiting, as a pipe would have us wait for whoever writes into it.
_PLAIN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_PART = 1 << 24
_LFS = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\r?\n(ext-.*\n)*"
    rb"oid sha256:(?P<sha256>[0-9a-f]{64})\r?\nsize \d+\r?\n"
)
# What the system says of a path that leads to no file, however it is wrong.
_NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP})


def read_file(path: Path | str, most: int | None = None) -> bytes:
    """The content of a plain file of at most so many bytes. Raises `OSError`."""
    return _read(path, 0, most)


def read_own(path: Path | str, most: int | None = None) -> bytes:
    """The same of a file that we write, which is never a link: one in its place may lead to anything."""
    return _read(path, _NO_LINK, most)


def is_nowhere(error: OSError) -> bool:
    """Whether there is no such file, rather than one that cannot be read."""
    return error.errno in _NOWHERE


def mark(path: Path | str) -> list[int] | None:
    """Tells a file from what another process made of it: without reading it, and without any clock.

    Anybody can give a file back its content and its time of modification; when its inode changed nobody can set.
    """
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino]


def pointed_at(data: bytes) -> str:
    """The sha256 in what looks like a Git LFS pointer, empty for any other file: see `LargeFiles`."""
    found = _LFS.fullmatch(data) if len(data) < 1024 else None
    return found["sha256"].decode() if found else ""


def _read(path: Path | str, flags: int, most: int | None) -> bytes:
    """By system calls alone: a check reads thousands of small files, and a file object costs more than they do."""
    descriptor = os.open(path, _PLAIN | flags)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(*_no_file(found.st_mode))
        return _content(descriptor, found.st_size, most)
    except OSError as error:
        error.filename = os.fspath(path)
        raise
    finally:
        os.close(descriptor)


def _content(descriptor: int, size: int, most: int | None) -> bytes:
    """What is in the file, which may grow meanwhile, or (in /proc) have no size."""
    parts = [os.read(descriptor, size + 1) if most is None or size <= most else b""]
    if len(parts[0]) != size:  # or else all is read: Linux gives 2 GB at a time, some file systems less
        while parts[-1] and (most is None or sum(map(len, parts)) <= most):
            parts.append(os.read(descriptor, _PART))
    data = parts[0] if len(parts) == 1 else b"".join(parts)
    if most is not None and max(size, len(data)) > most:
        raise OSError(errno.EFBIG, f"larger than {most // 1_000_000} MB")
    return data


def _no_file(mode: int) -> tuple[int, str]:
    if stat.S_ISDIR(mode):
        return errno.EISDIR, os.strerror(errno.EISDIR)
    return errno.EINVAL, "this is no plain file"
