"""`plan`: divide the models among machines."""

import click

from nnviz_action.cli import options


@click.command()
@options.config
@click.option("--shards", required=True, type=click.IntRange(1, 256), help="Jobs to divide the models among.")
def plan(config: str, shards: int) -> int:
    """Divide the models among several machines.

    Prints the matrix of a workflow, balanced by the models' sizes.
    """
    from nnviz_action.project import plan as command  # noqa: PLC0415  # as `main` says

    return command.plan(config, shards)
