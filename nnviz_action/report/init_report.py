"""What `init` found, and the next command."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from nnviz_action.config import option
from nnviz_action.report.table import show
from nnviz_action.setup.init.entries import FILE, Entry
from nnviz_action.setup.init.scan import Scan
from nnviz_action.setup.init.write import flow
from nnviz_action.system.install import install_command


def report_proposed(path: Path, found: Scan, entries: Sequence[Entry], more: int, static: bool) -> None:
    """A table of what was found: drawn, or why not."""
    shown = os.path.relpath(path)
    ready = [entry for entry in entries if not entry.failure]
    _say(f"{_count(found.files, 'Python file')}, {_count(found.classes, 'class', 'classes')} of torch.nn.Module")
    if entries:
        show(_table(entries, static))
    if any(entry.function for entry in ready):
        _say(f"wrote {FILE}: functions for models that take more than plain values")
    known = "told by its code" if static else "drawn"
    _say(f"wrote {shown}: {_count(len(entries), 'model')} found, {len(ready)} {known}")
    if more:
        _say(f"{more} more were not asked; to ask all: nnviz-action init --all --force{_option(path)}")
    if static and len(ready) < len(entries):
        _say(f"to ask the others: nnviz-action init --force{_option(path)}")
    elif not ready:
        _say(_nothing(entries))


def report_next(path: Path, has_torch: bool) -> None:
    """What to run now."""
    install = [] if has_torch else [install_command("nnviz-action[torch]")]
    steps = [*install, f"nnviz-action generate{_option(path)}"]
    sys.stdout.writelines(["next:\n", *(f"  {step}\n" for step in steps)])


def _option(path: Path) -> str:
    return option(os.path.relpath(path))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _nothing(entries: Sequence[Entry]) -> str:
    """What to do where no model is drawn."""
    if entries:
        example = entries[0]
        return (
            "the file has a comment for each: mend what it says, or write one by hand, for example:\n"
            f"  models:\n    {example.name}:\n      model: {example.target.text}\n      inputs: [[1, 3, 224, 224]]"
        )
    return "no torch.nn.Module in this folder is a model of its own; models of packages are named by hand:\n" + (
        "  models:\n    resnet18:\n      model: torchvision.models:resnet18\n      inputs: [[1, 3, 224, 224]]"
    )


def _table(entries: Sequence[Entry], static: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("model", "told" if static else "drawn", "inputs, or why not"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        told = entry.failure or f"{flow(entry.inputs)}  {entry.called_from}"
        table.add_row(entry.name, "no" if entry.failure else "yes", told.replace("[", "\\["))
    return table


def _count(number: int, what: str, many: str = "") -> str:
    return f"{number} {what if number == 1 else many or f'{what}s'}"
