"""The one comment that a config has on a pull request.

It is known by its first line, which readers do not see, and by its author, as anybody can write that line. Where two
jobs raced, the oldest comment stays the one, and the others are reduced to a line that leads to it. None is deleted.
A run of a commit that is the head no more (an old job that was run again) writes nothing.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from github import Github, GithubException
from github.Issue import Issue
from github.IssueComment import IssueComment

from nnviz_action.github.client import Patience, patiently, weakness
from nnviz_action.github.environment import Run
from nnviz_action.github.faults import MovedError, RefusedError, limited
from nnviz_action.github.pulls import moved_on_to

ACTIONS = "github-actions[bot]"  # who comments with the token that each job gets
_WHO = "query { viewer { login } }"  # GET /user knows people only, this also an app's token


@dataclass(frozen=True)
class Outcome:
    """What became of the comment; `none`: there is none, and nothing to say. `url` is that of the comment.

    `outdated`: it is left to the run of the pull request's head, which is now `head`.
    """

    what: Literal["created", "updated", "unchanged", "none", "outdated", "refused"]
    url: str = ""
    reason: str = ""
    head: str = ""


def marker(config: str) -> str:
    """The first line of the comment of this config, a path from the repository's root."""
    return f"<!-- nnviz-action config={quote(config).replace('--', '%2D%2D')} -->"


def post(
    run: Run, number: int, config: str, body: str, *, opens: bool = True, patience: Patience | None = None
) -> Outcome:
    """Bring the comment of `config` on pull request `number` up to date; with `opens` make one where there is none.

    Never raises for what GitHub does: then the outcome is `refused`, with the reason.
    """
    place = _Place(run, number, marker(config))
    try:
        return patiently(run, lambda github: _settle(github, place, body, opens), patience or Patience())
    except RefusedError as refusal:
        return Outcome("refused", reason=f"{refusal.message}{weakness(run)}")


@dataclass(frozen=True)
class _Place:
    """Where the comment belongs, and how it begins."""

    run: Run
    number: int
    mark: str

    def url(self, comment: IssueComment) -> str:
        """Its address, put together here: this goes into other comments."""
        return f"{self.run.server}/{self.run.repository}/pull/{self.number}#issuecomment-{comment.id}"


def _settle(github: Github, place: _Place, body: str, opens: bool) -> Outcome:
    """One attempt; made again it finds what it made before."""
    issue = github.get_repo(place.run.repository).get_issue(place.number)
    text = f"{place.mark}\n{body}"
    copies = _copies(issue, place, _own_login(github))
    if not copies and not opens:
        return Outcome("none")
    if head := moved_on_to(github, place.run, place.number):
        return Outcome("outdated", head=head)
    try:
        return _bring_up_to_date(copies, place, text) if copies else _make(issue, place, text)
    except GithubException as error:
        if error.status == 404 and copies and not _are_there(copies, issue):
            raise MovedError("somebody deletes the comment each time that it is written") from None
        raise


def _make(issue: Issue, place: _Place, text: str) -> Outcome:
    made = issue.create_comment(text)
    return _after(made, _copies(issue, place, made.user.login), place, text)


def _are_there(copies: list[IssueComment], issue: Issue) -> bool:
    """Whether all are there still: GitHub tells of a comment that is gone as of one that may not be seen."""
    return {copy.id for copy in copies} <= {comment.id for comment in issue.get_comments()}


def _bring_up_to_date(copies: list[IssueComment], place: _Place, text: str) -> Outcome:
    first = copies[0]
    changed = _write(first, text)
    _reduce(copies[1:], first, place)
    return Outcome("updated" if changed else "unchanged", place.url(first))


def _after(made: IssueComment, copies: list[IssueComment], place: _Place, text: str) -> Outcome:
    """Look again: another job may have found no comment either. The oldest of both stays."""
    older = [copy for copy in copies if copy.id < made.id]
    if older:
        return _bring_up_to_date([*older, made], place, text)
    _reduce([copy for copy in copies if copy.id > made.id], made, place)
    return Outcome("created", place.url(made))


def _reduce(others: list[IssueComment], first: IssueComment, place: _Place) -> None:
    for other in others:
        _write(other, f"{place.mark}\nThis is continued [in an older comment]({place.url(first)}).")


def _write(comment: IssueComment, text: str) -> bool:
    """Whether it had to be written."""
    if _plain(comment.body) == _plain(text):
        return False
    comment.edit(text)
    return True


def _copies(issue: Issue, place: _Place, author: str) -> list[IssueComment]:
    """Our comments for this config, oldest first."""
    found = [c for c in issue.get_comments() if _is_by(c, author) and _plain(c.body).split("\n")[0] == place.mark]
    return sorted(found, key=lambda comment: comment.id)


def _is_by(comment: IssueComment, login: str) -> bool:
    """Whether this user wrote it; whoever deleted their account is no user any more."""
    user = comment.user
    return bool(user) and user.login.casefold() == login.casefold()


def _plain(body: str | None) -> str:
    """The text without what GitHub's editor does to the ends of lines."""
    return "\n".join((body or "").split("\r\n")).strip()


def _own_login(github: Github) -> str:
    """Who comments with this token; the runner's own where GitHub does not tell."""
    try:
        _, answer = github.requester.graphql_query(_WHO, {})
        return str(answer["data"]["viewer"]["login"])
    except GithubException as error:
        if error.status == 401 or error.status >= 500 or limited(error):
            raise
        return ACTIONS
    except (KeyError, TypeError):
        return ACTIONS
