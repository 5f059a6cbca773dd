"""`check`: do the committed diagrams still tell the truth? Writes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz_action.config import Config, Document, ModelSpec
from nnviz_action.config.policies import IGNORE, on_checkpoint_break
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.verdict import Recapture, Status, Verdict
from nnviz_action.project.budgets import excesses
from nnviz_action.project.gallery import Page, find_pages, judge_pages
from nnviz_action.project.selection import Selection, chosen_specs, open_document
from nnviz_action.project.shard_selection import choose
from nnviz_action.project.survey import ModelState, orphans, quick_survey, survey
from nnviz_action.report.verdicts import Report, as_json, text

if TYPE_CHECKING:
    from nnviz_action.capture.worker import Workers
    from nnviz_action.freshness.git_index import Index
    from nnviz_action.project.recapture import RecaptureResult

# Most checks end on unchanged files: what a suspect, a commit or a record needs is imported for those that have one.
# ruff: noqa: PLC0415

STALE, FAILED = 1, 3


@dataclass(frozen=True)
class CheckOutput:
    """How a check tells what it found: in which style on stdout, and as a record in a file, compared with `base`."""

    style: str = "text"
    record: str | None = None
    base: str = ""


@dataclass(frozen=True)
class CheckOptions:
    """What is to be judged, and how: `capture` tells whether models may run at all, `shard` is a part of them.

    What is captured besides suspects serves to say what changed: for a `record` that is all that is not fresh.
    Without `galleries` these are not judged: where a shard draws, they are written when all parts are joined.
    """

    full: bool = False
    jobs: int = 1
    staged: bool = False
    shard: str = ""
    capture: bool = True
    record: bool = False
    pictures: bool = False
    quiet: bool = False
    galleries: bool = True


def check(names: Sequence[str], config_path: str, options: CheckOptions, output: CheckOutput) -> int:
    """The exit code: 0 all fresh, 1 something is not, 3 a model could not be captured to tell.

    Under `staged` what is fresh must be what is about to be committed as well.
    """
    report, made = find(names, config_path, options), None
    if output.record is not None:
        from nnviz_action.project.checkpoints import recorded
        from nnviz_action.project.record import Baseline, write_record

        report, made = recorded(report, Baseline(output.base, asked=bool(output.base)))
    # A commit must not wait for what a branch began with.
    elif not options.staged and on_checkpoint_break(report.document) != IGNORE:
        from nnviz_action.project.checkpoints import with_breaks

        report = with_breaks(report, output.base)
    if not options.quiet:
        _tell(report, output.style)
    if made is not None and output.record is not None:
        write_record(Path(output.record), made.record)
    return exit_code(report.fails, (verdict.status for verdict in report.failing))


def _tell(report: Report, style: str) -> None:
    if style == "github":
        from nnviz_action.report.annotations import annotations

        annotations(report)
    else:
        {"text": text, "json": as_json}[style](report)


def exit_code(fails: bool, failing: Iterable[Status]) -> int:
    """Of a check that fails or not, with these verdicts among the reasons."""
    return 0 if not fails else FAILED if Status.FAILED in set(failing) else STALE


def find(names: Sequence[str], config_path: str, options: CheckOptions) -> Report:
    """The verdicts."""
    document = open_document(config_path)
    selection = choose(document, names, options.shard, options.staged)
    index = _staged_index(document) if options.staged else None
    hasher = Hasher()
    quick = None if options.full else quick_survey(document, selection, hasher, index)
    if quick is not None:
        found = {state.verdict.model: state for state in quick}
        report = Report(document, tuple(s.verdict for s in quick), on_drift="", part=selection.part)
        pages = find_pages(document, found, index) if options.galleries and selection.rest else []
        report = _judged(report, found, (), index, pages)
        if index is not None and selection.everything:
            from nnviz_action.project.hook_note import write_hook_note

            write_hook_note(report, found, index)
        return report
    with _workers(document, selection, options) as workers:
        config = _load(document)
        specs = chosen_specs(config, selection)
        found = survey(config, specs, hasher, index)
        # All that is judged is read before any model's code runs, which could write to it.
        gone = orphans(config, index) if selection.rest else []
        pages = find_pages(document, found, index, options.full) if options.galleries and selection.rest else []
        settled = _settled(config, specs, found, hasher, options, workers)
    verdicts = [_explained(verdict, spec, options) for verdict, spec in zip(settled.verdicts, specs, strict=True)]
    verdicts += [Verdict(folder.name, Status.ORPHAN, ("no longer in the config",)) for folder in gone]
    forced = any(v.status not in (Status.FRESH, Status.ORPHAN) and _looked_fresh(found[v.model]) for v in verdicts)
    report = Report(document, tuple(verdicts), config.on_drift, options.full, forced, part=selection.part)
    report = replace(_with(report, settled.captured, config), numbers=_counted(settled.captured, options))
    return _judged(report, found, gone, index, pages)


def _counted(captured: Mapping[str, Recapture], options: CheckOptions) -> Mapping[str, Mapping[str, int]]:
    """The numbers of models as they are now, where those in the locks are not believed."""
    return {name: made.lock.numbers for name, made in captured.items()} if options.full else {}


def _staged_index(document: Document) -> "Index":
    from nnviz_action.project.staged import staged_index

    return staged_index(document)


def _workers(
    document: Document, selection: Selection, options: CheckOptions
) -> "AbstractContextManager[Workers | None]":
    """None where no model may run. Whether any will is not known yet: for a commit nothing is begun in vain."""
    if not options.capture:
        return nullcontext()
    from nnviz_action.project.ahead import make_workers

    return make_workers(
        document, selection, options.jobs, exports=options.pictures or options.full, at_once=not options.staged
    )


def _settled(
    config: Config,
    specs: Sequence[ModelSpec],
    found: Mapping[str, ModelState],
    hasher: Hasher,
    options: CheckOptions,
    workers: "Workers | None",
) -> "RecaptureResult":
    from nnviz_action.project.recapture import RecapturePolicy, RecaptureResult, recapture

    if workers is None:
        return RecaptureResult(tuple(state.verdict for state in found.values()))
    # A commit must not wait for more than it needs.
    policy = RecapturePolicy(
        options.full, stale=not options.staged, all=options.record, pictures=options.pictures, quiet=options.quiet
    )
    return recapture(config, specs, found, hasher, policy, workers)


def _looked_fresh(state: ModelState) -> bool:
    return state.verdict.status is Status.FRESH


def _with(report: Report, captured: Mapping[str, Recapture], config: Config) -> Report:
    """What was captured, and what it says of those that are not fresh."""
    differing = {
        v.model: captured[v.model] for v in report.verdicts if v.status is not Status.FRESH and v.model in captured
    }
    if not differing:
        return report
    from nnviz_action.project.change_lines import changes

    return replace(report, captured=differing, changes=changes(config, differing))


def _judged(
    report: Report,
    found: Mapping[str, ModelState],
    gone: Sequence[Path],
    index: "Index | None",
    pages: Sequence[Page],
) -> Report:
    numbers = {name: report.numbers.get(name) or _numbers(state) for name, state in found.items()}
    report = replace(report, numbers=numbers, over=excesses(report.document, numbers))
    base = report.document.path.parent
    if index is None:
        return replace(report, galleries=judge_pages(pages, base))
    from nnviz_action.project.staged import judge_all

    verdicts, judged, staging = judge_all(report.verdicts, found, index, base, gone, pages)
    return replace(report, verdicts=verdicts, galleries=judged, staging=staging)


def _load(document: Document) -> Config:
    from nnviz_action.config.load import load_config

    return load_config(document)


def _numbers(state: ModelState) -> Mapping[str, int]:
    return state.lock.numbers if state.lock else {}


def _explained(verdict: Verdict, spec: ModelSpec, options: CheckOptions) -> Verdict:
    if verdict.status is not Status.SUSPECT:
        return verdict
    from nnviz_action.project.recapture import lacking

    why = f"{lacking(spec) or 'torch'} is not here" if options.capture else "no model runs here"
    return replace(verdict, reasons=(*verdict.reasons, f"{why} to tell whether that matters"))
