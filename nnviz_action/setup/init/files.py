"""The files of a repository that `init` reads, and what each is good for."""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from nnviz_action.system.repository import without_repository

LARGEST = 1_000_000  # bytes of a file; beyond, it is data or generated
MOST_FILES = 5_000
_FOREIGN = re.compile(
    r"(\..+|v?env|virtualenv|build|dist|node_modules|__pycache__|site-packages|third[_-]?party|_?vendor(ed)?"
    r"|externals?|submodules|.+\.egg-info)\Z"
)
_TEST = re.compile(r"(tests?|testing|test_.*\.py|.*_tests?\.py|conftest\.py)\Z")
_TEXT = (".md", ".rst")
_LIST = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "*.py", "*.md", "*.rst")


def list_files(folder: Path) -> list[str]:
    """Python and documentation files, as POSIX paths from `folder`: those of git, else all; no foreign code."""
    found = _of_git(folder)
    names = _on_disk(folder) if found is None else found
    kept = sorted(
        {name for name in names if not _is_foreign(name) and ":" not in name}, key=lambda n: (n.count("/"), n)
    )
    return [name for name in kept if _is_readable(folder / name)][:MOST_FILES]


def is_test(path: str) -> bool:
    """Whether this is a file of tests: it shows how models are used, and its own are not proposed."""
    return any(_TEST.match(part) for part in PurePosixPath(path).parts)


def is_documentation(path: str) -> bool:
    """Whether this is a text that may have code in it."""
    return path.endswith(_TEXT)


def _of_git(folder: Path) -> list[str] | None:
    try:
        done = subprocess.run(_LIST, cwd=folder, env=without_repository(os.environ), capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name] if done.returncode == 0 else None


def _on_disk(folder: Path) -> Iterable[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _FOREIGN.match(name)]
        for name in names:
            if name.endswith((".py", *_TEXT)):
                yield (Path(place) / name).relative_to(folder).as_posix()


def _is_foreign(path: str) -> bool:
    return any(_FOREIGN.match(part) for part in PurePosixPath(path).parts[:-1])


def _is_readable(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size <= LARGEST
    except OSError:
        return False
