"""What `init` found, and the next command."""

import os
import sys
from pathlib import Path

from rich.table import Table

from nnviz_action.config import option
from nnviz_action.report.table import show
from nnviz_action.setup.init.builders import FILE
from nnviz_action.setup.init.propose import Proposal
from nnviz_action.setup.init.scan import Scan
from nnviz_action.setup.init.write import inputs_text
from nnviz_action.system.install import install_command

MOST_OUTLINES = 10


def report_proposed(path: Path, found: Scan) -> None:
    """A table of the entries, and what could not be guessed."""
    shown = os.path.relpath(path)
    _say(f"{_count(found.files, 'Python file')}, {_count(found.classes, 'class', 'classes')} of torch.nn.Module")
    if found.ready:
        show(_table(found.ready))
        _say(f"wrote {shown}: {_count(len(found.ready), 'model')}")
    if found.more:
        command = f"nnviz-action init --all --force{_option(path)}"
        _say(f"{len(found.more)} more are in the file, commented out; to list all: {command}")
    if found.outlines:
        _say_outlines(path, found)
    if not found.ready:
        _say(f"{shown} was not written: {_nothing(found)}")


def report_next(path: Path, has_torch: bool) -> None:
    """What to run now."""
    install = [] if has_torch else [install_command("nnviz-action[torch]")]
    steps = [*install, f"nnviz-action generate{_option(path)}"]
    sys.stdout.writelines(["next:\n", *(f"  {step}\n" for step in steps)])


def _option(path: Path) -> str:
    return option(os.path.relpath(path))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _say_outlines(path: Path, found: Scan) -> None:
    where = "; the file has a comment for each" if found.ready else ""
    _say(f"\nnot guessed{where}:")
    for proposal in found.outlines[:MOST_OUTLINES]:
        tried = f"tried, and failed: {proposal.failure}" if proposal.failure else proposal.problem
        _say(f"  {proposal.name}: {tried}")
    if len(found.outlines) > MOST_OUTLINES:
        _say(f"  and {len(found.outlines) - MOST_OUTLINES} more")

    if any(proposal.builder and proposal.problem for proposal in found.outlines):
        options = f"{' --force' if found.ready else ''}{_option(path)}"
        _say(f"some need a function: nnviz-action init --functions{options} writes them into {FILE}")


def _nothing(found: Scan) -> str:
    if any(proposal.failure for proposal in found.outlines):
        return "all that were tried failed. Mend what they say, or leave out --try: then it lists them"
    if found.outlines:
        example = found.outlines[0]
        return (
            "a config needs one model at least. Write it, for example:\n"
            f"  models:\n    {example.name}:\n      model: {example.target.text}\n      inputs: [[1, 3, 224, 224]]"
        )
    return "no torch.nn.Module in this folder is a model of its own; models of packages are named by hand:\n" + (
        "  models:\n    resnet18:\n      model: torchvision.models:resnet18\n      inputs: [[1, 3, 224, 224]]"
    )


def _table(proposals: tuple[Proposal, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("model", "inputs", "from"):
        table.add_column(name, overflow="fold")
    for proposal in proposals:
        table.add_row(proposal.name, inputs_text(proposal).replace("[", "\\["), proposal.called_from)
    return table


def _count(number: int, what: str, many: str = "") -> str:
    return f"{number} {what if number == 1 else many or f'{what}s'}"
