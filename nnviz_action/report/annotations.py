"""Verdicts as GitHub annotations."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nnviz_action.config import Document
from nnviz_action.freshness.verdict import Status, Verdict
from nnviz_action.report.verdicts import BREAKS, Report, count, over_text, which_keys
from nnviz_action.system.repository import repository_root

if TYPE_CHECKING:  # `check` needs no pydantic
    from nnviz_action.report.record import Record

MOST_ANNOTATIONS = 10  # of a level that GitHub shows of one step


def annotations(report: Report) -> None:
    """GitHub workflow commands that point at the entries in the config; of several, one that sums up comes first."""
    wrong = [
        *report.failing,
        *(v for v in report.verdicts if v not in report.failing and v.status is not Status.FRESH),
    ]
    if len(wrong) > 1:
        what = "diagrams and galleries" if report.galleries else "diagrams"
        title = f"{len(wrong)} of {len(report.verdicts) + len(report.galleries)} {what} are not fresh"
        more = [f"here are the first {MOST_ANNOTATIONS - 1}"] if len(wrong) >= MOST_ANNOTATIONS else []
        sys.stdout.write(_annotation(report, _mark(report), title, [*more, *_mend(report)], bool(report.failing)))
    found = [*_over(report), *_breaks(report), *_wrong(report, wrong)]
    sys.stdout.writelines(found[: MOST_ANNOTATIONS - 1])
    sys.stdout.write(count(report))


def notices(record: "Record") -> None:
    """What changed since the base, each where the code says so; of the newer side alone, as GitHub shows that one."""
    told = [(model.model, change) for model in record.models for change in (*model.changes, *model.folded)]
    for model, change in [(name, one) for name, one in told if one.line and one.sign != "-"][:MOST_ANNOTATIONS]:
        file, _, line = change.line.rpartition(":")
        about = ": ".join(filter(None, (change.what, change.says)))
        title = f"{model}: {change.where}"
        sys.stdout.write(f"{_command('notice', about or change.where, file=file, line=int(line), title=title)}\n")


def _over(report: Report) -> Iterator[str]:
    for excess in report.over:
        mark = (excess.budget.line, excess.budget.column)
        yield _annotation(report, mark, f"{excess.model}: over budget", [over_text(excess)], True)


def _breaks(report: Report) -> Iterator[str]:
    for model, why in report.breaks.items():
        lines, is_error = [why, which_keys(report, model)], report.on_break == "fail"
        yield _annotation(report, _mark(report, model), f"{model}: {BREAKS}", lines, is_error)


def _wrong(report: Report, wrong: Sequence[Verdict]) -> Iterator[str]:
    for verdict in wrong:
        title = f"{verdict.model}: {verdict.status.value}"
        lines = [*verdict.reasons, *report.changed(verdict.model), *(_mend(report) if len(wrong) == 1 else [])]
        yield _annotation(report, _mark(report, verdict.model), title, lines, verdict in report.failing)


def _mark(report: Report, *model: str) -> tuple[int, int]:
    """Where the entry of a model stands, or what surrounds the entries."""
    marks = report.document.marks
    return marks.get(("models", *model)) or marks.get(("models",), (1, 1))


def _annotation(report: Report, mark: tuple[int, int], title: str, lines: Sequence[str], error: bool) -> str:
    file = _from_repository(report.document)
    level = "error" if error else "warning"
    return f"{_command(level, chr(10).join(lines), file=file, line=mark[0], col=mark[1], title=title)}\n"


def _command(level: str, text: str, **properties: Any) -> str:
    from nnviz_action.github.workflow_commands import command  # noqa: PLC0415  # random's imports, only for GitHub

    return command(level, text, **properties)


def _mend(report: Report) -> list[str]:
    return [f"to mend this: {report.cure}, then commit what it wrote"] if report.cure else []


def _from_repository(document: Document) -> str:
    """The path that GitHub knows the config by."""
    root = repository_root(document.path.parent)
    return document.path.relative_to(root).as_posix() if root else document.shown
