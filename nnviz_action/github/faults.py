"""What went wrong between us and GitHub's API: in words, and whether to try again."""

from collections.abc import Mapping
from typing import Any

import requests
from github import GithubException

from nnviz_action.errors import NnvizError

MINUTE = 60.0  # what GitHub asks for where it limits requests and does not say how long
_LIMITED = ("rate limit", "please wait a few minutes", "please retry your request again later", "abuse detection")
COMMENT = {  # what a status means where a comment is written; other modules have words of their own
    401: "GitHub does not accept the token",
    403: "the token may not do this",
    404: "GitHub finds no such pull request, or the token may not see it",
    410: "the conversation is gone",
    422: "GitHub does not take the comment",
}


class RefusedError(NnvizError):
    """GitHub did not do what we asked, for a reason that trying again does not mend."""

    exit_code = 4


class MovedError(NnvizError):
    """Somebody else wrote what we were about to write; from a new look on it may succeed."""


def wait_for(error: Exception, now: float) -> float | None:
    """Seconds after which the same request may succeed, at least; None where it will not. `now` in Unix time."""
    if isinstance(error, GithubException):
        if limited(error):
            return _asked(error.headers or {}, now)
        return 0.0 if error.status >= 500 else None
    if isinstance(error, requests.exceptions.SSLError):
        return None
    # A ValueError is an answer that was cut off: no JSON.
    return 0.0 if isinstance(error, (MovedError, requests.exceptions.RequestException, ValueError)) else None


def reason(error: Exception, words: Mapping[int, str] = COMMENT) -> str:
    """A fault in one line; `words` say what a status means."""
    if isinstance(error, MovedError):
        return error.message
    if isinstance(error, GithubException):
        return _in_words(error, words)
    if isinstance(error, requests.exceptions.Timeout):
        return "GitHub did not answer in time"
    if isinstance(error, requests.exceptions.RequestException):
        return f"GitHub cannot be reached ({type(error).__name__})"
    return f"GitHub's answer makes no sense ({type(error).__name__})"


def limited(error: GithubException) -> bool:
    """Whether GitHub wants fewer requests: it says so with 429, or with 403 and words or headers."""
    headers = error.headers or {}
    told = any(words in message(error).lower() for words in _LIMITED)
    by_headers = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    return error.status == 429 or (error.status == 403 and (told or by_headers))


def message(error: GithubException) -> str:
    """What GitHub says about it: one short line, as it may hold anything."""
    data: Any = error.data
    said = data.get("message") if isinstance(data, dict) else None
    plain = " ".join(said.split()) if isinstance(said, str) else ""
    return "".join(letter for letter in plain if letter.isprintable())[:200]


def _in_words(error: GithubException, words: Mapping[int, str]) -> str:
    said = f"{error.status}: {message(error)}" if message(error) else str(error.status)
    if limited(error):
        return f"GitHub limits our requests ({said})"
    if error.status >= 500:
        return f"GitHub has a fault of its own ({said})"
    return f"{words.get(error.status, 'GitHub refused')} ({said})"


def _asked(headers: Mapping[str, Any], now: float) -> float:
    """How long GitHub asks us to wait: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api."""
    after, reset = str(headers.get("retry-after", "")), str(headers.get("x-ratelimit-reset", ""))
    if _is_number(after):
        return float(after)
    if headers.get("x-ratelimit-remaining") == "0" and _is_number(reset):
        return max(0.0, float(reset) - now + 1)
    return MINUTE


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
