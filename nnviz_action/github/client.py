"""GitHub's API by PyGithub, tried again where that helps, within a limit of time.

PyGithub's own retries are switched off: they wait as long as GitHub asks (an hour, if need be), and send a POST again
whose answer was lost, which would make a second comment. Here a whole attempt is made again instead, from looking on,
so an attempt must be one that may be made twice. It runs in a thread that is left behind when the time is over: where
an answer comes byte by byte, a limit on each read is none.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from github import Auth, Github

from nnviz_action import __version__
from nnviz_action.github.environment import Run
from nnviz_action.github.faults import COMMENT, RefusedError, reason, wait_for
from nnviz_action.github.redirects import follow_redirects

T = TypeVar("T")
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)


@dataclass(frozen=True)
class Patience:
    """How long to try: `most` seconds in all, `timeout` for each answer, `between` writes as GitHub wishes."""

    most: float = 60.0
    timeout: int = 10
    between: float = 1.0
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def patiently(run: Run, attempt: Callable[[Github], T], patience: Patience, words: Mapping[int, str] = COMMENT) -> T:
    """What the attempt returns, in the end. Raises `RefusedError`; `words` say what a status means to the attempt."""
    if not run.token:
        raise RefusedError("there is no token", hint="pass one as GITHUB_TOKEN")
    end = patience.clock() + patience.most
    pauses = iter(PAUSES)
    with _client(run, patience) as github:
        while True:
            try:
                return _within(end - patience.clock(), attempt, github)
            except RefusedError:
                raise
            except Exception as error:  # whatever GitHub answers must not end the check
                now = patience.clock()
                patience.sleep(_pause(wait_for(error, now), reason(error, words), next(pauses, None), end - now))


def _within(seconds: float, attempt: Callable[[Github], T], github: Github) -> T:
    """What an attempt returns. Raises what it raises, and `RefusedError` where it takes longer."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(attempt(github))
        except BaseException as error:
            outcome.set_exception(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if not outcome.done():
        raise RefusedError("GitHub's answer took too long")
    return outcome.result()


def _pause(asked: float | None, why: str, pause: float | None, left: float) -> float:
    """Seconds until the next attempt. Raises `RefusedError` where there is none."""
    if asked is None:
        raise RefusedError(why) from None
    wait = max(asked, pause or 0.0)
    if pause is None or wait >= left:
        raise RefusedError(f"{why}, and there was no time to wait for longer") from None
    return wait


def weakness(run: Run) -> str:
    """Why the token of this run may be weak, to be added to a refusal."""
    if run.fork and run.event == "pull_request":
        return "; in a run for a fork the token can only read"
    return (
        "; in a run for Dependabot the token can only read unless `permissions` grants more" if run.dependabot else ""
    )


def _client(run: Run, patience: Patience) -> Github:
    follow_redirects()
    return Github(
        auth=Auth.Token(run.token),
        base_url=run.api,
        timeout=patience.timeout,
        user_agent=f"nnviz-action/{__version__}",
        per_page=100,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=patience.between or None,
        lazy=True,
    )
