"""Which pull request a run is about, and whether it still is at the commit of that run."""

from github import Github
from github.PullRequest import PullRequest

from nnviz_action.github.client import Patience, patiently
from nnviz_action.github.environment import Run
from nnviz_action.github.event import COMMIT
from nnviz_action.github.faults import RefusedError


def pull_of(run: Run, patience: Patience | None = None) -> int | None:
    """The open pull request whose head is what the workflow before this one ran on; None if it has moved on.

    Asked of GitHub by the branch, as the event lists no pull requests of forks, and as GitHub finds none by a commit
    that only a fork has. Of several for one branch it is the oldest. Raises `RefusedError`.
    """
    if run.event != "workflow_run" or not (run.head_sha and run.head_ref and run.head_repository):
        return None
    pull = patiently(run, lambda github: _find(github, run), patience or Patience())
    return pull.number if pull else None


def base_of(run: Run, patience: Patience | None = None) -> str:
    """The commit that GitHub names as the base of the run's pull request; "" where it is of none, or GitHub does not
    say. Whatever a report claims, what was before is there."""
    if run.base_sha or run.event != "workflow_run" or not (run.head_sha and run.head_ref and run.head_repository):
        return run.base_sha
    try:
        pull = patiently(run, lambda github: _find(github, run), patience or Patience())
    except RefusedError:
        return ""
    return pull.base.sha if pull and COMMIT.fullmatch(pull.base.sha) else ""


def moved_on_to(github: Github, run: Run, number: int) -> str:
    """The commit that the pull request is at now, where that is another than the one of this run; else ""."""
    if not run.pull_head:
        return ""
    now = github.get_repo(run.repository).get_pull(number).head.sha
    return "" if now == run.pull_head else now


def _find(github: Github, run: Run) -> PullRequest | None:
    branch = f"{run.head_repository.partition('/')[0]}:{run.head_ref}"
    pulls = github.get_repo(run.repository).get_pulls(state="open", head=branch)
    return min((pull for pull in pulls if _is_at(pull, run)), key=lambda pull: pull.number, default=None)


def _is_at(pull: PullRequest, run: Run) -> bool:
    """Whether its head is this very commit in this very repository: an owner may have several forks."""
    found = _repository(pull.head.repo)
    return pull.head.sha == run.head_sha and found.casefold() == run.head_repository.casefold()


def _repository(repository: object) -> str:
    return str(getattr(repository, "full_name", "") or "")
