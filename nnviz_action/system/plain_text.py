"""Text of strangers for a terminal: nothing in it moves the cursor, colours, erases or turns the direction."""

import re

# Controls but for the end of a line and the tab, separators of lines, halves of characters, and marks of direction.
_COMMANDS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def plain(text: str) -> str:
    """The text with each of these as Python writes it: `\\x1b`."""
    return _COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n"))
