"""The little that is asked of git, by looking at the disk: starting git would cost more than a whole check."""

from pathlib import Path


def repository_root(folder: Path) -> Path | None:
    """The nearest folder upwards that holds `.git`: a folder, or a file in worktrees and submodules."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return None
