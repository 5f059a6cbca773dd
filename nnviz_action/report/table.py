"""How tables get to stdout."""

import sys
from io import StringIO

from rich.console import Console
from rich.table import Table

WIDE = 10_000  # columns: more than any table has


def show(table: Table) -> None:
    """On a terminal no wider than that is. In a log or a pipe no cell is folded, and no line ends in blanks."""
    if sys.stdout.isatty():
        Console(file=sys.stdout, highlight=False, soft_wrap=True).print(table)
        return
    plain = StringIO()
    Console(file=plain, highlight=False, width=WIDE, force_terminal=False).print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in plain.getvalue().splitlines())
