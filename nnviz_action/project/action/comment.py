"""Whether the action comments on a pull request, and what became of it, as a line of its log."""

import yaml

from nnviz_action.errors import NnvizError
from nnviz_action.github.environment import Run
from nnviz_action.github.rules import opens, why_silent
from nnviz_action.github.workflow_commands import command
from nnviz_action.project.action.inputs import Inputs
from nnviz_action.report.record import Record


def post(record: Record, text: str, inputs: Inputs, run: Run) -> str:
    """Post the comment of a record, if there is to be one. Whatever GitHub says to that fails nothing."""
    if record.part is not None:
        return "no comment: this is a shard, and the reports of all are joined before there is one"
    silent = why_silent(run, inputs.comment)
    return f"no comment: {silent}" if silent else _posted(record, text, inputs, run)


def is_told(record: Record, inputs: Inputs, run: Run) -> bool:
    """Whether there will be a comment that has something to show."""
    return record.part is None and not why_silent(run, inputs.comment) and differs(record)


def _posted(record: Record, text: str, inputs: Inputs, run: Run) -> str:
    from nnviz_action.github import comments  # noqa: PLC0415  # PyGithub is an extra, needed here alone
    from nnviz_action.github.pulls import pull_of  # noqa: PLC0415

    try:
        number = run.number or pull_of(run)
        if number is not None and inputs.mode == "comment" and not _is_known(record.config, run, number):
            return f"no comment: the branch that the pull request is for has no config {record.config!r}"
    except NnvizError as refusal:
        return _not_posted(refusal.message)
    if number is None:
        return "no comment: no open pull request has this commit at its head any more"
    # A step for some models must not speak for the others.
    subject = " ".join([record.config, *inputs.models])
    outcome = comments.post(run, number, subject, text, opens=opens(inputs.comment, differs(record)))
    if outcome.what == "refused":
        return _not_posted(outcome.reason)
    said = {
        "none": "no comment: nothing changed, and all diagrams are fresh",
        "unchanged": "the comment is as it was",
        "outdated": f"no comment: the pull request has moved on to {outcome.head[:7]}; its own run comments",
    }
    return said.get(outcome.what, f"the comment was {outcome.what}: {outcome.url}")


def _is_known(config: str, run: Run, number: int) -> bool:
    """Whether the base has this config. A report may name any, and would get a comment for each."""
    from nnviz_action.github.base_files import base_file  # noqa: PLC0415

    try:
        found = yaml.safe_load(base_file(run, number, config) or b"")
    except (yaml.YAMLError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and isinstance(found.get("models"), dict)


def differs(record: Record) -> bool:
    """Whether there is something to say."""
    return record.failing or any(model.state not in ("", "same") for model in record.models)


def _not_posted(reason: str) -> str:
    return command("notice", f"{reason}; what it would say is in the job's summary", title="nnviz: no comment")
