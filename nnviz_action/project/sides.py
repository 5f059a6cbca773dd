"""What a check compares: the diagrams of a base and of now; where a model was captured, what the capture gave."""

from collections.abc import Mapping
from dataclasses import dataclass

from nnviz_action.config import Config
from nnviz_action.freshness.verdict import Recapture, Status
from nnviz_action.project.snapshots import Snapshot, captured_side, in_commit, on_disk
from nnviz_action.report.verdicts import Report
from nnviz_action.system.revisions import Revisions

WITHOUT_BASE = "nothing to compare with: {}"


@dataclass(frozen=True)
class Sides:
    """The commits of the base and of HEAD; the diagrams by model of the base, and of now in the config's order."""

    base: str
    head: str
    before: Mapping[str, Snapshot]
    after: Mapping[str, Snapshot]


def sides_of(report: Report, config: Config, base: str) -> Sides:
    """`base` is any name of a commit, empty for where the branch began. Raises `ConfigError` where there is none."""
    revisions = Revisions(config.root)
    head = revisions.commit("HEAD")
    commit = revisions.commit(base) if base else revisions.base()[0]
    before, drawn = in_commit(revisions, commit, config), on_disk(config)
    now = drawn | captured_side(config, _uncommitted(report, drawn))
    order = (spec.name for spec in config.models if spec.name in now)
    return Sides(commit, head, before, {name: now[name] for name in (*order, *now)})


def _uncommitted(report: Report, drawn: Mapping[str, Snapshot]) -> dict[str, Recapture]:
    """What the code of this commit says that its diagrams do not; where packages drifted, no commit did it.

    Under `full` no file of a diagram that is not fresh is believed.
    """
    drifted = {verdict.model for verdict in report.verdicts if verdict.status is Status.DRIFT}
    told = {name: diagram.lock.digests for name, diagram in drawn.items() if diagram.lock}
    return {
        name: made
        for name, made in report.captured.items()
        if name not in drifted and (report.full or told.get(name) != made.lock.digests)
    }
