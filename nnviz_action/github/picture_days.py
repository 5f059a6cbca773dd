"""The branch of pictures: whether a branch is one, and which of its days go."""

import base64
import hashlib
import re
from datetime import date, timedelta

from github import InputGitTreeElement
from github.GitTreeElement import GitTreeElement

from nnviz_action.github.branch import Branch, Tip
from nnviz_action.github.faults import RefusedError

KEPT = timedelta(days=30)
README = """# Pictures of pull requests, kept by nnviz-action

The comments of nnviz-action show these pictures: diagrams of networks as pull requests would have them, which are in
no other branch. There is a folder for each day, and in it one for each pull request. What is older than 30 days goes
when a new picture comes, and the history of this branch with it.

You may delete this branch at any time. Comments then lack their pictures, and the next run makes the branch anew.
Put nothing else here: as long as there is, nnviz-action leaves the branch alone.
"""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def look(branch: Branch) -> Tip | None:
    """What the branch holds. Raises `RefusedError` where that is not ours."""
    tip = branch.look()
    if tip is None:
        return None
    others = [entry.path for entry in tip.root if not _is_day(entry) and entry.path != "README.md"]
    if others or not _has_our_readme(branch, tip):
        what = f"holds {others[0]!r:.60}" if others else "has no README.md of ours"
        raise RefusedError(
            f"the branch {branch.name} {what}, so it is not only for pictures",
            hint=f"rename that branch, or delete it if nobody needs it: git push origin --delete {branch.name}",
        )
    return tip


def _has_our_readme(branch: Branch, tip: Tip) -> bool:
    """By its first line: another version may say more."""
    shas = [entry.sha for entry in tip.root if entry.path == "README.md" and entry.type == "blob"]
    if not shas or shas[0] == blob_sha(README.encode()):
        return bool(shas)
    text = base64.b64decode(branch.repository.get_git_blob(shas[0]).content)
    return text.splitlines()[:1] == README.encode().splitlines()[:1]


def _is_day(entry: GitTreeElement) -> bool:
    return entry.type == "tree" and bool(_DAY.fullmatch(entry.path))


def drop_old(branch: Branch, tip: Tip, today: date) -> bool:
    """Start the branch anew with the days that are kept, if there are others; whether that was done.

    Nothing is added here: whoever sees an old day drops it first, so what others add at the same time is added to the
    new start.
    """
    first = f"{today - KEPT:%Y-%m-%d}"
    kept = [entry for entry in tip.root if not _is_day(entry) or entry.path >= first]
    if len(kept) == len(tip.root):
        return False
    entries = [InputGitTreeElement(entry.path, entry.mode, entry.type, sha=entry.sha) for entry in kept]
    branch.restart(tip, entries, f"Start anew with the pictures since {first} [skip ci]")
    return True


def blob_sha(data: bytes) -> str:
    """The name that git gives to these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
