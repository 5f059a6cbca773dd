"""`history`: say what a model weighed from commit to commit."""

import click

from nnviz_action.cli import options


@click.command()
@click.argument("model")
@options.config
@click.option("--format", "style", type=click.Choice(["text", "json", "csv"]), default="text")
@click.option("--plot", metavar="FILE", help="Draw parameters, MACs and nodes as .svg or .png (NAME-dark.svg: dark).")
def history(model: str, config: str, style: str, plot: str | None) -> int:
    """Say what a model weighed from commit to commit.

    Reads the diagrams in git: no model runs.
    """
    from nnviz_action.project import history as command  # noqa: PLC0415  # as `main` says

    return command.history(model, config, style, plot)
