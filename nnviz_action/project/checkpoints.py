"""Whether the weights that a branch began with still load, and what that does to a check."""

import sys
from dataclasses import replace

from nnviz_action.config import Document
from nnviz_action.config.load import load_config
from nnviz_action.errors import ConfigError
from nnviz_action.project.compare import compare
from nnviz_action.project.record import WITHOUT_BASE, uncommitted
from nnviz_action.project.snapshots import captured_side, in_commit, on_disk
from nnviz_action.report.checkpoint_text import summary
from nnviz_action.report.record import Record
from nnviz_action.report.verdicts import Report
from nnviz_action.system.revisions import Revisions

POLICIES = ("ignore", "warn", "fail")


def break_policy(document: Document) -> str:
    """What the config says; what is none of the policies is told where the whole config is read."""
    said = document.data.get("on_checkpoint_break") if isinstance(document.data, dict) else None
    return said if said in POLICIES else "ignore"


def with_breaks(report: Report, base: str) -> Report:
    """The report with the models whose old weights load no more, if the config asks. Raises `ConfigError` for a base
    that was named and is none."""
    policy = break_policy(report.document)
    if policy == "ignore":
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
    after = drawn | captured_side(config, uncommitted(report, drawn))
    judged = {verdict.model for verdict in report.verdicts}
    found = {model.model: model.diff.checkpoint for model in compare(before, after, judged) if model.diff}
    breaks = {name: summary(one) for name, one in found.items() if one is not None and not one.loads}
    return replace(report, on_break=policy, breaks=breaks)


def recorded_breaks(report: Report, record: Record) -> Report:
    """The same where a record has compared already."""
    breaks = {model.model: model.checkpoint for model in record.models if model.breaks}
    policy = break_policy(report.document)
    return report if policy == "ignore" else replace(report, on_break=policy, breaks=breaks)
