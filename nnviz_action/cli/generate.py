"""`generate`: write what is not fresh."""

from contextlib import nullcontext, redirect_stdout
from io import StringIO
from typing import Any

import click

from nnviz_action.cli import options


@click.command()
@options.selection
@options.jobs
@options.timeout("Seconds that one model may take.")
@click.option("--fail-if-changed", is_flag=True, help="Exit 1 if anything was written: what a hook needs.")
@click.option("--force", is_flag=True, help="Write also what is fresh as far as its files tell.")
@options.staged
@options.shard
@click.option("-q", "--quiet", is_flag=True, help="Tell what failed, and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Tell also how long each stage took.")
def generate(models: tuple[str, ...], config: str, jobs: int, **flags: Any) -> int:
    """Write the diagrams that are not fresh."""
    from nnviz_action.project import generate as command  # noqa: PLC0415  # as `main` says
    from nnviz_action.project.generate_options import GenerateOptions  # noqa: PLC0415

    with redirect_stdout(StringIO()) if flags["quiet"] else nullcontext():
        return command.generate(models, config, GenerateOptions(jobs, **flags))
