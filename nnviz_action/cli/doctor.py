"""`doctor`: say what is missing here."""

import click

from nnviz_action.cli import options


@click.command()
@options.config
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
def doctor(config: str, style: str) -> int:
    """Say what is missing here, and what mends it."""
    from nnviz_action.project import doctor as command  # noqa: PLC0415  # as `main` says

    return command.doctor(config, style)
