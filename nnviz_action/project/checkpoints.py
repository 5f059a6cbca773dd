"""Whether the weights that a branch began with still load, and what that does to a check."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from nnviz_action.comparison.model_diffs import State
from nnviz_action.config.load import load_config
from nnviz_action.config.policies import IGNORE, on_checkpoint_break
from nnviz_action.errors import ConfigError
from nnviz_action.project.compare import compare
from nnviz_action.project.record import Baseline, RecordedRun, make_record
from nnviz_action.project.selection import in_words
from nnviz_action.project.sides import WITHOUT_BASE, sides_of
from nnviz_action.report.checkpoint_text import summary
from nnviz_action.report.verdicts import Report

_ALONE = (State.ADDED.value, State.REMOVED.value, "")  # states of models of which one side has none


def with_breaks(report: Report, base: str) -> Report:
    """The report with the models whose old weights load no more, judged by the config's policy.

    Raises `ConfigError` for a base that was named and is none.
    """
    config = load_config(report.document)
    try:
        sides = sides_of(report, config, base)
    except ConfigError as error:
        if base:
            raise
        sys.stderr.write(f"note: checkpoints: {WITHOUT_BASE.format(error)}\n")
        return report
    if not base and sides.base == sides.head:
        sys.stderr.write("note: checkpoints are compared with HEAD; --base names another commit\n")
    wanted = {verdict.model for verdict in report.verdicts}
    found = compare(sides.before, sides.after, wanted, renames=report.part is None)
    told = [(m.model, m.state.value, m.loads, summary(m.checkpoint) if m.checkpoint else "") for m in found]
    return _judged(report, told)


def recorded(report: Report, since: Baseline, pictures: bool = False) -> tuple[Report, RecordedRun]:
    """A check and its record, in which everything is compared already."""
    made = make_record(report, since, pictures)
    if on_checkpoint_break(report.document) == IGNORE:
        return report, made
    report = _judged(report, [(m.model, m.state, m.loads, m.checkpoint) for m in made.record.models])
    return report, replace(made, record=made.record.model_copy(update={"failing": report.fails}))


def _judged(report: Report, told: Sequence[tuple[str, str, bool | None, str]]) -> Report:
    """By name, state, whether old weights load, and why not. What is not known must not look as if it were well."""
    unknown = [name for name, state, loads, _ in told if loads is None and state not in _ALONE]
    if unknown:
        note = f"note: whether old checkpoints load is not known: {in_words(unknown)}"
        sys.stderr.write(f"{note}\n  nnviz-action diff --checkpoint\n")
    breaks = {name: why for name, _, loads, why in told if loads is False}
    return replace(report, on_break=on_checkpoint_break(report.document), breaks=breaks)
