"""`action`: run as the step of a workflow."""

import os
import sys

import click

from nnviz_action.system import prctl


@click.command(hidden=True)
def action() -> int:
    """Run as the step of a workflow: what `action.yml` starts, with `NAME=value` lines on the standard input."""
    from nnviz_action.project.action import step as command  # noqa: PLC0415  # as `main` says

    return command.action(os.environ, _given())


def _given() -> dict[str, str]:
    """What stands in no environment. Nobody can read it once more, neither by the descriptor of this process nor, but
    for root, in its memory."""
    prctl.hide()
    if sys.stdin.isatty():
        return {}
    pairs = (line.rstrip("\n").partition("=") for line in sys.stdin)
    given = {name: value for name, _, value in pairs if value}
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123  # a descriptor is all we want
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    return given
