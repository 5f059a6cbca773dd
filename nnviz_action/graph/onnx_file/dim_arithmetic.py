"""Arithmetic on dimensions, of which some are names: `length + 1`, `(height - 1)//32 + 1`.

A term is a name or an expression with a number added, and no longer than somebody reads.
"""

import re
from collections.abc import Callable
from itertools import accumulate

from nnviz_action.graph.onnx_file.dims import Dim

LONGEST = 60  # characters
_SUM = re.compile(r"(.+) ([+-]) (\d+)")
_QUOTIENT = re.compile(r"(.+)//(\d+)")
_SCALED = re.compile(r"(\d+)\*(.+)")


def plus(one: Dim, other: Dim) -> Dim:
    """Their sum."""
    if one is None or other is None:
        return None
    (term, number), (more, add) = _parts(one), _parts(other)
    if not term or not more:
        return _sum(term or more, number + add)
    return _sum(f"{term} + {more}", number + add)


def minus(one: Dim, other: Dim) -> Dim:
    """Their difference."""
    if one is None or other is None:
        return None
    (term, number), (less, take) = _parts(one), _parts(other)
    if term == less:
        return number - take
    return _sum(f"{term or 0} - {_bracketed(less)}" if less else term, number - take)


def times(one: Dim, other: Dim) -> Dim:
    """Their product, a number first."""
    if one is None or other is None:
        return None
    if isinstance(one, int) and isinstance(other, int):
        return one * other
    number, term = (other, one) if isinstance(other, int) else (one, other)
    if number in (0, 1):
        return term if number else 0
    scaled = _SCALED.fullmatch(str(term))
    if isinstance(number, int) and scaled and _is_atom(scaled[2]):
        return _short(f"{number * int(scaled[1])}*{scaled[2]}")
    return _short(f"{_bracketed(str(number))}*{_bracketed(str(term))}")


def over(one: Dim, other: Dim) -> Dim:
    """Their quotient, as integers have one."""
    if one is None or other is None or other == 0:
        return None
    if isinstance(one, int) and isinstance(other, int):
        return one // other
    if one == other or other == 1:
        return 1 if one == other else one
    quotient, scaled = _QUOTIENT.fullmatch(str(one)), _SCALED.fullmatch(str(one))
    if isinstance(other, int) and quotient and _is_atom(quotient[1]):
        return _short(f"{quotient[1]}//{int(quotient[2]) * other}")
    if isinstance(other, int) and scaled and _is_atom(scaled[2]) and int(scaled[1]) % other == 0:
        return times(int(scaled[1]) // other, scaled[2][1:-1] if scaled[2].startswith("(") else scaled[2])
    return _short(f"{_bracketed(str(one))}//{_bracketed(str(other))}")


def modulo(one: Dim, other: Dim) -> Dim:
    """What the division leaves."""
    if isinstance(one, int) and isinstance(other, int):
        return one % other if other else None
    if one is None or other is None:
        return None
    return 0 if other == 1 or one == other else _short(f"{_bracketed(str(one))} % {_bracketed(str(other))}")


def _parts(dim: int | str) -> tuple[str, int]:
    """What is a term, and the number that is added to it."""
    if isinstance(dim, int):
        return "", dim
    found = _SUM.fullmatch(dim)
    return (found[1], int(f"{found[2]}{found[3]}")) if found and _is_whole(found[1]) else (dim, 0)


def _is_whole(text: str) -> bool:
    return text.count("(") == text.count(")")


def _sum(term: str, number: int) -> Dim:
    if not term:
        return number
    return _short(f"{term} {'+' if number > 0 else '-'} {abs(number)}" if number else term)


def _bracketed(text: str) -> str:
    return text if _is_atom(text) else f"({text})"


def _is_atom(text: str) -> bool:
    """Whether it is a name, a number, or one pair of brackets with all else inside."""
    if not text.startswith("("):
        return text.isidentifier() or text.isdecimal()
    depths = list(accumulate((char == "(") - (char == ")") for char in text))
    return depths[-1] == 0 and 0 not in depths[:-1]


def _short(text: str) -> Dim:
    return text if len(text) <= LONGEST else None


ARITHMETIC: dict[str, Callable[[Dim, Dim], Dim]] = {
    "Add": plus,
    "Sub": minus,
    "Mul": times,
    "Div": over,
    "Mod": modulo,
}
