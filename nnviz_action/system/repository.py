"""The little that is asked of git, by looking at the disk: starting git would cost more than a whole check."""

from collections.abc import Mapping
from pathlib import Path

# What git tells its hooks about their repository: `git rev-parse --local-env-vars`, without the configuration.
_OF_A_REPOSITORY = frozenset({
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
})  # fmt: skip


def repository_root(folder: Path) -> Path | None:
    """The nearest folder upwards that holds `.git`: a folder, or a file in worktrees and submodules."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return None


def without_repository(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what git told the hook that we may run in.

    A git that is started with it finds its repository by where it runs, as everywhere else.
    """
    return {name: value for name, value in environment.items() if name not in _OF_A_REPOSITORY}
