"""Whatever GitHub does: no duplicate, no lost comment, never an exception."""

import json
import socket
from dataclasses import replace

import pytest
from fake_github import BOT, NUMBER, Clock, Fault, GitHub
from github import GithubException

from nnviz_action.github.comments import Outcome, marker, post
from nnviz_action.github.environment import Run
from nnviz_action.github.faults import message

MARK = marker("nnviz.yaml")
READS, WRITES, WHO = "^GET", "^(POST|PATCH) /repos", "graphql"
FORK = "Resource not accessible by integration"
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


def say(github: GitHub, clock: Clock, body: str = "ours", run: Run | None = None, **limits) -> Outcome:
    return post(run or github.run(), NUMBER, "nnviz.yaml", body, patience=clock.patience(**limits))


REFUSALS = [
    (Fault(401, "Bad credentials"), "GitHub does not accept the token (401: Bad credentials)"),
    (Fault(403, FORK), f"the token may not do this (403: {FORK})"),
    (Fault(404, "Not Found"), "GitHub finds no such pull request, or the token may not see it (404: Not Found)"),
    (Fault(410, "This issue was deleted"), "the conversation is gone (410: This issue was deleted)"),
    (Fault(422, "Validation Failed"), "GitHub does not take the comment (422: Validation Failed)"),
    (
        Fault(403, "issue is locked\n::error::x\x1b[2J"),
        "the token may not do this (403: issue is locked ::error::x[2J)",
    ),
    (Fault(418, text="short and stout"), "GitHub refused (418)"),
]


@pytest.mark.parametrize(("fault", "reason"), REFUSALS, ids=lambda value: str(getattr(value, "status", "")))
def test_what_will_not_get_better_is_told_and_not_tried_again(
    github: GitHub, clock: Clock, fault: Fault, reason: str
):
    github.comment(BOT, f"{MARK}\nold")
    github.fail(WRITES, fault)
    assert say(github, clock) == Outcome("refused", reason=reason)
    assert clock.slept == [] and github.bodies() == [f"{MARK}\nold"]


@pytest.mark.parametrize("request_", [READS, WRITES, WHO])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_fault_of_githubs_own_passes(github: GitHub, clock: Clock, status: int, request_: str):
    github.fail(request_, Fault(status), Fault(status), Fault(status))
    assert say(github, clock).what == "created"
    assert clock.slept == [1, 2, 4] and github.bodies() == [f"{MARK}\nours"]


def test_a_comment_whose_answer_got_lost_is_not_made_again(github: GitHub, clock: Clock):
    github.fail("^POST /repos", Fault(502, late=True))
    assert say(github, clock).what == "unchanged"
    assert github.bodies() == [f"{MARK}\nours"]


def test_an_edit_whose_answer_got_lost_is_no_harm(github: GitHub, clock: Clock):
    github.comment(BOT, f"{MARK}\nold")
    github.fail("^PATCH", Fault(502, late=True))
    assert say(github, clock).what == "unchanged"
    assert github.bodies() == [f"{MARK}\nours"]


def test_a_page_that_is_cut_off_is_asked_for_again(github: GitHub, clock: Clock):
    github.comment(BOT, f"{MARK}\nold")
    github.fail(READS, Fault(500, text='[{"id": 1, "body'))
    assert say(github, clock).what == "updated" and clock.slept == [1]


def test_faults_that_stay_end_in_a_refusal_within_a_minute(github: GitHub, clock: Clock):
    github.fail(READS, *[Fault(500)] * 20)
    outcome = say(github, clock)
    assert outcome == Outcome("refused", reason="GitHub has a fault of its own (500: Server Error), and there was no time to wait for longer")  # fmt: skip
    assert clock.slept == [1, 2, 4, 8, 16] and len(github.log) == 12


LIMITS = [
    Fault(429, "Too many requests", {"Retry-After": "20"}),
    Fault(403, SECONDARY, {"Retry-After": "20"}),
    Fault(403, "Forbidden", {"Retry-After": "20"}),
    Fault(
        403,
        "API rate limit exceeded for installation",
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000019"},
    ),
]


