"""What `generate` did, as a table."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import NnvizError
from nnviz_action.lock import Lock
from nnviz_action.render.numbers import short


@dataclass(frozen=True)
class Generated:
    """One model after `generate`: what was written, or why nothing was."""

    spec: ModelSpec
    lock: Lock | None
    written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    error: NnvizError | None = None


def report_generated(config: Config, results: Sequence[Generated], removed: Mapping[Path, Sequence[str]]) -> None:
    """The table on stdout, failures and notes on stderr."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 140)
    console.print(_table(results))
    for folder in sorted({r.spec.folder.parent for r in results}):
        console.print(f"pictures: {folder}/<model>/", markup=False)
    for folder, left in removed.items():
        rest = f"; left in place: {', '.join(left)}" if left else ""
        console.print(
            f"removed the diagram of {folder.name}, which {config.path.name} no longer has{rest}",
            markup=False,
        )
    sys.stdout.flush()
    for result in results:
        for note in result.notes:
            sys.stderr.write(f"note: {result.spec.name}: {note}\n")
        if result.error is not None:
            sys.stderr.write(f"error: {result.spec.name}: {result.error}\n")


def _table(results: Sequence[Generated]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model", overflow="fold")
    for name in ("parameters", "nodes", "shapes", "files", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for result in results:
        table.add_row(*_row(result))
    return table


def _row(result: Generated) -> tuple[str, ...]:
    if result.error is not None:
        return (result.spec.name, "", "", "", "failed", f"{result.seconds:.1f}")
    numbers = result.lock.numbers if result.lock else {}
    shapes = f"{numbers['shaped']} of {numbers['values']}" if numbers else ""
    files = f"{len(result.written)} written" if result.written else "fresh"
    seconds = f"{result.seconds:.1f}" if result.seconds else ""
    parameters = short(numbers["parameters"]) if numbers else ""
    return (result.spec.name, parameters, str(numbers.get("nodes", "")), shapes, files, seconds)
