"""What the next commit holds, asked of git: a file on disk need not be part of it."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nnviz_action.errors import MissingError
from nnviz_action.freshness.hook_note import LIST, entries
from nnviz_action.system.repository import repository_root, without_repository

IGNORED = ("check-ignore", "-z", "--stdin")
_CHANGED, _NONE_IGNORED = "C", 1
# What `git add --intent-to-add` holds for a file: nothing, by SHA-1 or SHA-256. The next commit lacks it.
_EMPTY = re.compile(
    r" (e69de29bb2d1d6434b8b29ae775ad8c2e48c5391|473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813) "
)


@dataclass(frozen=True)
class Index:
    """The files that git holds for the next commit of the repository at `root`, by POSIX path from there.

    `tracked` maps to git's own entry: mode, hash, stage, path. A submodule is a single path. `changed` are those that
    differ on disk from what was added.
    """

    root: Path
    tracked: Mapping[str, str]
    changed: frozenset[str]

    def holds(self, path: str) -> bool:
        """Whether the next commit has the file, or the submodule that it lies in."""
        name = self.name(path)
        return name in self.tracked or any(part.as_posix() in self.tracked for part in Path(name).parents)

    def differs(self, path: str) -> bool:
        """Whether the file on disk is another than the one that was added."""
        return self.name(path) in self.changed

    def name(self, path: str) -> str:
        """The path from the root; links in folders are followed, as git knows only what they lead to."""
        plain, inside = os.path.normpath(path), f"{self.root}{os.sep}"
        if plain.startswith(inside):
            name = plain[len(inside) :].replace(os.sep, "/")
            if name in self.tracked:
                return name
        folder, last = os.path.split(plain)
        real = os.path.join(os.path.realpath(folder), last)  # noqa: PTH118
        return os.path.relpath(real, self.root).replace(os.sep, "/")


def read_index(root: Path) -> Index:
    """The index of the repository at `root`: of a hook, the one that git hands to it. Raises `MissingError`."""
    return parse(root, _git(root, LIST, b""))


def parse(root: Path, listing: bytes) -> Index:
    """The index from what `LIST` prints."""
    found = [(entry[0].upper(), entry[2:], entry.partition("\t")[2]) for entry in entries(listing)]
    changed = frozenset(path for letter, _, path in found if letter == _CHANGED)
    tracked = {path: held for _, held, path in found if not (path in changed and _EMPTY.search(held))}
    return Index(root, tracked, changed)


def ignored(index: Index, base: Path, paths: Iterable[str]) -> set[str]:
    """Those of the paths from `base` that a .gitignore keeps out. Git is asked only where there are any."""
    names = {index.name(f"{base}/{path}"): path for path in paths}
    inside = [name for name in names if not name.startswith("../")]
    if not inside:
        return set()
    answer = _git(index.root, IGNORED, os.fsencode("\0".join(inside)), _NONE_IGNORED)
    return {names[name] for name in os.fsdecode(answer).split("\0") if name in names}


def leaves_out_what_is_staged(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a hook runs for `git commit FILE…`, whose index holds these files alone beside the last commit's."""
    return os.path.basename(environment.get("GIT_INDEX_FILE", "")).startswith("next-index-")  # noqa: PTH119


def _git(root: Path, arguments: tuple[str, ...], stdin: bytes, fine: int = 0) -> bytes:
    command = ["git", *arguments]
    try:
        done = subprocess.run(command, cwd=root, env=environment(root), input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        raise MissingError("--staged needs git", hint="install git, or leave out --staged") from None
    if done.returncode not in (0, fine):
        raise MissingError(f"git cannot tell what is staged: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def environment(root: Path) -> Mapping[str, str]:
    """For a git that is asked about `root`: what a hook was told of another repository does not hold there."""
    here = repository_root(Path.cwd())
    return os.environ if here and here.resolve() == root else without_repository(os.environ)
