"""Pictures that nobody committed, put on a branch of their own, so that a comment can show them.

The branch holds `2026-11-24/7/<digest>.png`: the day on which a run last showed the picture, the pull request, the
picture's own digest. A name is never used for another picture, as GitHub's image proxy would go on showing the first.
Days older than `KEPT` go, and with them the history. A picture goes with its day even if a comment still shows it,
that is, if nothing ran on the pull request for so long: its next run brings it back under the new day.

What is pushed with a job's own token starts no workflow
(https://docs.github.com/actions/concepts/security/github_token); `[skip ci]` is for other tokens and other services.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from github import InputGitTreeElement

from nnviz_action.github.branch import Branch
from nnviz_action.github.client import Patience, patiently, weakness
from nnviz_action.github.environment import Run
from nnviz_action.github.faults import RefusedError
from nnviz_action.github.picture_days import README, blob_sha, drop_old, look

MOST_FILES, MOST_BYTES = 20, 5_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_WORDS = {
    401: "GitHub does not accept the token",
    403: "the token may not write to the repository, which takes `contents: write`",
    404: "GitHub finds no such repository, or the token may not write to it",
    409: "the repository is empty",
    422: "GitHub does not take the pictures",
}


@dataclass(frozen=True)
class Published:
    """Where pictures are: `folder` of a branch, and there by the names that they were given; `left` says why not all.

    An address that shows one is `SERVER/REPOSITORY/blob/BRANCH/FOLDER/NAME?raw=true`. It is one by branch, as commits
    of the branch do not last.
    """

    repository: str
    branch: str
    folder: str
    names: Mapping[str, str]
    left: Mapping[str, str]


def publish(
    run: Run,
    number: int,
    files: Mapping[str, bytes],
    *,
    today: date,
    branch: str = "nnviz-pictures",
    patience: Patience | None = None,
) -> Published:
    """Put PNG files of a pull request on the branch, of many the first ones. Raises `RefusedError`.

    `today` in UTC, so that all runners agree on it.
    """
    left = _left(files)
    fitting = {name: data for name, data in files.items() if name not in left}
    names = {name: f"{hashlib.sha256(data).hexdigest()[:32]}.png" for name, data in fitting.items()}
    folder = f"{today:%Y-%m-%d}/{number}"
    wish = _Wish(today, number, {f"{folder}/{names[name]}": data for name, data in fitting.items()})
    if wish.files:
        try:
            patiently(
                run,
                lambda github: _settle(Branch(github.get_repo(run.repository), branch), wish),
                patience or Patience(most=120.0, timeout=30),
                _WORDS,
            )
        except RefusedError as refusal:
            if refusal.hint:
                raise
            raise RefusedError(f"{refusal.message}{weakness(run)}") from None
    return Published(run.repository, branch, folder, names, left)


@dataclass(frozen=True)
class _Wish:
    """What is to be on the branch, by path; `uploaded` are the blobs that GitHub has, seen or sent by any attempt."""

    today: date
    number: int
    files: Mapping[str, bytes]
    uploaded: set[str] = field(default_factory=set)


def _left(files: Mapping[str, bytes]) -> dict[str, str]:
    """What is not taken, and why."""
    left, count, room = {}, 0, MOST_BYTES
    for name, data in files.items():
        if not data.startswith(_PNG):
            left[name] = "it is no PNG"
        elif count == MOST_FILES:
            left[name] = f"a run has room for {MOST_FILES} pictures"
        elif len(data) > room:
            left[name] = f"a run has room for {MOST_BYTES // 1_000_000} MB of pictures"
        else:
            count, room = count + 1, room - len(data)
    return left


def _settle(branch: Branch, wish: _Wish) -> None:
    """One attempt; made again it finds what it wrote before."""
    tip = look(branch)
    if tip and drop_old(branch, tip, wish.today):
        tip = look(branch)
    there = {entry.path: entry.sha for entry in tip.entries} if tip else {}
    wish.uploaded.update(there.values())
    if all(there.get(path) == blob_sha(data) for path, data in wish.files.items()):
        return
    entries = [
        InputGitTreeElement(path, "100644", "blob", sha=_upload(branch, data, wish.uploaded))
        for path, data in wish.files.items()
    ]
    if tip is None:
        entries.append(InputGitTreeElement("README.md", "100644", "blob", content=README))
    branch.add(tip, entries, f"Add pictures of pull request {wish.number} [skip ci]")


def _upload(branch: Branch, data: bytes, uploaded: set[str]) -> str:
    """The blob's name; sent only where GitHub does not have it."""
    sha = blob_sha(data)
    if sha not in uploaded:
        branch.repository.create_git_blob(base64.b64encode(data).decode(), "base64")
        uploaded.add(sha)
    return sha
