"""`diff`: say what changed since another commit."""

import click

from nnviz_action.cli import options


@click.command()
@click.argument("arguments", nargs=-1, metavar="[BASE] [MODEL]...")
@options.config
@click.option("--format", "style", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--pictures", metavar="DIR", help="Write pictures of what changed into this folder.")
def diff(arguments: tuple[str, ...], config: str, style: str, pictures: str | None) -> int:
    """Say what changed in the architecture.

    BASE is a commit, or A..B. Compares the committed diagrams; without BASE, those at the point where this branch
    left the main one with those in the working tree.
    """
    from nnviz_action.project import diff as command  # noqa: PLC0415  # as `main` says

    return command.diff(arguments, config, style, pictures)
