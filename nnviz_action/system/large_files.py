"""Which files are in Git LFS, asked of git: anybody can write a text that looks like a pointer."""

import os

from nnviz_action.system.files import pointed_at
from nnviz_action.system.repository import without_repository


class LargeFiles:
    """Tells pointers from files that only look like one. Git is asked once for each folder in which one is met."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}

    def sha256(self, path: str, data: bytes) -> str:
        """The hash of the file that a pointer stands for; empty where `.gitattributes` does not say it is one."""
        found = pointed_at(data)
        if not found:
            return ""
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100
        if folder not in self._names:
            self._names[folder] = _in_lfs(folder)
        return found if name in self._names[folder] else ""


def _in_lfs(folder: str) -> frozenset[str]:
    """The names in a folder whose content Git LFS keeps; none where there is no git, or no repository."""
    import subprocess  # noqa: PLC0415  # most checks meet no pointer

    command = ["git", "check-attr", "-z", "--stdin", "filter"]
    try:
        names = os.fsencode("".join(f"{name}\0" for name in os.listdir(folder)))  # noqa: PTH208
        done = subprocess.run(
            command, cwd=folder, input=names, capture_output=True, check=False, env=without_repository(os.environ)
        )
    except OSError:
        return frozenset()
    said = os.fsdecode(done.stdout).split("\0")
    return frozenset(name for name, value in zip(said[::3], said[2::3], strict=False) if value == "lfs")
