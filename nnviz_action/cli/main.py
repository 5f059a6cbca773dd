"""The command line."""

from importlib import import_module

import click

from nnviz_action import __version__
from nnviz_action.cli.exit_code import exit_code_of

COMMANDS = (
    "action", "check", "diff", "doctor", "generate", "history", "init", "merge", "plan", "schema", "view",
)  # fmt: skip


class Commands(click.Group):
    """The commands, each a file of its name, imported when it is named.

    It imports its use case only when it runs: `check` must not pay for what `generate` uses, and the help must not
    need an extra that a command needs.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, also those that the help hides."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them; None for any other word."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"nnviz_action.cli.{cmd_name}"), cmd_name)
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with:  nnviz-action init  and what it says to do next.",
)
@click.version_option(__version__, prog_name="nnviz-action")
def cli() -> None:
    """True diagrams of your PyTorch models, committed beside the code and checked on every change."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line; never raises."""
    return exit_code_of(lambda: cli.main(args=argv, prog_name="nnviz-action", standalone_mode=False))
