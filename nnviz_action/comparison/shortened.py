"""Two long texts in a few words: what differs, and a little around it."""

from collections.abc import Sequence
from itertools import takewhile

LONGEST = 60  # characters of a text that is told whole
AROUND = 12  # characters that are told on each side of what differs in a longer one


def step(before: str, after: str) -> str:
    """From one text to the other."""
    return " → ".join(around(before, after))


def around(before: str, after: str, longest: int = LONGEST) -> tuple[str, str]:
    """Both texts, of long ones what differs and a little on each side of it; where that is long, too, its ends."""
    if max(len(before), len(after)) <= longest:
        return before, after
    start, end = shared(before, after), shared(before[::-1], after[::-1])
    end = min(end, len(before) - start, len(after) - start)
    start, end = max(0, start - AROUND), max(0, end - AROUND)
    one, other = (text[start : len(text) - end] for text in (before, after))
    return _framed(cut(one, longest), start, end), _framed(cut(other, longest), start, end)


def _framed(text: str, start: int, end: int) -> str:
    return f"{'…' * (start > 0)}{text}{'…' * (end > 0)}"


def cut(text: str, longest: int) -> str:
    """A text, of a long one its beginning and its end."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"


def shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many characters, or names, both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
