"""Verdicts as text, JSON and GitHub annotations."""

import json
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nnviz_action.config import Document
from nnviz_action.git import repository_root
from nnviz_action.staleness import Status, Verdict


@dataclass(frozen=True)
class Report:
    """The verdicts on the models of one config."""

    document: Document
    verdicts: tuple[Verdict, ...]
    warn_drift: bool
    full: bool = False  # found by capturing: files alone would not tell `generate`
    numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # of the models as they were drawn

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The verdicts for which a check fails."""
        passing = {Status.FRESH, Status.DRIFT} if self.warn_drift else {Status.FRESH}
        return tuple(v for v in self.verdicts if v.status not in passing)

    @property
    def cure(self) -> str:
        """The command that mends what is wrong, empty where only code or config can be mended."""
        mendable = [v for v in self.failing if v.status not in (Status.FAILED, Status.TAKEN)]
        if not mendable:
            return ""
        names = [v.model for v in mendable if v.status is not Status.ORPHAN]
        option = "" if self.document.shown == "nnviz.yaml" else f" --config {shlex.quote(self.document.shown)}"
        option += " --force" if self.full else ""
        whole = len(names) != len(mendable) or len(names) > 8
        return f"nnviz-action generate{option}{'' if whole else ' ' + ' '.join(names)}"


def text(report: Report) -> None:
    """One line a model that is not fresh, the reasons below it, and the command that mends it all."""
    for verdict in report.verdicts:
        if verdict.status is not Status.FRESH:
            sys.stdout.write(f"✗ {verdict.model}: {verdict.status.value}\n")
            sys.stdout.writelines(f"    {reason}\n" for reason in verdict.reasons)
    fresh = sum(v.status is Status.FRESH for v in report.verdicts)
    sys.stdout.write(f"{'✓ ' if fresh == len(report.verdicts) else ''}{fresh} of {len(report.verdicts)} fresh\n")
    if report.cure:
        sys.stdout.write(f"to mend this: {report.cure}, then commit what it wrote\n")


def as_json(report: Report) -> None:
    """One object: the verdicts with the numbers in the locks, and the command that mends what is wrong, or null."""
    rows = [
        {
            "model": v.model,
            "status": v.status.value,
            "reasons": list(v.reasons),
            "numbers": dict(report.numbers.get(v.model, {})),
        }
        for v in report.verdicts
    ]
    data = {"models": rows, "fresh": not report.failing, "cure": report.cure or None}
    json.dump(data, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def annotations(report: Report) -> None:
    """GitHub workflow commands that point at the entries in the config."""
    for verdict in report.verdicts:
        if verdict.status is not Status.FRESH:
            level = "error" if verdict in report.failing else "warning"
            line, column = report.document.marks.get(("models", verdict.model), (1, 1))
            place = f"file={_property(_from_repository(report.document))},line={line},col={column}"
            title = _property(f"{verdict.model}: {verdict.status.value}")
            cure = [f"to mend this: {report.cure}"] if report.cure else []
            message = "\n".join((*verdict.reasons, *cure))
            sys.stdout.write(f"::{level} {place},title={title}::{_data(message)}\n")
    sys.stdout.write(f"{len(report.verdicts) - len(report.failing)} of {len(report.verdicts)} fresh\n")


def _from_repository(document: Document) -> str:
    """The path that GitHub knows the config by."""
    root = repository_root(document.path.parent)
    return document.path.relative_to(root).as_posix() if root else document.shown


def _data(value: str) -> str:
    """Escaped as GitHub's own toolkit escapes the message of a workflow command."""
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


REPORTERS: dict[str, Callable[[Report], None]] = {"text": text, "json": as_json, "github": annotations}
