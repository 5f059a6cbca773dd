"""A branch of the repository, written by GitHub's Git data API: no clone, and no git on this machine.

It is written by compare and swap: a commit goes on top of what was seen, and the branch takes it only if
that still is its tip. The one thing that GitHub does not do so is to replace a branch's history.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from github import GithubException, InputGitTreeElement
from github.GitCommit import GitCommit
from github.GithubObject import NotSet
from github.GitRef import GitRef
from github.GitTreeElement import GitTreeElement
from github.Repository import Repository

from nnviz_action.github.faults import MovedError


@dataclass(frozen=True)
class Tip:
    """What a branch holds: all its entries, or where these are more than GitHub tells at once, those of its root."""

    ref: GitRef
    commit: GitCommit
    entries: tuple[GitTreeElement, ...]

    @property
    def root(self) -> list[GitTreeElement]:
        """The entries at the root."""
        return [entry for entry in self.entries if "/" not in entry.path]


@dataclass(frozen=True)
class Branch:
    """A branch by its name; no other ref is ever written."""

    repository: Repository
    name: str

    def look(self) -> Tip | None:
        """What is there now; None where there is no such branch."""
        ref = self._ref()
        if ref is None:
            return None
        commit = self.repository.get_git_commit(ref.object.sha)
        tree = self.repository.get_git_tree(commit.tree.sha, recursive=True)
        if tree.truncated:
            tree = self.repository.get_git_tree(commit.tree.sha)
        return Tip(ref, commit, tuple(tree.tree))

    def add(self, tip: Tip | None, entries: Sequence[InputGitTreeElement], message: str) -> None:
        """A commit with these entries on top of `tip`; without one, the first of a new branch.

        Looks again afterwards, as somebody may just have started the branch anew. Raises `MovedError`.
        """
        tree = self.repository.create_git_tree(list(entries), tip.commit.tree if tip else NotSet)
        commit = self.repository.create_git_commit(message, tree, [tip.commit] if tip else [])
        self._move(tip, commit, force=False)
        if self._at() != commit.sha:
            raise self._moved()

    def restart(self, tip: Tip, entries: Sequence[InputGitTreeElement], message: str) -> None:
        """A commit with these entries alone and no parent, in the place of all there is. Raises `MovedError`.

        GitHub would do this whatever the branch holds by then, so the last look is as late as can be.
        """
        tree = self.repository.create_git_tree(list(entries))
        commit = self.repository.create_git_commit(message, tree, [])
        if self._at() != tip.commit.sha:
            raise self._moved()
        self._move(tip, commit, force=True)

    def _move(self, tip: Tip | None, commit: GitCommit, force: bool) -> None:
        try:
            if tip is None:
                self.repository.create_git_ref(f"refs/heads/{self.name}", commit.sha)
            else:
                tip.ref.edit(commit.sha, force=force)
        except GithubException as error:
            # 422 is also the answer of a branch that is protected: then it is where it was.
            seen = tip.commit.sha if tip else ""
            if error.status == 409 or (error.status == 422 and self._at() != seen):
                raise self._moved() from None
            raise

    def _moved(self) -> MovedError:
        return MovedError(f"others write to the branch {self.name} all the time")

    def _at(self) -> str:
        ref = self._ref()
        return ref.object.sha if ref else ""

    def _ref(self) -> GitRef | None:
        try:
            return self.repository.get_git_ref(f"heads/{self.name}").complete()
        except GithubException as error:
            if error.status == 404:
                return None
            raise
