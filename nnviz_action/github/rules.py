"""What is done on which event: whether there may be a comment, and whether the model's code may run."""

from dataclasses import dataclass
from typing import Literal

from nnviz_action.errors import ConfigError
from nnviz_action.github.environment import Run

Wish = Literal["auto", "always", "never"]


@dataclass(frozen=True)
class Rule:
    """`comments`: there is a pull request to comment on. `imports`: the model's code may run in this job."""

    comments: bool
    imports: bool


# The two that hold a token which can write, and secrets, while what they look at may come from a stranger, import
# nothing. An event that is not listed has no pull request that we know how to find.
RULES = {
    "pull_request": Rule(comments=True, imports=True),
    "pull_request_target": Rule(comments=True, imports=False),
    "workflow_run": Rule(comments=True, imports=False),
    "push": Rule(comments=False, imports=True),
    "merge_group": Rule(comments=False, imports=True),
    "workflow_dispatch": Rule(comments=False, imports=True),
    "schedule": Rule(comments=False, imports=True),
}
_OTHER = Rule(comments=False, imports=True)


def why_silent(run: Run, wish: Wish) -> str:
    """Why this run does not try to comment; empty where it does.

    A fork's run tries too: where its repository hands out tokens that can write, it succeeds.
    """
    if wish == "never":
        return "comments are switched off"
    if not RULES.get(run.event, _OTHER).comments:
        return f"the event {run.event} belongs to no pull request"
    if run.event != "workflow_run" and run.number is None:
        return f"the event {run.event} does not tell the number of its pull request"
    return "" if run.token else "there is no token"


def opens(wish: Wish, differs: bool) -> bool:
    """Whether a pull request that has no comment yet gets one: `auto` only where there is something to say."""
    return wish == "always" or (wish == "auto" and differs)


def refuse_imports(run: Run) -> None:
    """Raise `ConfigError` where the model's code must not run."""
    if not RULES.get(run.event, _OTHER).imports:
        raise ConfigError(
            f"on {run.event} the model's code is not imported: it may be a stranger's, and the job's token can write",
            hint="let a job on pull_request generate and check, and this one only post the report",
        )
