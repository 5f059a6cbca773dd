"""What strangers say, for a terminal."""

import pytest

from nnviz_action.system.plain_text import plain

HARMLESS = ["two\nlines\tand a tab", "شبكة שלום 网络 é", "می‌خواهم", "👩‍💻 🇩🇪", "a b", "…×→"]
COMMANDS = {
    "\x1b[2J": r"\x1b[2J", "a\rb": r"a\rb", "\x07\x08\x7f": r"\x07\x08\x7f", "\x9b31m": r"\x9b31m", "\u202egnp": r"\u202egnp",
    "\u2066x\u2069": r"\u2066x\u2069", "\u200e\u200f\u061c": r"\u200e\u200f\u061c", "\u2028": r"\u2028", "\ud800": r"\ud800",
    "\0": r"\x00",
}  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_only_read_stays(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize("text", COMMANDS, ids=ascii)
def test_what_a_terminal_would_obey_is_written_out(text: str) -> None:
    assert plain(text) == COMMANDS[text]


def test_the_end_of_a_line_in_windows_is_one() -> None:
    assert plain("a\r\nb") == "a\nb"
