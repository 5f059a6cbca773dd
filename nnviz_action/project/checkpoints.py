"""Whether the weights that a branch began with still load, and what that does to a check."""

import sys
from dataclasses import replace

from nnviz_action.config.load import load_config
from nnviz_action.config.policies import IGNORE, on_checkpoint_break
from nnviz_action.diff.model_diffs import State
from nnviz_action.errors import ConfigError
from nnviz_action.project.compare import compare
from nnviz_action.project.record import WITHOUT_BASE, uncommitted
from nnviz_action.project.snapshots import captured_side, in_commit, on_disk
from nnviz_action.report.checkpoint_text import summary
from nnviz_action.report.record import Record
from nnviz_action.report.verdicts import Report
from nnviz_action.system.revisions import Revisions


def with_breaks(report: Report, base: str) -> Report:
    """The report with the models whose old weights load no more, if the config asks. Raises `ConfigError` for a base
    that was named and is none."""
    policy = on_checkpoint_break(report.document)
    if policy == IGNORE:
        return report
    config = load_config(report.document)
    try:
        revisions = Revisions(config.root)
        commit = revisions.commit(base) if base else revisions.base()[0]
        before, drawn = in_commit(revisions, commit, config), on_disk(config)
    except ConfigError as error:
        if base:
            raise
        sys.stderr.write(f"note: checkpoints: {WITHOUT_BASE.format(error)}\n")
        return report
    if not base and commit == revisions.commit("HEAD"):
        sys.stderr.write("note: checkpoints are compared with HEAD; --base names another commit\n")
    after = drawn | captured_side(config, uncommitted(report, drawn))
    found = compare(before, after, {verdict.model for verdict in report.verdicts})
    _note_unknown([m.model for m in found if m.loads is None and m.state not in (State.ADDED, State.REMOVED)])
    return replace(
        report,
        on_break=policy,
        breaks={m.model: summary(m.checkpoint) for m in found if m.loads is False and m.checkpoint},
    )


def _note_unknown(names: list[str]) -> None:
    """What is not known must not look as if it were well."""
    if names:
        listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        told = f"note: whether old checkpoints load is not known: {listed}"
        sys.stderr.write(f"{told}\n  nnviz-action diff --checkpoint\n")


def recorded_breaks(report: Report, record: Record) -> Report:
    """The same where a record has compared already."""
    policy = on_checkpoint_break(report.document)
    breaks = {model.model: model.checkpoint for model in record.models if model.loads is False}
    return report if policy == IGNORE else replace(report, on_break=policy, breaks=breaks)
