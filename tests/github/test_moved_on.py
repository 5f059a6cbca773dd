"""An old job that is run again, or is late, leaves the comment to the run of the pull request's head."""

import threading

import pytest
from fake_github import BOT, NUMBER, Clock, Fault, GitHub

from nnviz_action.github.comments import Outcome, marker, post
from nnviz_action.github.environment import Run

MARK = marker("nnviz.yaml")
OLD, NEW = "a" * 40, "b" * 40
PULL = f"GET /repos/octo-org/models/pulls/{NUMBER}"
EVENTS = ["pull_request", "pull_request_target", "workflow_run"]


def say(github: GitHub, run: Run, clock: Clock | None = None, **rest) -> Outcome:
    return post(run, NUMBER, "nnviz.yaml", "ours", patience=(clock or Clock()).patience(), **rest)


@pytest.fixture
def moved(github: GitHub) -> GitHub:
    github.pull(NUMBER, "patch-1", NEW)
    return github


@pytest.mark.parametrize("event", EVENTS)
def test_an_old_run_leaves_the_newer_comment(moved: GitHub, event: str):
    moved.comment(BOT, f"{MARK}\nof the head")
    assert say(moved, moved.run(event=event, head_sha=OLD)) == Outcome("outdated", head=NEW)
    assert moved.writes() == []


def test_nor_does_it_make_one(moved: GitHub):
    assert say(moved, moved.run(head_sha=OLD)) == Outcome("outdated", head=NEW)
    assert moved.writes() == []


@pytest.mark.parametrize("event", EVENTS)
def test_the_run_of_the_head_comments(moved: GitHub, event: str):
    assert say(moved, moved.run(event=event, head_sha=NEW)).what == "created"
    assert say(moved, moved.run(event=event, head_sha=NEW)).what == "unchanged"


@pytest.mark.parametrize("known", [{"head_sha": ""}, {"event": "push", "head_sha": OLD}])
def test_where_the_head_is_not_known_nothing_is_asked(moved: GitHub, known: dict[str, str]):
    assert say(moved, moved.run(**known)).what == "created"
    assert PULL not in moved.log


def test_where_there_is_nothing_to_say_neither(moved: GitHub):
    assert say(moved, moved.run(head_sha=OLD), opens=False) == Outcome("none")
    assert PULL not in moved.log


def test_a_head_that_moves_between_two_attempts_is_seen(github: GitHub, clock: Clock):
    github.pull(NUMBER, "patch-1", OLD)
    github.fail("^POST /repos", Fault(502))
    github.after("^POST /repos", lambda: github.pulls[0]["head"].update(sha=NEW))
    assert say(github, github.run(head_sha=OLD), clock).what == "outdated"
    assert clock.slept == [1] and github.bodies() == []


def test_a_fault_of_the_look_passes(moved: GitHub, clock: Clock):
    moved.fail(PULL, Fault(502), Fault(429, "slow down", {"Retry-After": "20"}))
    assert say(moved, moved.run(head_sha=NEW), clock).what == "created"
    assert clock.slept == [1, 20] and moved.bodies() == [f"{MARK}\nours"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(403, "Forbidden"), "the token may not do this (403: Forbidden)"),
        (Fault(404, "Not Found"), "GitHub finds no such pull request, or the token may not see it (404: Not Found)"),
        (Fault(200, text="{}"), "GitHub's answer makes no sense (AttributeError)"),
    ],
)
def test_without_the_look_nothing_is_written(moved: GitHub, fault: Fault, reason: str):
    moved.fail(PULL, fault)
    assert say(moved, moved.run(head_sha=NEW)) == Outcome("refused", reason=reason)
    assert moved.writes() == []


def test_racing_jobs_of_the_head_end_with_one_comment(moved: GitHub):
    moved.together = threading.Barrier(2)
    outcomes: list[Outcome] = []
    jobs = [threading.Thread(target=lambda: outcomes.append(say(moved, moved.run(head_sha=NEW)))) for _ in range(2)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert len({outcome.url for outcome in outcomes}) == 1
    first, other = moved.bodies()
    assert first == f"{MARK}\nours" and "This is continued" in other
