"""Why a file of a repository is not on the disk, where git knows: and the command that brings it back."""

import os
import subprocess
from pathlib import Path

from nnviz_action.system.repository import repository_root, without_repository

_MOST_COMMITS = "200"  # in which a rename is looked for


def why_absent(path: Path) -> str | None:
    """The cure: of a sparse checkout, of a submodule that is not there, of a rename. None where git does not know."""
    root = repository_root(_existing(path))
    if root is None or not path.is_relative_to(root):
        return None
    name = path.relative_to(root).as_posix()
    return _sparse(root, name) or _submodule(root, path) or _renamed(root, name)


def _existing(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.is_dir())


def _sparse(root: Path, name: str) -> str | None:
    listed = _git(root, "ls-files", "-t", "--", f":(literal){name}")
    skipped = next((line[2:] for line in listed if line.startswith("S ")), None)
    if skipped is None:
        return None
    folder = skipped.rpartition("/")[0]
    return f"the sparse checkout leaves it out:  git sparse-checkout add {folder or '/*.py'}"


def _submodule(root: Path, path: Path) -> str | None:
    above = [parent for parent in (path, *path.parents) if parent != root and parent.is_relative_to(root)]
    names = [f":(literal){parent.relative_to(root).as_posix()}" for parent in above]
    linked = [
        line.partition("\t")[2] for line in _git(root, "ls-files", "-s", "--", *names) if line.startswith("160000 ")
    ]
    return f"its submodule is not checked out:  git submodule update --init {linked[0]}" if linked else None


def _renamed(root: Path, name: str) -> str | None:
    command = ("log", f"-{_MOST_COMMITS}", "--diff-filter=R", "-M", "--name-status", "--format=", "--no-ext-diff")
    rows = [*_git(root, "diff", "-M", "--diff-filter=R", "--name-status", "HEAD"), *_git(root, *command)]
    went: dict[str, str] = {}
    for row in rows:  # the newest first
        if row.count("\t") == 2:
            _, old, new = row.split("\t")
            went.setdefault(old, new)
    seen = {name}
    while (new := went.get(name, name)) not in seen:
        seen.add(new)
        name = new
    return f"git knows it as {name} now: name that" if len(seen) > 1 and (root / name).is_file() else None


def _git(root: Path, *arguments: str) -> list[str]:
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(command, cwd=root, env=without_repository(os.environ), capture_output=True, check=False)
    except OSError:
        return []
    return os.fsdecode(done.stdout).splitlines() if done.returncode == 0 else []
