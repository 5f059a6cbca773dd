import json
from pathlib import Path

import pytest
from openapi import payloads

from nnviz_action.errors import ConfigError
from nnviz_action.github.environment import Run, read_run
from nnviz_action.github.event import LARGEST, Facts, facts

BASE, HEAD, MERGE, ZEROS = "b" * 40, "a" * 40, "c" * 40, "0" * 40
PULL = {
    "number": 7,
    "base": {"sha": BASE, "ref": "main"},
    "head": {"sha": HEAD, "ref": "patch-1", "repo": {"full_name": "someone/models"}},
}
FROM_FORK = Facts(7, BASE, "main", HEAD, "patch-1", "someone/models")
AFTER = {
    "workflow_run": {"head_sha": HEAD, "head_branch": "patch-1", "head_repository": {"full_name": "someone/models"}}
}
GROUP = {"merge_group": {"base_sha": BASE, "base_ref": "refs/heads/main", "head_sha": HEAD}}


def run(tmp_path: Path, event: str, payload: object = None, **more: str) -> Run:
    """The run that GitHub's runner would describe so."""
    path = tmp_path / "event.json"
    path.write_bytes(payload if isinstance(payload, bytes) else json.dumps(payload).encode())
    given = {"GITHUB_EVENT_NAME": event, "GITHUB_REPOSITORY": "octo-org/models", "GITHUB_EVENT_PATH": str(path)}
    return read_run({**given, "GITHUB_SHA": MERGE, **more})


EVENTS = [
    ("pull_request", {"pull_request": PULL}, FROM_FORK),
    ("pull_request_target", {"pull_request": PULL}, FROM_FORK),
    ("push", {"before": BASE, "after": HEAD, "ref": "refs/heads/main"}, Facts(None, BASE, "", HEAD, "main")),
    ("push", {"before": ZEROS, "after": HEAD, "ref": "refs/heads/new"}, Facts(None, "", "", HEAD, "new")),
    ("merge_group", GROUP, Facts(None, BASE, "main", HEAD)),
    ("workflow_run", AFTER, Facts(None, "", "", HEAD, "patch-1", "someone/models")),
    ("workflow_dispatch", {"inputs": {}, "ref": "refs/heads/main"}, Facts()),
    ("schedule", {"schedule": "0 5 * * *"}, Facts()),
    ("issue_comment", {"issue": {"number": 7, "pull_request": {}}}, Facts()),
]


@pytest.mark.parametrize(("event", "payload", "told"), EVENTS)
def test_what_an_event_tells(event: str, payload: object, told: Facts):
    assert facts(event, payload) == told


@pytest.mark.parametrize("server", ["api.github.com", "ghes-35"])
@pytest.mark.parametrize(
    ("event", "known"),
    [
        ("pull_request", {"number", "base_sha", "base_ref", "head_sha", "head_ref", "head_repository"}),
        ("workflow_run", {"head_sha", "head_ref", "head_repository"}),
        ("merge_group", {"base_sha", "base_ref", "head_sha"}),
    ],
)
def test_githubs_own_payloads_tell_all_of_it(server: str, event: str, known: set[str]):
    examples = payloads(server).get(event, [])
    assert examples or (server, event) == ("ghes-35", "merge_group")
    for example in examples:
        told = facts(event, example)
        assert {name for name in Facts.__dataclass_fields__ if getattr(told, name)} == known


def test_githubs_own_pushes_have_a_base_unless_the_branch_is_new():
    found = {
        (bool(facts("push", e).base_sha), bool(facts("push", e).head_sha)) for e in payloads("api.github.com")["push"]
    }
    assert found <= {(True, True), (True, False), (False, True)} and len(found) > 1


def test_a_run_on_a_pull_request_is_about_its_own_head_not_the_merge(tmp_path: Path):
    found = run(tmp_path, "pull_request", {"pull_request": PULL})
    assert (found.number, found.head_sha, found.base_sha) == (7, HEAD, BASE)
    assert found.fork and not found.dependabot


@pytest.mark.parametrize("event", ["push", "merge_group", "workflow_dispatch", "schedule"])
def test_elsewhere_the_head_is_the_commit_of_the_run(tmp_path: Path, event: str):
    found = run(tmp_path, event, {})
    assert found.head_sha == MERGE and not found.fork and found.number is None


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "workflow_run"])
def test_where_the_head_is_not_told_it_is_not_guessed(tmp_path: Path, event: str):
    found = run(tmp_path, event, {})
    assert found.head_sha == "" and found.fork  # who is not known to be one of us is a stranger


def test_a_branch_of_the_same_repository_is_no_fork(tmp_path: Path):
    own = {**PULL, "head": {**PULL["head"], "repo": {"full_name": "Octo-Org/Models"}}}
    assert not run(tmp_path, "pull_request", {"pull_request": own}).fork


