"""Verdicts as text and JSON; what a verdict says is worded in `freshness/verdict`."""

import json
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nnviz_action.config import Document, option
from nnviz_action.config.budgets import Excess
from nnviz_action.config.policies import on_checkpoint_break
from nnviz_action.freshness.verdict import Recapture, Status, Verdict

if TYPE_CHECKING:
    from nnviz_action.config.shards import Part

MOST_CHANGES = 12  # of one model
BREAKS = "old checkpoints do not load"


@dataclass(frozen=True)
class Staging:
    """How what mends a diagram gets into the commit: commands, and whether a commit of named files would miss it."""

    commands: tuple[str, ...] = ()
    files_named: bool = False


@dataclass(frozen=True)
class Report:
    """The verdicts on the models of one config; with `staging` on what is about to be committed."""

    document: Document
    verdicts: tuple[Verdict, ...]
    on_drift: str  # `fail`, `warn`, or empty: only where the forward graph drifted
    full: bool = False
    forced: bool = False  # some were found by capturing: files alone would not tell `generate`
    numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # of the models as they were drawn
    staging: Staging | None = None
    part: "Part | None" = None  # of the config, where a machine judges only that
    captured: Mapping[str, Recapture] = field(default_factory=dict)  # models that are not fresh, as their code is
    changes: Mapping[str, Sequence[str]] = field(default_factory=dict)  # what it would change in their diagrams
    galleries: tuple[Verdict, ...] = ()  # on those that are not as they ought to be, by their paths
    over: tuple[Excess, ...] = ()  # the budgets that models are over
    on_break: str = "ignore"  # `warn` or `fail`: what follows from the next
    breaks: Mapping[str, str] = field(default_factory=dict)  # models whose old weights load no more, and why

    @property
    def fails(self) -> bool:
        """Whether a check fails: something is not fresh, over its budget, or breaks old weights."""
        return bool(self.failing or self.over or (self.breaks and self.on_break == "fail"))

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The verdicts for which a check fails."""
        return (*(v for v in self.verdicts if not self.passes(v)), *self.galleries)

    def passes(self, verdict: Verdict) -> bool:
        """Whether nothing needs to be done about it."""
        if verdict.status is Status.DRIFT:
            return self.on_drift == "warn" or (not self.on_drift and "forward" not in verdict.views)
        return verdict.status is Status.FRESH

    @property
    def tolerant(self) -> bool:
        """Whether no drift makes a check fail."""
        return all(self.passes(v) for v in self.verdicts if v.status is Status.DRIFT)

    def changed(self, model: str) -> Iterator[str]:
        """The changes of a model, as many as are read."""
        changes = self.changes.get(model, ())
        yield from changes[:MOST_CHANGES]
        if len(changes) > MOST_CHANGES:
            yield f"and {len(changes) - MOST_CHANGES} more changes"

    @property
    def cure(self) -> str:
        """The command that mends what is wrong, empty where only code or config can be mended."""
        return " && ".join(self.steps)

    @property
    def steps(self) -> tuple[str, ...]:
        """The commands of the cure, one by one."""
        return (*filter(None, [self._generate]), *(self.staging.commands if self.staging else ()))

    @property
    def _generate(self) -> str:
        return mending(self.failing, self.document.shown, self.forced)


def mending(failing: Iterable[Verdict], config: str, forced: bool) -> str:
    """The `generate` that mends these, from the folder that `config` counts from; empty where none does."""
    mendable = [v for v in failing if v.status not in (Status.FAILED, Status.TAKEN, Status.UNSTAGED)]
    if not mendable:
        return ""
    models = [v for v in mendable if v.status is not Status.OUTDATED]  # galleries are written in any case
    names = [v.model for v in models if v.status is not Status.ORPHAN]
    options = option(config) + (" --force" if forced else "")
    whole = not names or len(names) != len(models) or len(names) > 8
    return f"nnviz-action generate{options}{'' if whole else ' ' + shlex.join(names)}"


def told(report: Report) -> str:
    """What is not fresh, why, and the command that mends it: without the count of all."""
    cure = [f"to mend this: {report.cure}, then commit what it wrote"] if report.cure else []
    return "\n".join([*_lines(report), *cure])


def _lines(report: Report) -> Iterator[str]:
    for verdict in (*report.verdicts, *report.galleries):
        if verdict.status is not Status.FRESH:
            sign = "!" if report.passes(verdict) else "✗"
            yield f"{sign} {verdict.model}: {verdict.status.value}"
            yield from (f"    {reason}" for reason in (*verdict.reasons, *report.changed(verdict.model)))
    for model in dict.fromkeys(excess.model for excess in report.over):
        yield f"✗ {model}: over budget"
        found = (excess for excess in report.over if excess.model == model)
        yield from (f"    {over_text(excess)}, {place(report.document, excess)}" for excess in found)
    for model, why in report.breaks.items():
        yield f"{'✗' if report.on_break == 'fail' else '!'} {model}: {BREAKS}"
        yield from (f"    {why}", f"    {which_keys(report, model)}")


def text(report: Report) -> None:
    """One line a model that is not fresh, the reasons below it, and the command that mends it all."""
    sys.stdout.writelines(f"{line}\n" for line in _lines(report))
    sys.stdout.write(count(report))
    if report.over:
        sys.stdout.write("to mend a budget: make the model smaller, or raise it there\n")
    if report.staging is None and report.cure:
        sys.stdout.write(f"to mend this: {report.cure}, then commit what it wrote\n")
    elif report.staging and report.steps:
        sys.stdout.write("to mend this:\n")
        sys.stdout.writelines(f"  {step}\n" for step in report.steps)
        sys.stdout.write(f"then commit again{_WITHOUT_FILES if report.staging.files_named else ''}\n")


def count(report: Report) -> str:
    """The line that says how many models are fresh."""
    fresh = sum(v.status is Status.FRESH for v in report.verdicts)
    what = "fresh and staged" if report.staging else "fresh"
    over = len({excess.model for excess in report.over})
    whole = fresh == len(report.verdicts) and not report.galleries and not over and not report.breaks
    rest = f", {over} over budget" if over else ""
    return f"{'✓ ' if whole else ''}{fresh} of {len(report.verdicts)} {what}{rest}\n"


_WITHOUT_FILES = ", without naming files: a commit of named files leaves out what else is staged"


def as_json(report: Report) -> None:
    """One object: the verdicts with the numbers in the locks, and the command that mends what is wrong, or null."""
    rows = [
        {
            "model": v.model,
            "status": v.status.value,
            "reasons": list(v.reasons),
            "changes": list(report.changes.get(v.model, ())),
            "numbers": dict(report.numbers.get(v.model, {})),
        }
        for v in report.verdicts
    ]
    galleries = [{"file": v.model, "status": v.status.value, "reasons": list(v.reasons)} for v in report.galleries]
    data = {"models": rows, "galleries": galleries, "fresh": not report.failing, "cure": report.cure or None}
    data["checkpoints"] = dict(report.breaks)
    data["on_checkpoint_break"] = on_checkpoint_break(report.document)
    data["over"] = [
        {
            "model": excess.model,
            "number": excess.budget.number,
            "value": excess.value,
            "budget": excess.budget.limit,
            "place": place(report.document, excess),
        }
        for excess in report.over
    ]
    json.dump(data, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def which_keys(report: Report, model: str) -> str:
    """The command that tells the keys of a model whose old weights load no more."""
    command = f"nnviz-action diff --checkpoint{option(report.document.shown)} {shlex.quote(model)}"
    return f"which keys, and a function that renames them: {command}"


def place(document: Document, excess: Excess) -> str:
    """Where the config says what a budget is, as errors say it."""
    return f"{document.shown}:{excess.budget.line}:{excess.budget.column}"


def over_text(excess: Excess) -> str:
    """What a model has too much of."""
    from nnviz_action.report.budget_text import sentence  # noqa: PLC0415  # `check` imports nothing in vain

    return sentence(excess.budget.number, excess.value, excess.budget.limit)


def warn(document: Document, over: Iterable[Excess]) -> None:
    """A line on stderr for each budget that a model is over."""
    for excess in over:
        sys.stderr.write(f"warning: {excess.model}: {over_text(excess)}, {place(document, excess)}\n")
