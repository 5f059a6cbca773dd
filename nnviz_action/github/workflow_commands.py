"""Workflow commands: lines in a job's log that GitHub's runner obeys, and how text is kept from becoming one.

The escapes are those of GitHub's own toolkit; what the runner reads stands in `ActionCommand.cs` of actions/runner.
"""

import secrets
from collections.abc import Iterable, Iterator


def command(name: str, message: str, **properties: str | int) -> str:
    """The line, without its end, that tells the runner `name`, such as `error`, about a message."""
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name}{' ' if listed else ''}{listed}::{_data(message)}"


def masked(lines: Iterable[str], token: str | None = None) -> Iterator[str]:
    """Lines of a stranger, each with its end, in brackets between which the runner obeys nothing.

    All of them must go to one stream: the runner reads stdout and stderr side by side, in no order. Whoever wrote the
    lines must not know the token, so it is made anew for each call.
    """
    closing = token or secrets.token_hex(16)
    yield f"::stop-commands::{closing}\n"
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n"
    yield f"::{closing}::\n"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