def test_dependabot_is_known_by_its_login(tmp_path: Path):
    assert run(tmp_path, "pull_request", {}, GITHUB_ACTOR="dependabot[bot]").dependabot


def test_addresses_are_those_of_github_unless_the_runner_tells_others(tmp_path: Path):
    found = run(tmp_path, "push", {}, GITHUB_RUN_ID="42")
    assert (found.api, found.url) == ("https://api.github.com", "https://github.com/octo-org/models/actions/runs/42")
    own = {"GITHUB_SERVER_URL": "https://ghe.example/", "GITHUB_API_URL": "https://ghe.example/api/v3"}
    found = run(tmp_path, "push", {}, GITHUB_RUN_ID="42", **own)
    assert (found.api, found.url) == (
        "https://ghe.example/api/v3",
        "https://ghe.example/octo-org/models/actions/runs/42",
    )


def test_files_and_token_come_from_the_environment(tmp_path: Path):
    found = run(tmp_path, "push", {}, GITHUB_TOKEN=" secret\n", GITHUB_STEP_SUMMARY="/s", GITHUB_OUTPUT="/o")
    assert (found.token, found.summary, found.output) == ("secret", Path("/s"), Path("/o"))
    assert "secret" not in repr(found)
    assert run(tmp_path, "push", {}, GITHUB_OUTPUT="").output is None


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"\xff\xfe{", b"[" * 100_000, b'{"a": \x00}', b"9" * 5000], ids=lambda data: repr(data[:9])
)
def test_an_event_that_is_no_json_is_an_error(tmp_path: Path, payload: bytes):
    with pytest.raises(ConfigError, match=r"GITHUB_EVENT_PATH: .*event\.json: not the JSON of an event"):
        run(tmp_path, "pull_request", payload)


def test_nor_is_one_read_that_is_huge_or_not_there(tmp_path: Path):
    with pytest.raises(ConfigError, match="larger than 32 MB"):
        run(tmp_path, "push", b" " * (LARGEST + 1))
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        run(tmp_path, "push", {}, GITHUB_EVENT_PATH=str(tmp_path / "none.json"))
    assert run(tmp_path, "push", {}, GITHUB_EVENT_PATH="").head_sha == MERGE


ODD = [
    None,
    [],
    {},
    5,
    True,
    "x",
    1.5,
    "",
    -1,
    0,
    10**40,
    [[]],
    {"sha": None},
    "A" * 40,
    ZEROS,
    "a/b/c",
    "../..",
    "\ud800",
    "x\ny",
]


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "push", "merge_group", "workflow_run"])
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_what_has_another_form_is_not_known(event: str, odd: object):
    """At every place of every payload."""
    good = next(payload for name, payload, _ in EVENTS if name == event)
    for payload in [odd, *_spoilt(good, odd)]:
        told = facts(event, payload)
        assert told.number in (None, 5, 7)
        assert {told.base_sha, told.head_sha} <= {"", BASE, HEAD}
        assert told.head_repository in ("", "someone/models")
        assert {told.base_ref, told.head_ref} <= {"", "main", "patch-1", "x", "a/b/c", "../..", "A" * 40, ZEROS}


def _spoilt(payload: object, odd: object) -> list[object]:
    """The payload with `odd` in place of each of its parts."""
    if not isinstance(payload, dict):
        return []
    inner = [{**payload, key: part} for key, value in payload.items() for part in [odd, *_spoilt(value, odd)]]
    return [*inner, *({k: v for k, v in payload.items() if k != key} for key in payload)]


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("GITHUB_EVENT_NAME", "", "GITHUB_EVENT_NAME: not set"),
        ("GITHUB_REPOSITORY", "", "GITHUB_REPOSITORY: not set"),
        ("GITHUB_REPOSITORY", "models", "'models' is not what GitHub writes there"),
        ("GITHUB_REPOSITORY", "a/b/../../c", "is not what GitHub writes there"),
        ("GITHUB_REPOSITORY", "a/..", "is not what GitHub writes there"),
        ("GITHUB_API_URL", "file:///etc/passwd", "GITHUB_API_URL: 'file:///etc/passwd' is no address"),
        ("GITHUB_SERVER_URL", "https://x)[", "GITHUB_SERVER_URL: 'https://x)[' is no address"),
    ],
)
def test_an_environment_that_is_no_jobs_is_an_error(tmp_path: Path, name: str, value: str, error: str):
    with pytest.raises(ConfigError) as caught:
        run(tmp_path, "push", {}, **{name: value})
    assert error in caught.value.message and caught.value.hint
