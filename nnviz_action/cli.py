"""The command line; the one place where an error becomes an exit code."""

import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import click

from nnviz_action import __version__
from nnviz_action.errors import NnvizError, as_bug, needs

# Each command imports what it needs when it runs: `check` must not pay for what `generate` uses.
# ruff: noqa: PLC0415

_config = click.option("--config", default="nnviz.yaml", metavar="FILE", help="The config (default: nnviz.yaml).")
_models = click.argument("models", nargs=-1, metavar="[MODEL]...")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nnviz-action")
def cli() -> None:
    """True diagrams of your PyTorch models, committed beside the code and checked on every change."""


@cli.command()
@_models
@_config
@click.option("--jobs", type=click.IntRange(min=1), help="Models at a time (default: one per two cores).")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), help="Seconds that one model may take.")
@click.option("--fail-if-changed", is_flag=True, help="Exit 1 if anything was written: what a hook needs.")
@click.option("--force", is_flag=True, help="Write also what is fresh as far as its files tell.")
def generate(
    models: tuple[str, ...], config: str, jobs: int | None, timeout: float | None, fail_if_changed: bool, force: bool
) -> int:
    """Write the diagrams that are not fresh."""
    from nnviz_action.commands import generate as command

    return command.generate(models, config, jobs or command.default_jobs(), timeout, fail_if_changed, force)


@cli.command()
@_models
@_config
@click.option("--full", is_flag=True, help="Capture every model again instead of trusting unchanged files.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="Models captured at a time.")
@click.option("--format", "style", type=click.Choice(["text", "json", "github"]), default="text")
def check(models: tuple[str, ...], config: str, full: bool, jobs: int, style: str) -> int:
    """Say whether the diagrams are fresh, and why not. Writes nothing."""
    from nnviz_action.commands import check as command

    return command.check(models, config, full, jobs, style)


@cli.command()
@click.argument("model")
@_config
def view(model: str, config: str) -> int:
    """Open a model's ONNX file in Netron."""
    from nnviz_action.commands import view as command

    return command.view(model, config)


@cli.command()
def schema() -> int:
    """Print the JSON Schema of nnviz.yaml."""
    import json

    from nnviz_action.config.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command line; never raises. A request to terminate ends it as Ctrl-C does."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    return _guarded(lambda: cli.main(args=argv, prog_name="nnviz-action", standalone_mode=False))


def _guarded(run: Callable[[], Any]) -> int:
    try:
        return int(run() or 0)
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
        return _fail(str(as_bug(error)), NnvizError.exit_code)


_EXTRAS = dict.fromkeys(("onnx", "onnx_ir", "google", "numpy", "graphviz", "pygraphviz", "PIL"), "render")


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"error: {message}\n")
    return code
