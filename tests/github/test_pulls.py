import pytest
from fake_github import REPOSITORY, Clock, Fault, GitHub

from nnviz_action.github.faults import RefusedError
from nnviz_action.github.pulls import base_of, pull_of

SHA, OTHER = "a" * 40, "b" * 40
FORK = "someone/models-fork"


def found(
    github: GitHub, clock: Clock, branch: str = "patch-1", sha: str = SHA, repository: str = FORK
) -> int | None:
    run = github.run(event="workflow_run", number=None, head_sha=sha, head_ref=branch, head_repository=repository)
    return pull_of(run, clock.patience())


def test_a_pull_request_from_a_fork_is_found_by_its_branch(github: GitHub, clock: Clock):
    github.pull(3, "patch-1", SHA, "somebody-else/models")
    github.pull(4, "patch-2", SHA, FORK)
    github.pull(5, "patch-1", SHA, FORK)
    assert found(github, clock) == 5


def test_one_from_the_same_repository_too(github: GitHub, clock: Clock):
    github.pull(5, "patch-1", SHA)
    assert found(github, clock, repository=REPOSITORY) == 5


def test_one_that_moved_on_is_not_found(github: GitHub, clock: Clock):
    github.pull(5, "patch-1", OTHER, FORK)
    assert found(github, clock) is None


def test_its_base_is_what_github_says(github: GitHub, clock: Clock):
    github.pull(5, "patch-1", SHA, FORK)
    known = {"head_sha": SHA, "head_ref": "patch-1", "head_repository": FORK, "number": None}
    run = github.run(event="workflow_run", **known)
    assert base_of(run, clock.patience()) == github.pulls[0]["base"]["sha"]
    assert base_of(github.run(event="pull_request_target", base_sha=OTHER), clock.patience()) == OTHER
    assert base_of(github.run(event="push"), clock.patience()) == ""
    github.pulls[0]["base"]["sha"] = "../../other/repository"
    assert base_of(run, clock.patience()) == ""
    github.fail("GET .*/pulls.*", *[Fault(500)] * 9)
    assert base_of(run, clock.patience()) == ""


def test_nor_one_that_is_closed(github: GitHub, clock: Clock):
    github.pull(5, "patch-1", SHA, FORK, state="closed")
    assert found(github, clock) is None


def test_nor_the_same_commit_in_another_fork_of_the_owner(github: GitHub, clock: Clock):
    github.pull(5, "patch-1", SHA, "someone/second-fork")
    github.pull(6, "patch-1", SHA, "")
    assert found(github, clock) is None


def test_owners_are_known_by_their_names_in_any_case(github: GitHub, clock: Clock):
    github.pull(5, "patch-1", SHA, FORK)
    for pull in github.pulls:
        pull["head"]["repo"]["full_name"] = "Someone/Models-Fork"
    assert found(github, clock) == 5


def test_all_pages_are_searched(github: GitHub, clock: Clock):
    """An owner may have a branch of this name in very many pull requests, to other branches."""
    for number in range(1, 131):
        github.pull(number, "patch-1", SHA if number > 120 else OTHER, FORK)
    assert found(github, clock) == 121


@pytest.mark.parametrize("branch", ["fix/a&b=c", "a#b", "ü", "x?state=closed", "a%20b", "a+b", "a;b"])
def test_a_branch_of_any_name_is_asked_for_by_that_name(github: GitHub, clock: Clock, branch: str):
    github.pull(5, branch, SHA, FORK)
    assert found(github, clock, branch=branch) == 5


def test_without_a_head_there_is_nothing_to_ask(github: GitHub, clock: Clock):
    assert pull_of(github.run(event="workflow_run", number=None), clock.patience()) is None
    assert pull_of(github.run(head_sha=SHA, head_ref="x"), clock.patience()) is None
    assert github.log == []


def test_what_github_does_not_tell_is_an_error_of_ours(github: GitHub, clock: Clock):
    github.fail("pulls", *[Fault(500)] * 9)
    with pytest.raises(RefusedError, match="GitHub has a fault of its own"):
        found(github, clock)


def test_an_enterprise_server_is_asked_below_its_own_path(enterprise: GitHub, clock: Clock):
    enterprise.pull(5, "patch-1", SHA, FORK)
    assert found(enterprise, clock) == 5
    assert enterprise.log[0].startswith("GET /api/v3/repos/")
