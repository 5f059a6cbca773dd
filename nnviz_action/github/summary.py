"""The files by which a step speaks to GitHub: the job's summary and the step's outputs."""

import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

LARGEST = 1024 * 1024  # bytes; of a larger summary GitHub shows nothing at all
_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_REST = "{} more sections did not fit: GitHub shows 1 MiB of a step's summary."


def append_summary(path: Path, sections: Sequence[str], largest: int = LARGEST) -> int:
    """Add sections of Markdown, from the first one on as many as fit whole; how many were left out."""
    before = path.stat().st_size if path.exists() else 0
    gap = b"\n\n" if before else b""
    text, left = fitted(sections, largest - before - len(gap))
    if text:
        with path.open("ab") as file:
            file.write(gap + text)
    return left


def fitted(sections: Sequence[str], room: int) -> tuple[bytes, int]:
    """The bytes of as many sections as there is room for, with a line about the others, and how many others.

    Empty where not even that line has room.
    """
    parts = [_bytes(section) for section in sections]
    for count in range(len(parts), -1, -1):
        left = len(parts) - count
        text = b"".join([*parts[:count], *([_bytes(_REST.format(left))] if left else [])])
        if len(text) <= room:
            return text, left
    return b"", len(parts)


def _bytes(section: str) -> bytes:
    """A section and a blank line in UTF-8; what is no character, as half of a pair, becomes a question mark."""
    return f"{section.rstrip()}\n\n".encode("utf-8", "replace")


def write_outputs(path: Path, values: Mapping[str, str]) -> None:
    """Set outputs of the step. The values may be anybody's: the line that ends each cannot be guessed."""
    with path.open("ab") as file:
        for name, value in values.items():
            file.write(_heredoc(name, value, f"end-{secrets.token_hex(16)}"))


def _heredoc(name: str, value: str, end: str) -> bytes:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an output")
    return f"{name}<<{end}\n{value}\n{end}\n".encode("utf-8", "replace")
