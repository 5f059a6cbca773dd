"""What the processes of a model leave in its folder, which is no secret: a file is ours only as it was told to be."""

import errno
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from nnviz_action.system.files import read_own

LARGEST = 2**31  # bytes of a file: more than a protobuf can hold


@dataclass(frozen=True)
class Left:
    """The folder, and the sha256 of each file as its process told it when it had written it."""

    folder: Path
    digests: Mapping[str, str]

    def read(self, name: str) -> bytes:
        """The file. Raises `OSError` where it is not there, is no plain file, or not the one that was written."""
        data = read_own(self.folder / name, LARGEST)
        if hashlib.sha256(data).hexdigest() != self.digests.get(name):
            raise OSError(errno.EBADMSG, "not what was written", name)
        return data

    def read_all(self, pattern: str) -> list[bytes]:
        """All files whose names are such, in the order of their names. Raises `OSError` as `read` does."""
        return [self.read(name) for name in sorted(self.digests) if fnmatch(name, pattern)]
