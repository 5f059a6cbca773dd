"""`generate`: write what is not fresh, and nothing else. Where all is fresh, nothing heavy is imported."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz_action.config import Document
from nnviz_action.errors import MissingError, ModelError
from nnviz_action.freshness.git_index import Index
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.lock import NAME
from nnviz_action.freshness.outputs import sweep
from nnviz_action.freshness.verdict import Status, Verdict
from nnviz_action.project.ahead import make_workers
from nnviz_action.project.budgets import excesses
from nnviz_action.project.gallery import find_pages, foreign_note, write_pages
from nnviz_action.project.generate_options import GenerateOptions
from nnviz_action.project.hook_note import write_hook_note
from nnviz_action.project.selection import Selection, open_document
from nnviz_action.project.shard_selection import choose
from nnviz_action.project.staged import judge_all, staged_index
from nnviz_action.project.survey import ModelState, folders_in, quick_survey
from nnviz_action.report.verdicts import Report, text, warn
from nnviz_action.system.pinned import Pins
from nnviz_action.system.repository import repository_root

if TYPE_CHECKING:
    from nnviz_action.project.draw import GenerateResult
    from nnviz_action.report.generate_report import ModelResult

CHANGED = 1
IN_A_HOOK = "in a hook with its own environment: additional_dependencies; or take the hook nnviz-check, without torch"


def generate(names: Sequence[str], config_path: str, options: GenerateOptions) -> int:
    """The exit code: 0; 3 if a model failed; 1 under `fail_if_changed` if anything was written or removed.

    Under `staged` also 1 where the next commit would lack something of what is fresh now.
    """
    document = open_document(config_path)
    selection = choose(document, names, options.shard, options.staged)
    index = staged_index(document) if options.staged else None
    _sweep(document)
    hasher = Hasher()
    quick = None if options.force else quick_survey(document, selection, hasher, index)
    if quick is not None:
        found = {state.verdict.model: state for state in quick}
        written = write_galleries(document, found, index) if selection.part is None else []
        index = staged_index(document) if index is not None and written else index
        report = _told(found, document, index)
        over = _warn(document, found)
        if index is not None and selection.everything and not over:
            write_hook_note(report, found, index)
        return CHANGED if report.failing or (written and options.fail_if_changed) else 0
    with Pins(_root(document), {folder.parent for folder in folders_in(document).values()}) as pins:
        produced = _produce(document, selection, hasher, options, index)
        pins.refuse_moved()
    found = {result.spec.name: _surveyed(result) for result in produced.results}
    written = write_galleries(document, found, index) if selection.part is None else []
    sys.stdout.write(produced.commit if options.detail != "failures" else "")
    _warn(document, found)
    return _conclude(produced, written, document, options)


def _sweep(document: Document) -> None:
    """Remove what a run that was killed left in the folders of the repository that this config writes to."""
    root, folders = _root(document), folders_in(document).values()
    wanted = {*folders, *(folder.parent for folder in folders)}
    sweep(folder for folder in wanted if folder.resolve().is_relative_to(root))


def _root(document: Document) -> Path:
    """Of the repository that the config lies in, or the config's own folder."""
    base = document.path.parent
    return (repository_root(base) or base).resolve()


def _produce(
    document: Document, selection: Selection, hasher: Hasher, options: GenerateOptions, index: Index | None
) -> "GenerateResult":
    with make_workers(document, selection, options.jobs) as workers:
        try:
            from nnviz_action.project.draw import draw_models  # noqa: PLC0415  # what draws is a second of imports
        except ModuleNotFoundError as error:
            raise _missing(error, document, options) from None
        return draw_models(document, selection, hasher, options, index, workers)


def _missing(error: ModuleNotFoundError, document: Document, options: GenerateOptions) -> Exception:
    """The one command that installs all that these models need, not only what was missed first."""
    from nnviz_action.config.load import load_config  # noqa: PLC0415  # pydantic, which a quick run does without

    if find_spec("torch") is not None or not any(spec.model for spec in load_config(document).models):
        return error
    from nnviz_action.system.install import needs  # noqa: PLC0415  # nor does it look for what is installed

    found = needs(f"{error.name} and torch", "torch")
    return MissingError(found.message, hint=f"{found.hint}\n  {IN_A_HOOK}") if options.staged else found


def _warn(document: Document, found: Mapping[str, ModelState]) -> bool:
    """Tell of budgets that models are over, which only a check fails for; whether there are any."""
    over = excesses(document, {name: state.lock.numbers for name, state in found.items() if state.lock})
    warn(document, over)
    return bool(over)


def _surveyed(result: "ModelResult") -> ModelState:
    return ModelState(result.lock, Verdict(result.spec.name, Status.FRESH), result.spec.folder)


def write_galleries(document: Document, found: Mapping[str, ModelState], index: Index | None) -> list[Path]:
    """Write the galleries that are not as they ought to be, and say so. Raises `ModelError` where that fails."""
    pages = find_pages(document, found, index)
    sys.stderr.write(foreign_note(pages, document.shown))
    try:
        written = write_pages(pages)
    except OSError as error:
        raise ModelError(f"cannot write {error.filename}: {error.strerror}") from None
    sys.stdout.writelines(f"{'gallery' if path.exists() else 'removed'}: {path}\n" for path in written)
    return written


def _conclude(
    produced: "GenerateResult", written: Sequence[Path], document: Document, options: GenerateOptions
) -> int:
    made = [r for r in produced.results if r.error is None]
    errors = [r.error for r in produced.results if r.error is not None]
    lacks = False
    if options.staged:
        found = {r.spec.name: _surveyed(r) for r in made}
        lacks = bool(_told(found, document, staged_index(document), produced.removed).failing)
    if options.staged and any(isinstance(error, MissingError) for error in errors):
        sys.stderr.write(f"{IN_A_HOOK}\n")
    if errors:
        return max(error.exit_code for error in errors)
    changed = options.fail_if_changed and (produced.removed or written or any(r.written for r in made))
    if changed and options.staged and not lacks:
        sys.stdout.write("what was written is what is staged: commit again\n")
    return CHANGED if changed or lacks else 0


def _told(
    found: Mapping[str, ModelState], document: Document, index: Index | None, removed: Iterable[Path] = ()
) -> Report:
    """Tell how it stands with what is fresh on disk."""
    verdicts = tuple(state.verdict for state in found.values())
    galleries: tuple[Verdict, ...] = ()
    staging = None
    if index is not None:
        gone = [folder for folder in removed if index.holds(f"{folder}/{NAME}")]
        pages = find_pages(document, found, index)
        verdicts, galleries, staging = judge_all(verdicts, found, index, document.path.parent, gone, pages)
    report = Report(document, verdicts, on_drift="", staging=staging, galleries=galleries)
    text(report)
    return report
