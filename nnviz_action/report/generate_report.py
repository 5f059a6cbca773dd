"""What `generate` did, as a table."""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import NnvizError
from nnviz_action.freshness.lock import Lock
from nnviz_action.graph.number_text import short
from nnviz_action.report.table import show
from nnviz_action.report.verbosity import Verbosity

MANY = 3  # models that fail in the same way
MOST_NAMED = 8  # models in one line


@dataclass(frozen=True)
class ModelResult:
    """One model after `generate`: what was written, or why nothing was."""

    spec: ModelSpec
    lock: Lock | None
    written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    error: NnvizError | None = None
    stages: Mapping[str, float] = field(default_factory=dict)


def outcome(result: ModelResult) -> str:
    """What came of a model, in two words."""
    if result.error is not None:
        return "failed"
    return f"{len(result.written)} written" if result.written else "unchanged"


def report_generated(
    config: Config,
    results: Sequence[ModelResult],
    removed: Mapping[Path, Sequence[str]],
    detail: Verbosity = "models",
) -> None:
    """The table on stdout, failures and notes on stderr."""
    if detail != "failures":
        _tell(config, results, removed)
    for result in results:
        for note in result.notes if detail != "failures" else ():
            sys.stderr.write(f"note: {result.spec.name}: {note}\n")
        if detail == "stages" and result.stages:
            spent = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in result.stages.items())
            sys.stderr.write(f"time: {result.spec.name}: {spent}\n")
    sys.stderr.writelines(f"error: {line}\n" for line in _errors(results))
    failed = [result.spec.name for result in results if result.error is not None]
    if failed and len(results) > 1:
        rest = f" and {len(failed) - MOST_NAMED} more" if len(failed) > MOST_NAMED else ""
        sys.stderr.write(f"{len(failed)} of {len(results)} models failed: {', '.join(failed[:MOST_NAMED])}{rest}\n")


def commit_hint(config: Config, results: Sequence[ModelResult]) -> str:
    """The line that says how to commit what was written; empty if nothing was, or no repository is here."""
    if not any(result.written for result in results) or not (config.root / ".git").exists():
        return ""
    folders = sorted({Path(os.path.relpath(r.spec.folder.parent)).as_posix() for r in results if r.lock})
    return f"to commit them: git add {shlex.join(folders)}\n"


def _errors(results: Sequence[ModelResult]) -> Iterator[str]:
    """One that many models have, as where a package is missing, once, with all of their places."""
    alike: dict[str, list[ModelResult]] = {}
    for result in results:
        if result.error is not None:
            alike.setdefault(str(result.error).replace(_place(result), ""), []).append(result)
    for group in alike.values():
        for result in group[: 1 if len(group) >= MANY else MANY]:
            yield f"{result.spec.name}: {result.error}"
        if len(group) >= MANY:
            yield f"the same of {len(group) - 1} more:{''.join(map(_place, group[1:]))}"


def _place(result: ModelResult) -> str:
    return f"\n    {result.spec.place}: {result.spec.name}"


def _tell(config: Config, results: Sequence[ModelResult], removed: Mapping[Path, Sequence[str]]) -> None:
    show(_table(results))
    for folder in sorted({r.spec.folder.parent for r in results if r.lock is not None}):
        sys.stdout.write(f"pictures: {folder}/<model>/\n")
    for folder, left in removed.items():
        rest = f"; left in place: {', '.join(left)}" if left else ""
        sys.stdout.write(f"removed the diagram of {folder.name}, which {config.path.name} no longer has{rest}\n")
    sys.stdout.flush()


def _table(results: Sequence[ModelResult]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model", overflow="fold")
    for name in ("parameters", "nodes", "shapes", "files", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for result in results:
        table.add_row(*_row(result))
    return table


def _row(result: ModelResult) -> tuple[str, ...]:
    if result.error is not None:
        return (result.spec.name, "", "", "", "failed", f"{result.seconds:.1f}")
    numbers = result.lock.numbers if result.lock else {}
    shapes = f"{numbers['shaped']} of {numbers['values']}" if {"shaped", "values"} <= numbers.keys() else ""
    files = f"{len(result.written)} written" if result.written else "fresh"
    seconds = f"{result.seconds:.1f}" if result.seconds else ""
    parameters = short(numbers["parameters"]) if "parameters" in numbers else ""
    return (result.spec.name, parameters, str(numbers.get("nodes", "")), shapes, files, seconds)
