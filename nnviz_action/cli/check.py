"""`check`: say whether the diagrams are fresh."""

import click

from nnviz_action.cli import options


@click.command()
@options.selection
@click.option("--full", is_flag=True, help="Capture every model again instead of trusting unchanged files.")
@options.jobs
@click.option("--format", "style", type=click.Choice(["text", "json", "github"]), default="text")
@click.option("--report", metavar="FILE", help="Write what was found, and what changed since --base, as JSON.")
@click.option("--base", default="", metavar="COMMIT", help="What to compare with (default: where the branch began).")
@options.staged
@options.shard
@click.option("-q", "--quiet", is_flag=True, help="Say nothing: the exit code tells.")
def check(
    models: tuple[str, ...],
    config: str,
    full: bool,
    jobs: int,
    style: str,
    report: str | None,
    base: str,
    staged: bool,
    shard: str,
    quiet: bool,
) -> int:
    """Say whether the diagrams are fresh, and why not. Writes nothing but the report."""
    from nnviz_action.project import check as command  # noqa: PLC0415  # as `main` says

    asked = command.CheckOptions(full, jobs, staged, shard, record=report is not None, quiet=quiet)
    return command.check(models, config, asked, command.CheckOutput(style, report, base))
