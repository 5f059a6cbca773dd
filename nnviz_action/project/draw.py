"""The part of `generate` that draws: only here are the heavy packages imported."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nnviz_action.capture.worker import Workers
from nnviz_action.config import Config, Document, ModelSpec
from nnviz_action.config.load import load_config
from nnviz_action.errors import ModelError, NnvizError, unforeseen
from nnviz_action.freshness.contents import as_they_are
from nnviz_action.freshness.git_index import Index
from nnviz_action.freshness.hashes import Hasher, written_hash
from nnviz_action.freshness.outputs import remove_orphan, write_diagram
from nnviz_action.freshness.verdict import Status
from nnviz_action.project.diagram import CAPTURE, make_diagram
from nnviz_action.project.generate_options import GenerateOptions
from nnviz_action.project.selection import Selection, chosen_specs
from nnviz_action.project.survey import ModelState, orphans, survey
from nnviz_action.project.times import UNKNOWN, keep_times, read_times
from nnviz_action.report.generate_report import ModelResult, commit_hint, outcome, report_generated
from nnviz_action.report.progress import watching
from nnviz_action.system.pinned import Pins
from nnviz_action.system.temporary import sweep_temporary


@dataclass(frozen=True)
class GenerateResult:
    """What became of each model, the folders that were removed, each with what was left in it, and how to commit."""

    results: tuple[ModelResult, ...]
    removed: dict[Path, list[str]]
    commit: str


def draw_models(
    document: Document,
    selection: Selection,
    hasher: Hasher,
    options: GenerateOptions,
    index: Index | None,
    workers: Workers,
) -> GenerateResult:
    """Draw what is not fresh, or all under `force`, remove orphans, and report."""
    sweep_temporary()
    config = load_config(document)
    specs = chosen_specs(config, selection)
    if options.timeout is not None:
        specs = [replace(spec, timeout=options.timeout) for spec in specs]
    found = survey(config, specs, hasher, index)

    due = [spec.name for spec in specs if options.force or not _is_fresh(found[spec.name])]
    workers.expect(spec for spec in specs if spec.name in due)

    times = read_times(config.root, config.path)
    folders = (spec.folder for spec in specs)
    with Pins(config.root, folders) as pins, watching(due, times, options.quiet) as watch:

        def one(spec: ModelSpec) -> ModelResult:
            if spec.name not in due:
                return ModelResult(spec, found[spec.name].lock)
            on_stage = partial(watch.stage, spec.name)
            result = _generate_one(workers, spec, config, found[spec.name], hasher, pins, on_stage)
            watch.end(spec.name, outcome(result))
            return result

        results = workers.map(one, specs, lambda spec: times.get(spec.name, UNKNOWN))
        removed = _remove_orphans(config, index) if selection.rest and not _moved(pins) else {}
    keep_times(config.root, config.path, {r.spec.name: r.seconds for r in results if r.written})
    report_generated(config, results, removed, options.detail)
    return GenerateResult(tuple(results), removed, commit_hint(config, results))


def _is_fresh(state: ModelState) -> bool:
    return state.verdict.status is Status.FRESH and state.lock is not None


def _moved(pins: Pins) -> bool:
    """Whether a folder is another one than before the models ran; `generate` says so in the end."""
    try:
        pins.refuse_moved()
    except NnvizError:
        return True
    return False


def _remove_orphans(config: Config, index: Index | None) -> dict[Path, list[str]]:
    """The folders of models that left the config, each with what was not ours to remove."""
    removed = {}
    for folder in orphans(config, index):
        try:
            removed[folder] = remove_orphan(folder)
        except OSError:
            removed[folder] = sorted(path.name for path in folder.iterdir())
    return removed


def _generate_one(
    workers: Workers,
    spec: ModelSpec,
    config: Config,
    state: ModelState,
    hasher: Hasher,
    pins: Pins,
    on_stage: Callable[[str], None],
) -> ModelResult:
    start = time.monotonic()

    def hear(stage: str) -> None:
        nonlocal start
        start = time.monotonic() if stage == CAPTURE else start  # before that it waited for its turn
        on_stage(stage)

    if state.verdict.status is Status.TAKEN:
        return ModelResult(spec, state.lock, error=ModelError(state.verdict.reasons[0]))
    try:
        diagram = make_diagram(workers, spec, config, hasher, on_stage=hear)
        with pins.open(spec.folder) as folder:
            files = as_they_are(folder, diagram.files)
            lock = replace(diagram.lock, outputs={name: written_hash(name, data) for name, data in files.items()})
            written = write_diagram(folder, files, lock)
    except NnvizError as error:
        return ModelResult(spec, state.lock, seconds=time.monotonic() - start, error=error)
    except Exception as error:  # one model's trouble, even if it is our own, must not hide the others
        failure = unforeseen(error, ModelError)
        return ModelResult(spec, state.lock, seconds=time.monotonic() - start, error=failure)
    return ModelResult(spec, lock, tuple(written), diagram.notes, time.monotonic() - start, stages=diagram.seconds)
