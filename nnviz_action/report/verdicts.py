"""Verdicts as text, JSON and GitHub annotations."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

from nnviz_action.config import Document
from nnviz_action.staleness import Status, Verdict


@dataclass(frozen=True)
class Report:
    """The verdicts on the models of one config."""

    document: Document
    verdicts: tuple[Verdict, ...]
    warn_drift: bool

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The verdicts for which a check fails."""
        passing = {Status.FRESH, Status.DRIFT} if self.warn_drift else {Status.FRESH}
        return tuple(v for v in self.verdicts if v.status not in passing)

    @property
    def cure(self) -> str:
        """The command that mends all that is wrong."""
        names = [v.model for v in self.failing if v.status is not Status.ORPHAN]
        option = "" if self.document.path.name == "nnviz.yaml" else f" --config {self.document.path.name}"
        whole = len(names) != len(self.failing) or len(names) > 8
        return f"nnviz-action generate{option}{'' if whole else ' ' + ' '.join(names)}"


def text(report: Report) -> None:
    """One line a model that is not fresh, the reasons below it, and the command that mends it all."""
    for verdict in report.verdicts:
        if verdict.status is not Status.FRESH:
            sys.stdout.write(f"✗ {verdict.model}: {verdict.status.value}\n")
            sys.stdout.writelines(f"    {reason}\n" for reason in verdict.reasons)
    fresh = sum(v.status is Status.FRESH for v in report.verdicts)
    sys.stdout.write(f"{'✓ ' if fresh == len(report.verdicts) else ''}{fresh} of {len(report.verdicts)} fresh\n")
    if report.failing:
        sys.stdout.write(f"to mend this: {report.cure}, then commit what it wrote\n")


def as_json(report: Report) -> None:
    """One object: the verdicts, and the command that mends what is wrong (null if nothing is)."""
    rows = [{"model": v.model, "status": v.status.value, "reasons": list(v.reasons)} for v in report.verdicts]
    data = {"models": rows, "fresh": not report.failing, "cure": report.cure if report.failing else None}
    json.dump(data, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def annotations(report: Report) -> None:
    """GitHub workflow commands that point at the entries in the config."""
    for verdict in report.verdicts:
        if verdict.status is not Status.FRESH:
            level = "error" if verdict in report.failing else "warning"
            line, column = report.document.marks.get(("models", verdict.model), (1, 1))
            place = f"file={_property(report.document.path.name)},line={line},col={column}"
            title = _property(f"{verdict.model}: {verdict.status.value}")
            message = "\n".join((*verdict.reasons, f"to mend this: {report.cure}"))
            sys.stdout.write(f"::{level} {place},title={title}::{_data(message)}\n")
    sys.stdout.write(f"{len(report.verdicts) - len(report.failing)} of {len(report.verdicts)} fresh\n")


def _data(value: str) -> str:
    """Escaped as GitHub's own toolkit escapes the message of a workflow command."""
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


REPORTERS: dict[str, Callable[[Report], None]] = {"text": text, "json": as_json, "github": annotations}
