"""The event that a job runs for → the few facts that we use of it.

A webhook's payload comes from GitHub, but its texts (names of branches) come from anybody, and other runners write
their own. So each fact is taken only if it has the form that it must have; otherwise it is unknown, which is "".
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnviz_action.errors import ConfigError

LARGEST = 32_000_000  # bytes; GitHub itself sends no payload of more than 25 MB
COMMIT = re.compile(r"(?!0+\Z)([0-9a-f]{40}|[0-9a-f]{64})")  # all zeros: there is no such commit
REPOSITORY = re.compile(r"[A-Za-z0-9][\w-]*/(?!\.\.?\Z)[\w.-]{1,100}", re.ASCII)
_REF = re.compile(r"[^\s\x00-\x1f\x7f~^:?*\[\\\ud800-\udfff]{1,300}")  # what git allows, and no half of a character


@dataclass(frozen=True)
class Facts:
    """What an event tells: the pull request's number, both ends, and the repository that the head is in."""

    number: int | None = None
    base_sha: str = ""
    base_ref: str = ""
    head_sha: str = ""
    head_ref: str = ""
    head_repository: str = ""


def read_payload(path: Path) -> Any:
    """The JSON in the event's file. Raises `ConfigError`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise ConfigError(f"GITHUB_EVENT_PATH: {path}: larger than {LARGEST // 1_000_000} MB", hint=_HINT)
        return json.loads(data)
    except OSError as error:
        raise ConfigError(f"GITHUB_EVENT_PATH: {path}: cannot be read: {error.strerror}", hint=_HINT) from None
    except (ValueError, RecursionError):
        raise ConfigError(f"GITHUB_EVENT_PATH: {path}: not the JSON of an event", hint=_HINT) from None


_HINT = "GitHub's runner writes this file: see that no step before changed it"


def facts(event: str, payload: Any) -> Facts:
    """What the payload of this event tells; nothing where the event has no ends, or the payload is none."""
    return READERS.get(event, lambda _: Facts())(payload)


def _pull_request(payload: Any) -> Facts:
    return Facts(
        number=_number(_at(payload, "pull_request", "number")),
        base_sha=_text(COMMIT, payload, "pull_request", "base", "sha"),
        base_ref=_text(_REF, payload, "pull_request", "base", "ref"),
        head_sha=_text(COMMIT, payload, "pull_request", "head", "sha"),
        head_ref=_text(_REF, payload, "pull_request", "head", "ref"),
        head_repository=_text(REPOSITORY, payload, "pull_request", "head", "repo", "full_name"),
    )


def _push(payload: Any) -> Facts:
    """`before` is all zeros for a new branch: then there is no base."""
    return Facts(
        base_sha=_text(COMMIT, payload, "before"),
        head_sha=_text(COMMIT, payload, "after"),
        head_ref=_text(_REF, payload, "ref").removeprefix("refs/heads/"),
    )


def _merge_group(payload: Any) -> Facts:
    return Facts(
        base_sha=_text(COMMIT, payload, "merge_group", "base_sha"),
        base_ref=_text(_REF, payload, "merge_group", "base_ref").removeprefix("refs/heads/"),
        head_sha=_text(COMMIT, payload, "merge_group", "head_sha"),
    )


def _workflow_run(payload: Any) -> Facts:
    """The run that this one follows. Its list of pull requests is empty for forks, so no number is taken from it."""
    return Facts(
        head_sha=_text(COMMIT, payload, "workflow_run", "head_sha"),
        head_ref=_text(_REF, payload, "workflow_run", "head_branch"),
        head_repository=_text(REPOSITORY, payload, "workflow_run", "head_repository", "full_name"),
    )


READERS: dict[str, Callable[[Any], Facts]] = {
    "pull_request": _pull_request,
    "pull_request_target": _pull_request,
    "push": _push,
    "merge_group": _merge_group,
    "workflow_run": _workflow_run,
}


def _at(payload: Any, *path: str) -> Any:
    for key in path:
        payload = payload.get(key) if isinstance(payload, dict) else None
    return payload


def _text(form: re.Pattern[str], payload: Any, *path: str) -> str:
    found = _at(payload, *path)
    return found if isinstance(found, str) and form.fullmatch(found) else ""


def _number(found: Any) -> int | None:
    return found if type(found) is int and 0 < found < 2**53 else None
