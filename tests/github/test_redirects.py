"""A repository that was renamed is followed on GitHub's own server, and the token goes to no other."""

import re
from collections.abc import Iterator

import pytest
from fake_github import NEW, NUMBER, Clock, Fault, GitHub
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from nnviz_action.github.comments import Outcome, marker, post
from nnviz_action.github.pulls import pull_of

MARK = marker("nnviz.yaml")
HERE = f"/repos/octo-org/models/issues/{NUMBER}/comments?per_page=100"


def say(github: GitHub, clock: Clock, body: str = "ours") -> Outcome:
    return post(github.run(), NUMBER, "nnviz.yaml", body, patience=clock.patience())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("whole", [True, False], ids=["address", "path"])
def test_a_renamed_repository_is_followed(github: GitHub, clock: Clock, status: int, whole: bool) -> None:
    github.renamed = (status, github.server.url_for("").rstrip("/") if whole else "")
    assert [say(github, clock, body).what for body in ("one", "two", "two")] == ["created", "updated", "unchanged"]
    assert github.bodies() == [f"{MARK}\ntwo"]
    assert clock.slept == []


def test_an_enterprise_server_too(enterprise: GitHub, clock: Clock) -> None:
    enterprise.renamed = (307, "")
    assert say(enterprise, clock).what == "created" and enterprise.bodies() == [f"{MARK}\nours"]


def test_what_is_asked_for_does_not_get_lost_on_the_way(github: GitHub) -> None:
    github.renamed = (301, "")
    github.pull(7, "work", "a" * 40)
    assert pull_of(github.run(event="workflow_run", head_sha="a" * 40, head_ref="work")) == 7
    assert f"GET {NEW}pulls?head=octo-org%3Awork&per_page=100&state=open" in github.log


@pytest.fixture
def elsewhere() -> Iterator[tuple[int, list[str]]]:
    """The port of another server, and what it is asked for."""
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.full_path)
        return Response("[]", content_type="application/json")

    with HTTPServer() as server:
        server.expect_request(re.compile(".*")).respond_with_handler(answer)
        yield server.port, asked


PLACES = [
    "http://localhost:{port}/repos/octo-org/models", "http://127.0.0.1:{port}/x", "//127.0.0.1:{port}/x",
    "http://{own}@127.0.0.1:{port}/x", "http://localhost.evil.example/x", "https://{own}/x", "ftp://{own}/x",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("request_", ["^GET", "^POST /repos", "graphql"])
def test_to_another_server_nothing_is_sent(
    github: GitHub, clock: Clock, elsewhere: tuple[int, list[str]], place: str, status: int, request_: str
) -> None:
    port, asked = elsewhere
    own = github.server.url_for("").rstrip("/").removeprefix("http://")
    github.fail(request_, Fault(status, text="[]", headers={"Location": place.format(port=port, own=own)}))
    outcome = say(github, clock)
    assert (outcome.what, asked, clock.slept) == ("refused", [], []), outcome
    assert "GitHub leads to another server" in outcome.reason and "which gets no token" in outcome.reason


def test_a_way_without_end_is_left(github: GitHub, clock: Clock) -> None:
    github.fail("^GET", *[Fault(301, text="[]", headers={"Location": HERE})] * 30)
    assert say(github, clock).reason == "GitHub leads from one address to the next without end"
    assert len(github.log) == 7, "who we are, and six addresses"
