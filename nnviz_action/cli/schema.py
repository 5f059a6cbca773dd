"""`schema`: print the config's JSON Schema."""

import json

import click


@click.command()
def schema() -> int:
    """Print the JSON Schema of nnviz.yaml."""
    from nnviz_action.config.schema import json_schema  # noqa: PLC0415  # as `main` says

    click.echo(json.dumps(json_schema(), indent=2))
    return 0
