"""`diff`: say what changed since another commit."""

import click

from nnviz_action.cli import options

FORMATS = ["text", "json", "markdown", "github", "python"]


@click.command()
@click.argument("arguments", nargs=-1, metavar="[BASE [HEAD]] [MODEL]...")
@options.config
@click.option("--format", "style", type=click.Choice(FORMATS), default="text")
@click.option("--pictures", metavar="DIR", help="Write pictures of what changed into this folder.")
@click.option(
    "--checkpoint",
    is_flag=True,
    help="Say whether weights that were saved before still load; with --format python, a function that renames them.",
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Say which line of code each change is about, and each change that others stand for.",
)
def diff(
    arguments: tuple[str, ...], config: str, style: str, pictures: str | None, checkpoint: bool, verbose: bool
) -> int:
    """Say what changed in the architecture.

    BASE is a commit, or A..B, which may be written as two. Compares the committed diagrams; without BASE, those at
    the point where this branch left the main one with those in the working tree.
    """
    from nnviz_action.project import diff as command  # noqa: PLC0415  # as `main` says

    if style == "python" and not checkpoint:
        raise click.UsageError("--format python goes with --checkpoint")
    if style == "github" and checkpoint:
        raise click.UsageError("--format github has no checkpoints: text, json, markdown or python")
    lines = verbose or style == "github"
    return command.diff(arguments, config, command.DiffOutput(style, pictures, checkpoint, lines))
