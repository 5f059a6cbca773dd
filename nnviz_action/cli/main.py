"""The command line."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module

import click

from nnviz_action import __version__
from nnviz_action.cli.exit_code import exit_code_of

COMMANDS = (
    "action", "check", "diff", "doctor", "generate", "history", "init", "merge", "plan", "schema", "view",
)  # fmt: skip


class Commands(MutableMapping[str, click.Command]):
    """The commands by name, each in a file of that name, imported when it is asked for.

    A command imports its use case only when it runs: `check` must not pay for what `generate` uses, and the help must
    not need an extra that a command needs.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            if name not in COMMANDS:
                raise KeyError(name)
            self._loaded[name] = getattr(import_module(f"nnviz_action.cli.{name}"), name)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@click.group(
    commands=Commands(),
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with:  nnviz-action init  and what it says to do next.",
)
@click.version_option(__version__, prog_name="nnviz-action")
def cli() -> None:
    """True diagrams of your PyTorch models, committed beside the code and checked on every change."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line; never raises."""
    return exit_code_of(lambda: cli.main(args=argv, prog_name="nnviz-action", standalone_mode=False))
