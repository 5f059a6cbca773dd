"""`generate`: write what is not fresh, and nothing else."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnviz_action.commands.diagram import make_diagram
from nnviz_action.commands.pool import run_all
from nnviz_action.commands.select import open_document, select
from nnviz_action.commands.survey import Surveyed, orphans, survey
from nnviz_action.config import Config, ModelSpec
from nnviz_action.config.load import load_config
from nnviz_action.errors import ModelError, NnvizError, as_bug
from nnviz_action.lock import NAME, Lock, lock_bytes
from nnviz_action.outputs import remove_orphan, write_diagram
from nnviz_action.outputs import replace as replace_file
from nnviz_action.report.generated import Generated, report_generated
from nnviz_action.sources import Hasher
from nnviz_action.staleness import Status

CHANGED = 1


def generate(
    names: Sequence[str],
    config_path: str,
    jobs: int,
    timeout: float | None = None,
    fail_if_changed: bool = False,
    force: bool = False,
) -> int:
    """The exit code: 0; 3 if a model failed; 1 under `fail_if_changed` if anything was written or removed."""
    config = load_config(open_document(config_path))
    specs = select(config, names)
    if timeout is not None:
        specs = [replace(spec, timeout=timeout) for spec in specs]
    hasher = Hasher()
    found = survey(config, specs, hasher)

    def one(spec: ModelSpec) -> Generated:
        state = found[spec.name]
        if state.verdict.status is Status.FRESH and state.lock is not None and not force:
            return Generated(spec, state.lock)
        return _generate_one(spec, config, state, hasher)

    results = run_all(one, specs, jobs)
    removed = {} if names else _remove_orphans(config)
    report_generated(config, results, removed)
    if any(result.error for result in results):
        return max(r.error.exit_code for r in results if r.error)
    return CHANGED if fail_if_changed and (removed or any(r.written for r in results)) else 0


def _same_facts(then: Lock, now: Lock) -> bool:
    return then.digests == now.digests and then.numbers == now.numbers


def _remove_orphans(config: Config) -> dict[Path, list[str]]:
    """The folders of models that left the config, each with what was not ours to remove."""
    removed = {}
    for folder in orphans(config):
        try:
            removed[folder] = remove_orphan(folder)
        except OSError:
            removed[folder] = sorted(path.name for path in folder.iterdir())
    return removed


def default_jobs() -> int:
    """One model per two cores: each capture keeps one busy, and the layouts another."""
    return max(1, (os.cpu_count() or 2) // 2)


def _generate_one(spec: ModelSpec, config: Config, state: Surveyed, hasher: Hasher) -> Generated:
    start = time.monotonic()
    if state.verdict.status is Status.TAKEN:
        return Generated(spec, state.lock, error=ModelError(state.verdict.reasons[0]))
    try:
        diagram = make_diagram(spec, config, hasher)
        keep = state.verdict.status is Status.SUSPECT and state.lock is not None
        if keep and state.lock is not None and _same_facts(state.lock, diagram.lock):
            # Nothing that a picture shows has changed: another Graphviz or font must not rewrite it.
            lock = replace(diagram.lock, outputs=state.lock.outputs)
            written = [NAME] if replace_file(spec.folder / NAME, lock_bytes(lock)) else []
        else:
            lock, written = diagram.lock, write_diagram(spec.folder, diagram.files, diagram.lock)
    except NnvizError as error:
        return Generated(spec, state.lock, seconds=time.monotonic() - start, error=error)
    except OSError as error:
        failure = ModelError(f"cannot write {error.filename or spec.folder}: {error.strerror}")
        return Generated(spec, state.lock, seconds=time.monotonic() - start, error=failure)
    except Exception as error:  # one model's trouble, even if it is our own, must not hide the others
        return Generated(spec, state.lock, seconds=time.monotonic() - start, error=as_bug(error))
    return Generated(spec, lock, tuple(written), diagram.notes, time.monotonic() - start)
