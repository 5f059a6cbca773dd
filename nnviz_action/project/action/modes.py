"""What the action does in each of its modes; how it tells what came of it is none of their business."""

import glob
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nnviz_action.errors import ConfigError
from nnviz_action.github.environment import Run
from nnviz_action.github.rules import refuse_imports
from nnviz_action.project import generate as generating
from nnviz_action.project.action.inputs import Inputs
from nnviz_action.project.check import CheckOptions, exit_code, find
from nnviz_action.project.checkpoints import recorded
from nnviz_action.project.default_jobs import default_jobs
from nnviz_action.project.generate_options import GenerateOptions
from nnviz_action.project.record import Baseline, make_record
from nnviz_action.report.record import Record, read_record
from nnviz_action.report.record_merge import merged
from nnviz_action.report.verdicts import Report, text
from nnviz_action.system.repository import repository_root
from nnviz_action.system.revisions import Revisions

MOST_REPORTS, MOST_BYTES = 1000, 100_000_000  # of all shards; GitHub has at most 256 jobs in a matrix


@dataclass(frozen=True)
class Outcome:
    """The exit code, what to tell, and whether something is (or was, before it was drawn) not fresh.

    `pictures` are those that no commit has, if they were asked for; `said` is why there is nothing else.
    """

    code: int
    record: Record | None = None
    report: Report | None = None
    stale: bool | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    said: str = ""


def check(inputs: Inputs, run: Run) -> Outcome:
    """Judge; where the model's code must not run, by files alone."""
    if inputs.full:
        refuse_imports(run)
    pictures = inputs.images in ("artifact", "branch")
    options = CheckOptions(
        inputs.full,
        default_jobs(),
        shard=inputs.shard,
        capture=_may_import(run),
        record=True,
        pictures=pictures and not (inputs.images == "branch" and inputs.shard),
    )
    report = find(inputs.models, inputs.config, options)
    report, made = recorded(report, since(inputs, run, report.document.path.parent), pictures)
    text(report)
    code = exit_code(report.fails, (verdict.status for verdict in report.failing))
    return Outcome(code, made.record, report, bool(report.failing), made.pictures)


def generate(inputs: Inputs, run: Run) -> Outcome:
    """Draw what is not fresh, and report how it is then."""
    refuse_imports(run)
    options = CheckOptions(shard=inputs.shard, capture=False, galleries=not inputs.shard)
    stale = bool(find(inputs.models, inputs.config, options).failing)
    drawing = GenerateOptions(default_jobs(), shard=inputs.shard)
    code = generating.generate(inputs.models, inputs.config, drawing)
    report = find(inputs.models, inputs.config, options)
    return Outcome(code, make_record(report, since(inputs, run, report.document.path.parent)).record, report, stale)


def comment(inputs: Inputs, run: Run) -> Outcome:
    """Take what other jobs found. Nothing of it is trusted, and nothing of it decides about this step."""
    names = sorted(glob.glob(inputs.reports))  # noqa: PTH207  # a pattern that is absolute
    if not names:
        return Outcome(
            0,
            said=f"there is no report at {inputs.reports}: its job failed before it wrote one, or the path is wrong",
        )
    if len(names) > MOST_REPORTS or sum(os.lstat(name).st_size for name in names) > MOST_BYTES:
        raise ConfigError(
            f"input reports: {inputs.reports}: more than {MOST_REPORTS} files or {MOST_BYTES // 1_000_000} MB",
            hint="name the reports of one run alone",
        )
    records = {name: read_record(Path(name)) for name in names}
    whole = [record for record in records.values() if record.part is None]
    if len(whole) > 1:
        raise ConfigError(f"input reports: {inputs.reports} are several whole reports", hint="name one of them")
    record = whole[0] if len(records) == len(whole) else merged(records)
    return Outcome(0, record, stale=record.failing and record.stale)


def _may_import(run: Run) -> bool:
    try:
        refuse_imports(run)
    except ConfigError:
        return False
    return True


def since(inputs: Inputs, run: Run, folder: Path) -> Baseline:
    """What to compare with: on a branch itself what was pushed, for a pull request where it began."""
    if inputs.base:
        return Baseline(inputs.base, asked=True)
    if run.event in ("push", "merge_group"):
        return Baseline(run.base_sha)
    if not run.pull_head or not run.base_sha:
        return Baseline()
    revisions = Revisions(repository_root(folder) or folder)
    try:
        head = revisions.commit("HEAD")
        if head == run.pull_head:
            return Baseline(revisions.fork_point(head, revisions.commit(run.base_sha)))
    except ConfigError:
        return Baseline()  # which is told there
    if run.pull_head not in revisions.parents(head):
        return Baseline(
            why_not=f"what is checked out is {head[:8]}, neither the head of the pull request nor its merge"
        )
    return Baseline()


MODES: dict[str, Callable[[Inputs, Run], Outcome]] = {"check": check, "generate": generate, "comment": comment}
