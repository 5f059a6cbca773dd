"""`view`: open an ONNX file in Netron."""

import click

from nnviz_action.cli import options


@click.command()
@click.argument("model")
@options.config
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen (default: a free port).")
@click.option("--no-browser", is_flag=True, help="Only serve; open no browser.")
@click.option("--save", metavar="FILE", help="Write Netron's picture into FILE (.png or .svg) instead.")
def view(model: str, config: str, port: int | None, no_browser: bool, save: str | None) -> int:
    """Open a model's ONNX file in Netron. MODEL is a name in the config, or the path of any .onnx file."""
    from nnviz_action.project import netron_view as command  # noqa: PLC0415  # as `main` says

    return command.save(model, config, save) if save else command.view(model, config, port, not no_browser)
