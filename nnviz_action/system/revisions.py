"""What git is asked about other commits: which one to compare with, and what its files were."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnviz_action.errors import ConfigError, MissingError
from nnviz_action.system.repository import without_repository

_REMOTE = "origin"
_PLAIN = re.compile(r"[^-+:\s][^:\s]*\Z")  # a name that git takes for no option and for nothing to write


@dataclass(frozen=True)
class Touched:
    """A commit that touched a file: its visible parents, when it was committed, the id of the file or nothing."""

    commit: str
    parents: tuple[str, ...]
    date: str
    subject: str
    path: str
    blob: str
    added: bool


class Revisions:
    """The commits of the repository whose folder is `root`."""

    def __init__(self, root: Path, environment: Mapping[str, str] = os.environ) -> None:
        self.root, self.environment = root, environment

    def commit(self, name: str) -> str:
        """The hash of a commit by any of its names, fetched where a shallow clone lacks it.

        Raises `ConfigError` where there is none.
        """
        found = self._known(name) or self._fetched(name)
        if not found:
            trouble = self._run("rev-parse", "--git-dir").stderr.decode("utf-8", "replace").strip()
            if trouble:  # as where the folder belongs to somebody else
                raise ConfigError(f"git does not read this repository: {trouble.splitlines()[0]}", hint="git status")
            if name == "HEAD":
                raise ConfigError("this repository has no commit yet", hint="commit your diagrams first")
            relative = any(mark in name for mark in "~^@{")
            cure = "git fetch --unshallow" if relative else f"git fetch {_REMOTE} {name}"
            hint = f"for a commit that is not here:  {cure}"
            raise ConfigError(f"there is no commit {name!r}", hint=hint)
        return found

    def knows(self, name: str) -> bool:
        """Whether a commit goes by this name here."""
        return bool(self._known(name))

    def fork_point(self, one: str, other: str) -> str:
        """The best common ancestor of two commits; the second one itself where a shallow clone does not reach it."""
        return self._ask("merge-base", one, other) or other

    def base(self) -> tuple[str, str]:
        """The commit that the work on this branch began from, as far as can be told, and what to call it.

        It is where the branch left the main one as the remote has it; where that is HEAD, what is not committed yet
        remains. In a shallow clone of a pull request it is the first parent of the merge commit.
        """
        head = self.commit("HEAD")
        name, target = self._main_branch()
        if self.is_shallow and (self._is_pull_request or not target):
            return self._parent(head)
        found = self.fork_point(head, target) if target else head
        if found == head:
            return head, "HEAD" if name else "HEAD, as no main branch is known here"
        return found, f"where this branch left {name}"

    @property
    def _is_pull_request(self) -> bool:
        """Whether HEAD is the merge that GitHub made of a pull request."""
        return self.environment.get("GITHUB_REF", "").startswith("refs/pull/")

    def _main_branch(self) -> tuple[str, str]:
        """Its name and commit, empty where there is none."""
        wanted = self.environment.get("GITHUB_BASE_REF")
        default = self._ask("symbolic-ref", "--quiet", "--short", f"refs/remotes/{_REMOTE}/HEAD")
        names = [f"{_REMOTE}/{wanted}"] if wanted else []
        names += [default, f"{_REMOTE}/main", f"{_REMOTE}/master", "main", "master"]
        return next(((name, found) for name in names if name and (found := self._known(name))), ("", ""))

    def parents(self, commit: str) -> list[str]:
        """git hides the parents of a shallow commit, but the commit itself still names them."""
        lines = self._ask("cat-file", "commit", commit).partition("\n\n")[0].splitlines()
        return [line.removeprefix("parent ") for line in lines if line.startswith("parent ")]

    def _parent(self, head: str) -> tuple[str, str]:
        parents = self.parents(head)
        return (self.commit(parents[0]), "the parent of HEAD") if parents else (head, "HEAD")

    @property
    def is_shallow(self) -> bool:
        """Whether this clone lacks commits that its own name."""
        return self._ask("rev-parse", "--is-shallow-repository") == "true"

    def _known(self, name: str) -> str:
        return "" if name.startswith("-") else self._ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def _fetched(self, name: str) -> str:
        """One commit alone from where the clone came from; only a shallow clone lacks any."""
        plain = name.removeprefix(f"{_REMOTE}/")
        if not _PLAIN.match(plain) or not self.is_shallow:
            return ""
        done = self._run("fetch", "--quiet", "--no-tags", "--depth=1", "--end-of-options", _REMOTE, plain)
        return self._known("FETCH_HEAD") if done.returncode == 0 else ""

    def files(self, commit: str, name: str) -> dict[str, str]:
        """The paths, from the root, of all files of this name in a commit, with the ids of their contents."""
        listed = os.fsdecode(self._run("ls-tree", "-r", "-z", "--full-tree", commit).stdout).split("\0")
        rows = (row.partition("\t") for row in listed if row)
        return {path: about.split()[2] for about, _, path in rows if path == name or path.endswith(f"/{name}")}

    def log(self, commit: str, path: str) -> Iterator[Touched]:
        """The commits along the first parents that touched a file, the newest first."""
        style = (
            "--format=%H%x09%P%x09%cI%x09%s",
            "--encoding=UTF-8",
            "--no-color",
            "--no-notes",
            "--no-show-signature",
        )
        kind = ("--first-parent", "-m", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff")
        # What people set for themselves: to follow by likeness, and to show merges in another way.
        plain = ("-c", "log.follow=false", "-c", "log.diffMerges=separate")
        done = self._run(*plain, "log", *style, *kind, commit, "--", f":(top,literal){path}")
        head: list[str] = []
        for line in done.stdout.decode("utf-8", "replace").split("\n"):
            if line.startswith(":") and head:
                _, _, _, blob, status = line.partition("\t")[0].split()
                parents = tuple(head[1].split())
                blob = blob if blob.strip("0") else ""
                yield Touched(head[0], parents, head[2], head[3], path, blob, status == "A")
            elif line:
                head = line.split("\t", 3)

    def removed(self, before: str, after: str, name: str) -> dict[str, str]:
        """The files of this name that a commit has and a later one has no more: the ids of their contents by path."""
        options = ("-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=D")
        done = self._run("diff-tree", *options, before, after, "--", f":(top,glob)**/{name}")
        parts = os.fsdecode(done.stdout).split("\0")
        return {path: about.split()[2] for about, path in zip(parts[::2], parts[1::2], strict=False)}

    def read(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The contents of files by id; what is not here is left out."""
        answer = self._run("cat-file", "--batch", input="".join(f"{id_}\n" for id_ in ids).encode()).stdout
        found, place = {}, 0
        for id_ in ids:
            end = answer.find(b"\n", place)
            header, place = answer[place:end].split(), end + 1
            if len(header) == 3 and header[1] == b"blob":
                found[id_] = answer[place : place + int(header[2])]
                place += int(header[2]) + 1
        return found

    def smudged(self, commit: str, path: str) -> bytes:
        """A file as a checkout has it: what a Git LFS pointer stands for, if Git LFS has that here; else nothing."""
        done = self._run("cat-file", "--filters", f"{commit}:{path}")
        return b"" if done.returncode else done.stdout

    def _ask(self, *args: str) -> str:
        done = self._run(*args)
        return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""

    def _run(self, *args: str, input: bytes | None = None) -> "subprocess.CompletedProcess[bytes]":  # noqa: A002
        command = ["git", "-C", str(self.root), *args]
        environment = {**without_repository(self.environment), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            return subprocess.run(command, capture_output=True, check=False, input=input, env=environment)
        except FileNotFoundError:
            raise MissingError("this needs git", hint="install git, and see that it is on the PATH") from None
