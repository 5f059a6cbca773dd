"""`action`: run as the step of a workflow."""

import os
import sys

import click


@click.command(hidden=True)
def action() -> int:
    """Run as the step of a workflow on GitHub: what `action.yml` starts, with the token on the standard input."""
    from nnviz_action.project.action import step as command  # noqa: PLC0415  # as `main` says

    return command.action(os.environ, "" if sys.stdin.isatty() else sys.stdin.readline().strip())
