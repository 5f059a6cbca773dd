"""Tables in a log or a pipe."""

import pytest
from rich.table import Table

from nnviz_action.report.table import show


def test_in_a_pipe_nothing_is_folded_and_no_line_ends_in_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("model", overflow="fold")
    table.add_column("from", overflow="fold")
    table.add_row("Net", f"{'deep/' * 60}net.py:12")
    table.add_row("Other", "a.py:1")
    show(table)
    out = capsys.readouterr().out
    assert out.splitlines()[1:] == [f"Net    {'deep/' * 60}net.py:12", "Other  a.py:1"]
    assert out == "".join(f"{line.rstrip()}\n" for line in out.splitlines())
