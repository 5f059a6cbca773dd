"""Texts that differ by numbers alone, as one text: `layers.{i}.mlp`, `1×{64+32i}×56×56 f32`.

`{a+bi}` stands for a number in the copy that `i` counts from 0; repeats within repeats count by `j` and `k`.
`x |i y` is x in the first copy and y in the others.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

VARIABLES = "ijk"  # from the outermost repeat to the innermost
_NUMBER = re.compile(r"(\{[^{}]*\}|\d+)")
_TERM = re.compile(r"\{(?:(\d{1,18})([+-]))?(\d{0,18})([ijk])(?:-(\d{1,18}))?\}")
_FIRST = re.compile(r" \|[ijk] ")


@lru_cache(maxsize=8192)
def split(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without its numbers, and these."""
    numbers: list[int] = []

    def found(match: re.Match[str]) -> str:
        if not _is_number(match[0]):
            return match[0]
        numbers.append(int(match[0]))
        return "\0"

    return _NUMBER.sub(found, text), tuple(numbers)


def _is_number(token: str) -> bool:
    """Whether it is written as numbers are; others, as 007, are letters like any."""
    return token.isascii() and token.isdecimal() and len(token) < 18 and (token == "0" or token[0] != "0")


def stepped(text: str, steps: Iterator[int], variable: str, copy: int = 0) -> str:
    """The text, which is that of one of the copies, with each number as it goes on by its step."""

    def term(match: re.Match[str]) -> str:
        if not _is_number(match[0]):
            return match[0]
        step = next(steps)
        return match[0] if step == 0 else _term(int(match[0]) - step * copy, step, variable)

    return _NUMBER.sub(term, text)


def _term(start: int, step: int, variable: str) -> str:
    times = f"{'' if abs(step) == 1 else abs(step)}{variable}"
    if step < 0:
        return f"{{{start}-{times}}}"
    if start < 0:
        return f"{{{times}-{-start}}}"
    return f"{{{start}+{times}}}" if start else f"{{{times}}}"


def either(first: str, others: str, variable: str) -> str:
    """One text for the first copy, and another one for the others."""
    return first if first == others else f"{first} |{variable} {others}"


def is_literal(text: str) -> bool:
    """Whether nothing in the text would be taken for one of our signs."""
    return _TERM.search(text) is None and _FIRST.search(text) is None


def filled(text: str, variable: str, copy: int) -> str:
    """The text in one of the copies. Raises `ValueError` where a number would be negative."""
    text = _chosen(text, variable, copy) if f" |{variable} " in text else text
    return _TERM.sub(lambda match: _number(match, variable, copy), text) if "{" in text else text


def _chosen(text: str, variable: str, copy: int) -> str:
    """One side of each sign: those of inner repeats stand around those of outer ones, `(a |i b) |j (c |i d)`."""
    inner = VARIABLES.partition(variable)[2]
    parts = re.split(rf"( \|[{inner}] )", text) if inner else [text]
    sides = (part.partition(f" |{variable} ") for part in parts)
    return "".join(others if sign and copy else first for first, sign, others in sides)


def _number(match: re.Match[str], variable: str, copy: int) -> str:
    start, sign, step, name, less = match.groups()
    if name != variable:
        return match[0]
    number = int(start or 0) + int(step or 1) * copy * (-1 if sign == "-" else 1) - int(less or 0)
    if number < 0:
        raise ValueError(f"{match[0]} is {number} in one of the copies")
    return str(number)


def steps_between(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    """How far each number goes on."""
    return tuple(b - a for a, b in zip(one, other, strict=True))
