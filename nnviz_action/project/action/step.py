"""`action`: a step of a workflow. It judges or draws, then tells: report, annotations, outputs, summary, comment.

What is wrong is told before the exit code decides about the step.
"""

import re
import secrets
import sys
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nnviz_action.errors import NnvizError, unforeseen
from nnviz_action.freshness.outputs import replace
from nnviz_action.github.environment import Run, read_run
from nnviz_action.github.summary import append_summary, write_outputs
from nnviz_action.github.workflow_commands import command
from nnviz_action.project.action.comment import post
from nnviz_action.project.action.inputs import Inputs, read_inputs
from nnviz_action.project.action.modes import MODES, Outcome
from nnviz_action.project.action.pictures import PublishedPictures, key, show
from nnviz_action.project.record import record_bytes
from nnviz_action.report.annotations import annotations, notices
from nnviz_action.report.comment import comment, sections
from nnviz_action.report.escape import escape
from nnviz_action.report.picture_places import Place, Places
from nnviz_action.report.record import Record, Sketch

# In a container the workspace belongs to another user than runs the steps, and git then refuses to read it.
_TRUSTED = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
# What is no business of a model's code. It runs as the same user: this hides them from accidents, not from malice.
_HIDDEN = re.compile(r"GITHUB_TOKEN|GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)|ACTIONS_\w+")


_OUTPUTS = ("stale", "report", "comment-file", "pictures", "checkpoint-break")


def action(environment: MutableMapping[str, str], token: str) -> int:
    """The exit code of the step: that of the check or of the drawing, 0 where a report was posted."""
    run = read_run({**environment, "GITHUB_TOKEN": token})
    temporary = Path(environment.get("RUNNER_TEMP") or tempfile.gettempdir())
    try:
        inputs = read_inputs(environment)
        _hide(environment)
        environment.update(_TRUSTED)
        with _obeying_nothing():
            found = MODES[inputs.mode](inputs, run)
    except ModuleNotFoundError:
        raise
    except Exception as error:
        return _failed(error if isinstance(error, NnvizError) else unforeseen(error), run)
    try:
        if found.said:
            _say(found.said, run)
        if found.report is not None:
            annotations(found.report)
        if found.record is not None and inputs.mode == "check":
            notices(found.record)
        if found.record is not None:
            _tell(found, found.record, inputs, run, temporary / "nnviz-action")
    except Exception as error:
        return _failed(error if isinstance(error, NnvizError) else unforeseen(error), run)
    return found.code


def _hide(environment: MutableMapping[str, str]) -> None:
    for name in [name for name in environment if _HIDDEN.fullmatch(name)]:
        del environment[name]


@contextmanager
def _obeying_nothing() -> Iterator[None]:
    """While this lasts, the runner takes nothing that is printed for a command."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        sys.stderr.flush()
        print(f"::{token}::", flush=True)


def _failed(error: NnvizError, run: Run) -> int:
    """Say what was wrong before there was anything to report."""
    place = re.match(r"(?P<file>[^:\n]+):(?P<line>\d+):(?P<col>\d+): ", error.message)
    print(command("error", str(error), **(place.groupdict() if place else {}), title="nnviz-action"), flush=True)
    if run.summary:
        lines = "\n\n".join(escape(line) for line in str(error).splitlines())
        append_summary(run.summary, [f"### nnviz: nothing was judged\n\n{lines}"])
    if run.output:
        write_outputs(run.output, dict.fromkeys(_OUTPUTS, ""))
    return error.exit_code


def _say(text: str, run: Run) -> None:
    """What is no failure of this step, and should be seen."""
    print(command("warning", text, title="nnviz-action"), flush=True)
    if run.summary:
        append_summary(run.summary, [f"### nnviz: {escape(text)}"])


def _breaks(record: Record) -> str:
    """Empty where that is not known of some model, and none breaks."""
    judged = [model for model in record.models if model.state not in ("", "added", "removed")]
    if any(model.loads is False for model in judged):
        return "true"
    return "false" if record.base_commit and all(model.loads for model in judged) else ""


@dataclass(frozen=True)
class _Files:
    report: Path
    comment: Path


def _warn_of(record: Record) -> None:
    """Nothing compared must not look like nothing changed."""
    if not record.base_commit and record.notes:
        print(command("warning", "\n".join(record.notes), title="nnviz: nothing to compare with"), flush=True)


def _tell(found: Outcome, record: Record, inputs: Inputs, run: Run, folder: Path) -> None:
    _warn_of(record)
    shown = show(found, record, inputs, run, folder)
    files = _Files(folder / f"report-{key(record)}.json", folder / f"comment-{key(record)}.md")
    drawn = inputs.images != "never"
    places = _places(record, run, shown, inputs) if drawn and inputs.mode != "generate" else Places(run=run.url)
    seen = record if drawn else _without_pictures(record)
    text = comment(seen, places)
    replace(files.report, record_bytes(record, files.report.name))
    replace(files.comment, text.encode())
    if run.output:
        stale = {None: "", True: "true", False: "false"}[found.stale]
        write_outputs(
            run.output,
            {
                "stale": stale,
                "report": str(files.report),
                "comment-file": str(files.comment),
                "pictures": shown.folder,
                "checkpoint-break": _breaks(record),
            },
        )
    if run.summary:
        append_summary(run.summary, list(sections(seen, places)))
    for line in filter(None, (shown.said, post(record, text, inputs, run))):
        print(line, flush=True)


def _places(record: Record, run: Run, shown: PublishedPictures, inputs: Inputs) -> Places:
    """Where the pictures are: the event and GitHub, not a record from elsewhere, say which commits both ends are."""
    head = Place(run.server, run.head_repository or run.repository, run.head_sha) if run.head_sha else None
    commit = _named_base(record, run) if inputs.mode == "comment" else record.base_commit
    base = Place(run.server, run.repository, commit) if commit else None
    artifacts = bool(shown.folder) and inputs.images == "artifact"
    # In a pull request GitHub checks out its own merge, where lines may have other numbers.
    return Places(head, base, run.url, shown.addresses, artifacts, has_lines=record.head_commit == run.head_sha)


def _named_base(record: Record, run: Run) -> str:
    """The base by GitHub's word, asked for only where the comment would show something of it."""
    if not any(model.was_folder and model.state not in ("", "same") for model in record.models):
        return ""
    from nnviz_action.github.pulls import base_of  # noqa: PLC0415  # PyGithub is an extra, needed here alone

    return base_of(run)


def _without_pictures(record: Record) -> Record:
    return record.model_copy(update={"models": [m.model_copy(update={"sketch": Sketch()}) for m in record.models]})
