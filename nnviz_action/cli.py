"""The command line; the one place where an error becomes an exit code."""

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from io import StringIO
from typing import Any

import click

from nnviz_action import __version__
from nnviz_action.commands.jobs import default_jobs
from nnviz_action.errors import NnvizError, as_bug, needs, unforeseen

# Each command imports what it needs when it runs: `check` must not pay for what `generate` uses.
# ruff: noqa: PLC0415

_config = click.option("--config", default="nnviz.yaml", metavar="FILE", help="The config (default: nnviz.yaml).")
_staged = click.option("--staged", is_flag=True, help="Exit 1 also where the next commit would lack a file.")
_shard = click.option("--shard", default="", metavar="I/N", help="Only part I of N: see `nnviz-action plan`.")
_jobs = click.option(
    "--jobs", type=click.IntRange(min=1), default=default_jobs, help="Models at a time (default: one for each core)."
)
_models = click.argument("models", nargs=-1, metavar="[MODEL]...")


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with:  nnviz-action init  and what it says to do next.",
)
@click.version_option(__version__, prog_name="nnviz-action")
def cli() -> None:
    """True diagrams of your PyTorch models, committed beside the code and checked on every change."""


@cli.command()
@_models
@_config
@_jobs
@click.option(
    "--timeout", type=click.FloatRange(min=0, max=1_000_000, min_open=True), help="Seconds that one model may take."
)
@click.option("--fail-if-changed", is_flag=True, help="Exit 1 if anything was written: what a hook needs.")
@click.option("--force", is_flag=True, help="Write also what is fresh as far as its files tell.")
@_staged
@_shard
@click.option("-q", "--quiet", is_flag=True, help="Tell what failed, and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Tell also how long each stage took.")
def generate(models: tuple[str, ...], config: str, jobs: int, **options: Any) -> int:
    """Write the diagrams that are not fresh."""
    from nnviz_action.commands import generate as command

    with redirect_stdout(StringIO()) if options["quiet"] else nullcontext():
        return command.generate(models, config, command.Options(jobs, **options))


@cli.command()
@_models
@_config
@click.option("--full", is_flag=True, help="Capture every model again instead of trusting unchanged files.")
@_jobs
@click.option("--format", "style", type=click.Choice(["text", "json", "github"]), default="text")
@click.option("--report", metavar="FILE", help="Write what was found, and what changed since --base, as JSON.")
@click.option("--base", default="", metavar="COMMIT", help="What to compare with (default: where the branch began).")
@_staged
@_shard
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
    from nnviz_action.commands import check as command

    asked = command.Asked(full, jobs, staged, shard, record=report is not None, quiet=quiet)
    return command.check(models, config, asked, command.Output(style, report, base))


@cli.command()
@click.argument("arguments", nargs=-1, metavar="[BASE] [MODEL]...")
@_config
@click.option("--format", "style", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--pictures", metavar="DIR", help="Write pictures of what changed into this folder.")
def diff(arguments: tuple[str, ...], config: str, style: str, pictures: str | None) -> int:
    """Say what changed in the architecture.

    BASE is a commit, or A..B. Compares the committed diagrams; without BASE, those at the point where this branch
    left the main one with those in the working tree.
    """
    from nnviz_action.commands import diff as command

    return command.diff(arguments, config, style, pictures)


@cli.command()
@click.argument("model")
@_config
@click.option("--format", "style", type=click.Choice(["text", "json", "csv"]), default="text")
@click.option("--plot", metavar="FILE", help="Draw parameters, MACs and nodes as .svg or .png (NAME-dark.svg: dark).")
def history(model: str, config: str, style: str, plot: str | None) -> int:
    """Say what a model weighed from commit to commit.

    Reads the diagrams in git: no model runs.
    """
    from nnviz_action.commands import history as command

    return command.history(model, config, style, plot)


@cli.command(hidden=True)
def action() -> int:
    """Run as the step of a workflow on GitHub: what `action.yml` starts, with the token on the standard input."""
    from nnviz_action.commands import action as command

    return command.action(os.environ, "" if sys.stdin.isatty() else sys.stdin.readline().strip())


@cli.command()
@_config
@click.option("--shards", required=True, type=click.IntRange(1, 256), help="Jobs to divide the models among.")
def plan(config: str, shards: int) -> int:
    """Divide the models among several machines.

    Prints the matrix of a workflow, balanced by the models' sizes.
    """
    from nnviz_action.commands import plan as command

    return command.plan(config, shards)


@cli.command()
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...")
@click.option("--output", required=True, metavar="FILE", help="Where to write the one report.")
def merge(reports: tuple[str, ...], output: str) -> int:
    """Join the reports of all shards.

    Writes the one that a single run would have written, and exits as it would.
    """
    from nnviz_action.commands import merge as command

    return command.merge(reports, output)


@cli.command()
@click.argument("model")
@_config
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen (default: a free port).")
@click.option("--no-browser", is_flag=True, help="Only serve; open no browser.")
@click.option("--save", metavar="FILE", help="Write Netron's picture into FILE (.png or .svg) instead.")
def view(model: str, config: str, port: int | None, no_browser: bool, save: str | None) -> int:
    """Open a model's ONNX file in Netron. MODEL is a name in the config, or the path of any .onnx file."""
    from nnviz_action.commands import view as command

    return command.save(model, config, save) if save else command.view(model, config, port, not no_browser)


@cli.command()
@_config
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
def doctor(config: str, style: str) -> int:
    """Say what is missing here, and what mends it."""
    from nnviz_action.commands import doctor as command

    return command.doctor(config, style)


@cli.command()
@_config
@click.option("--all", "everything", is_flag=True, help="List all models, not only those that matter most.")
@click.option("--try", "trial", is_flag=True, help="Run each model once; those that fail become comments.")
@_jobs
@click.option(
    "--timeout", type=click.FloatRange(min=0, max=1_000_000, min_open=True), help="Seconds that one may take (120)."
)
@click.option("--functions", is_flag=True, help="Also write nnviz_models.py, for models that take objects.")
@click.option("--hook", is_flag=True, help="Also add the hook nnviz-check to .pre-commit-config.yaml.")
@click.option("--workflow", is_flag=True, help="Also write .github/workflows/diagrams.yml.")
@click.option("--force", is_flag=True, help="Replace a config that is there.")
def init(config: str, **options: Any) -> int:
    """Write a config for the models of this repository. Without --try nothing of it is run."""
    from nnviz_action.commands import init as command

    return command.init(config, command.Options(**options))


@cli.command()
def schema() -> int:
    """Print the JSON Schema of nnviz.yaml."""
    import json

    from nnviz_action.config.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command line; never raises."""
    return _guarded(lambda: cli.main(args=argv, prog_name="nnviz-action", standalone_mode=False))


def _guarded(run: Callable[[], Any]) -> int:
    try:
        return _heard(int(run() or 0))
    except NnvizError as error:
        return _fail(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", 130)
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        failure = needs(str(error.name), extra) if extra else as_bug(error)
        return _fail(str(failure), failure.exit_code)
    except Exception as error:
        failure = unforeseen(error)
        return _fail(str(failure), failure.exit_code)


def _heard(code: int) -> int:
    """The same code, once all that was said has left us: a full disk behind stdout must not pass for success."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python tries again when it ends
        if not isinstance(error, BrokenPipeError):  # such as `head`, which has read enough
            error.filename = "stdout"
            raise
    return code


_EXTRAS = dict.fromkeys(("onnx", "onnx_ir", "google", "numpy", "graphviz", "pygraphviz", "PIL"), "render")
_EXTRAS["github"] = "github"


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"error: {message}\n")
    return code
