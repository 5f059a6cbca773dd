"""Two long texts in a few words: what differs, and a little around it."""

from collections.abc import Sequence
from itertools import takewhile

LONGEST = 60  # characters of a text that is told whole
AROUND = 12  # characters that are told on each side of what differs in a longer one


def step(before: str, after: str) -> str:
    """From one text to the other."""
    if max(len(before), len(after)) <= LONGEST:
        return f"{before} → {after}"
    start, end = shared(before, after), shared(before[::-1], after[::-1])
    end = min(end, len(before) - start, len(after) - start)
    start, end = max(0, start - AROUND), max(0, end - AROUND)
    sides = (text[start : len(text) - end] for text in (before, after))
    return " → ".join(f"{'…' * (start > 0)}{side}{'…' * (end > 0)}" for side in sides)


def shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many characters, or names, both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