@pytest.mark.parametrize("fault", LIMITS, ids=lambda fault: fault.message[:16])
@pytest.mark.parametrize("request_", [READS, WRITES])
def test_a_rate_limit_is_waited_for_as_long_as_github_asks(github: GitHub, clock: Clock, fault: Fault, request_: str):
    github.fail(request_, fault)
    assert say(github, clock).what == "created"
    assert clock.slept == [20] and len(github.bodies()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "3600"},
        {"Retry-After": "9" * 400},
        {"Retry-After": "-1"},
        {"Retry-After": "tomorrow"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700003600"},
        {"X-RateLimit-Remaining": "0"},
        {},
    ],
    ids=str,
)
def test_nobody_waits_longer_than_a_minute(github: GitHub, clock: Clock, headers: dict[str, str]):
    """Without a word on how long, GitHub wants a minute at least."""
    github.fail(WRITES, Fault(403, SECONDARY, headers))
    outcome = say(github, clock)
    assert outcome.what == "refused" and outcome.reason.startswith(
        "GitHub limits our requests (403: You have exceeded"
    )
    assert clock.slept == []


def test_rate_limits_one_after_the_other_share_the_minute(github: GitHub, clock: Clock):
    github.fail(READS, *[Fault(429, "slow down", {"Retry-After": "25"})] * 5)
    assert say(github, clock).what == "refused" and clock.slept == [25, 25]


def test_an_answer_that_comes_too_late_is_asked_for_again(github: GitHub, clock: Clock):
    github.fail("^POST /repos", Fault(404, late=True, delay=1.4))  # which, in time, would be the end of it
    assert say(github, clock, timeout=1).what == "unchanged"
    assert clock.slept == [1] and github.bodies() == [f"{MARK}\nours"]


def test_no_server_at_all(github: GitHub, clock: Clock):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        run = replace(github.run(), api=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        outcome = say(github, clock, run=run)
    assert outcome.reason == "GitHub cannot be reached (ConnectionError), and there was no time to wait for longer"
    assert sum(clock.slept) == 31


def test_without_a_token_github_is_not_asked(github: GitHub, clock: Clock):
    assert say(github, clock, run=replace(github.run(), token="")) == Outcome("refused", reason="there is no token")
    assert github.log == []


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"head_repository": "someone/models"}, "; in a run for a fork the token can only read"),
        ({"actor": "dependabot[bot]"}, "; in a run for Dependabot the token can only read unless `permissions` grants more"),
        ({}, ""),
    ],
)  # fmt: skip
def test_a_refusal_tells_why_the_token_is_weak(github: GitHub, clock: Clock, known: dict[str, str], reason: str):
    github.fail(WRITES, Fault(403, FORK))
    outcome = say(github, clock, run=github.run(**known))
    assert outcome.reason == f"the token may not do this (403: {FORK}){reason}"


def test_where_github_does_not_tell_who_we_are_the_runner_comments(github: GitHub, clock: Clock):
    github.comment(BOT, f"{MARK}\nold")
    github.fail(WHO, Fault(403, FORK))
    assert say(github, clock).what == "updated"


def test_an_app_that_github_does_not_name_finds_what_it_wrote_after_all(github: GitHub, clock: Clock):
    """The new comment tells who wrote it."""
    github.login = "an-app[bot]"
    github.comment("an-app[bot]", f"{MARK}\nold")
    github.fail(WHO, Fault(403, FORK))
    assert say(github, clock).url.endswith("-1")
    assert github.bodies("an-app[bot]")[0] == f"{MARK}\nours"


@pytest.mark.parametrize(
    "text", ["<html>Please log in to this network", '{"no": "list"}', "[5]", '[{"id": "x"}]', "null7"]
)
def test_an_answer_that_is_none_of_githubs_is_a_refusal(github: GitHub, clock: Clock, text: str):
    github.fail(READS, *[Fault(200, text=text)] * 9)
    outcome = say(github, clock)
    assert outcome.what == "refused" and outcome.reason and github.writes() == []


def test_a_link_to_another_server_is_not_followed(github: GitHub, clock: Clock):
    """The token would go there."""
    page = json.dumps(github.description.example("issue-comment-items"))
    github.fail(READS, Fault(200, text=page, headers={"Link": '<https://evil.example/x?page=2>; rel="next"'}))
    outcome = say(github, clock)
    assert outcome.what == "refused" and outcome.reason == "GitHub's answer makes no sense (AssertionError)"


@pytest.mark.parametrize("data", [None, [], "text", {"message": None}, {"message": ["x"]}, {"message": 5}], ids=str)
def test_a_message_of_another_form_is_none(data: object):
    assert message(GithubException(400, data, {})) == ""


def test_the_token_is_in_no_text(github: GitHub):
    assert "a token" not in repr(github.run())
