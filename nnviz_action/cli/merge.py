"""`merge`: join the reports of all shards."""

import click


@click.command()
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...")
@click.option("--output", required=True, metavar="FILE", help="Where to write the one report.")
def merge(reports: tuple[str, ...], output: str) -> int:
    """Join the reports of all shards.

    Writes the one that a single run would have written, and exits as it would.
    """
    from nnviz_action.project import merge as command  # noqa: PLC0415  # as `main` says

    return command.merge(reports, output)
