"""What was found of one thing."""

from dataclasses import dataclass
from enum import Enum


class State(str, Enum):
    """Whether it works, is only of use to some, or is broken."""

    OK = "ok"
    OPTIONAL = "optional"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One thing, what there is to say of it, and the command that mends it if one does."""

    name: str
    state: State
    said: str
    cure: str = ""


def ok(name: str, said: str) -> Finding:
    """It is there and works."""
    return Finding(name, State.OK, said)


def optional(name: str, said: str, cure: str = "") -> Finding:
    """It is not there, or could be better, and nothing fails for that."""
    return Finding(name, State.OPTIONAL, said, cure)


def broken(name: str, said: str, cure: str = "") -> Finding:
    """Something fails for it."""
    return Finding(name, State.BROKEN, said, cure)
