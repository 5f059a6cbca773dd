"""Options and arguments that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from nnviz_action.project.default_jobs import GIGABYTES_EACH, default_jobs

config = click.option("--config", default="nnviz.yaml", metavar="FILE", help="The config (default: nnviz.yaml).")
staged = click.option("--staged", is_flag=True, help="Exit 1 also where the next commit would lack a file.")
shard = click.option("--shard", default="", metavar="I/N", help="Only part I of N: see `nnviz-action plan`.")
jobs = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=default_jobs,
    help=f"Models at a time (default: one for each core, if there are {GIGABYTES_EACH} GB of memory for it).",
)
F = TypeVar("F", bound=Callable[..., Any])


def selection(function: F) -> F:
    """The models that are meant, and the config that lists them."""
    return click.argument("models", nargs=-1, metavar="[MODEL]...")(config(function))


def timeout(says: str) -> Callable[[F], F]:
    """How long one model may take."""
    seconds = click.FloatRange(min=0, max=1_000_000, min_open=True)
    return click.option("--timeout", type=seconds, help=says)
