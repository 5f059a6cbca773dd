"""Reading files that anybody may have put there: a plain file or none, never a device, a pipe or without end."""

import errno
import os
import stat
from pathlib import Path

LARGEST = 16_000_000  # bytes of a config or a lock: far more than thousands of models need
# What the system says of a path that leads to no file, however it is wrong.
_NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP})


def read_file(path: Path | str, most: int | None = None) -> bytes:
    """The content of a plain file of at most so many bytes. Raises `OSError`."""
    with open(path, "rb", opener=_open) as file:
        return file.read() if most is None else _at_most(file.read(most + 1), most)


def read_own(path: Path | str, most: int | None = None) -> bytes:
    """The same of a file that we write, which is never a link: one in its place may lead to anything."""
    with open(path, "rb", opener=_open_own) as file:
        return file.read() if most is None else _at_most(file.read(most + 1), most)


def is_nowhere(error: OSError) -> bool:
    """Whether there is no such file, rather than one that cannot be read."""
    return error.errno in _NOWHERE


def _at_most(data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise OSError(errno.EFBIG, f"larger than {most // 1_000_000} MB")
    return data


def _open(path: str, flags: int) -> int:
    """Opened without waiting, as a pipe would have us wait for whoever writes into it."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # `open` itself tells of folders
        os.close(descriptor)
        raise OSError(errno.EINVAL, "this is no plain file", path)
    return descriptor


def _open_own(path: str, flags: int) -> int:
    return _open(path, flags | getattr(os, "O_NOFOLLOW", 0))
