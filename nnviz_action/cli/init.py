"""`init`: write a first config."""

from typing import Any

import click

from nnviz_action.cli import options


@click.command()
@options.config
@click.option("--all", "everything", is_flag=True, help="Ask all models, not only those that matter most.")
@click.option("--static", is_flag=True, help="Run nothing: list what the code alone tells.")
@options.jobs
@options.timeout("Seconds that one model may take (60).")
@click.option("--hook", is_flag=True, help="Also add the hook nnviz-check to .pre-commit-config.yaml.")
@click.option("--workflow", is_flag=True, help="Also write .github/workflows/diagrams.yml.")
@click.option("--force", is_flag=True, help="Replace a config that is there.")
def init(config: str, **flags: Any) -> int:
    """Write a config for the models of this repository: each is built without weights, and asked what it takes."""
    from nnviz_action.project import init as command  # noqa: PLC0415  # as `main` says

    return command.init(config, command.InitOptions(**flags))
