"""Many paths in a few words: `blocks.{0…11}.norm{1,2}, norm`."""

import re
from collections.abc import Sequence

MOST_TERMS = 3
MOST_NUMBERS, FIRST_NUMBERS = 8, 3  # of a list of places

_Row = tuple[str, ...]


def mask(path: str) -> str:
    """A path without its numbers: `layer*.*.conv*`."""
    return re.sub(r"\d+", "*", path)


def in_short(places: Sequence[str]) -> str:
    """All paths, those that differ in numbers or in one name in one word; or the first and the last."""
    families: dict[str, list[_Row]] = {}
    for place in dict.fromkeys(_without_numbers(places)):
        families.setdefault(mask(place), []).append(tuple(re.split(r"(\d+)", place)))
    terms = ["".join(row) for rows in families.values() for row in _shortened(rows)]
    terms = _joined(terms)
    return ", ".join(terms) if len(terms) <= MOST_TERMS else f"{places[0]} … {places[-1]}"


def in_one_text(texts: Sequence[str]) -> str:
    """Texts that differ in one number, wherever it stands: `layers.{0,1}.norm → norm{0,1}`; empty for all others."""
    rows = [re.split(r"(\d+)", text) for text in texts]
    if len(set(map(len, rows))) != 1:
        return ""
    columns = list(zip(*rows, strict=True))
    differing = {column for column in columns if len(set(column)) > 1}
    if len(differing) > 1 or any(not value.isdecimal() for column in differing for value in column):
        return ""
    return "".join(_numbers(list(dict.fromkeys(column))) if column in differing else column[0] for column in columns)


def _without_numbers(places: Sequence[str]) -> Sequence[str]:
    """`add()` for `add()`, `add()#2` and `add()#3`: all of one name."""
    first, numbers = places[0] if places else "", {place.partition("#")[2] for place in places}
    whole = {"", *map(str, range(2, len(numbers) + 1))}
    alike = first.endswith(")") and all(place.partition("#")[0] == first for place in places)
    return [first] if alike and numbers == whole else places


def _shortened(rows: list[_Row]) -> list[_Row]:
    """Rows of one length; those that go on alike from a number on become one."""
    if not rows or not rows[0]:
        return [()] if rows else []
    tails: dict[str, list[_Row]] = {}
    for row in rows:
        tails.setdefault(row[0], []).append(row[1:])
    heads: dict[tuple[_Row, ...], list[str]] = {}
    for head, rest in tails.items():
        heads.setdefault(tuple(_shortened(rest)), []).append(head)
    return [(_numbers(numbers), *rest) for rests, numbers in heads.items() for rest in rests]


def _numbers(values: Sequence[str]) -> str:
    """`{0…23}`, `{4…6,11…15}`; of many numbers that follow no rule the first ones and the last."""
    if len(values) == 1:
        return values[0]
    runs: list[list[int]] = []
    for number in sorted(map(int, values)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = [text for run in runs for text in _run(run)]
    if len(texts) > MOST_NUMBERS:
        texts = [*texts[:FIRST_NUMBERS], "…", texts[-1]]
    return f"{{{','.join(texts)}}}"


def _run(numbers: list[int]) -> list[str]:
    return [f"{numbers[0]}…{numbers[-1]}"] if len(numbers) > 2 else [str(number) for number in numbers]


def _joined(terms: list[str]) -> list[str]:
    """Terms that differ in one name become one: `attn.{q,k,v}`."""
    rows = [re.split(r"\.(?![^{]*})", term) for term in terms]
    found: list[tuple[list[str], int, list[str]]] = []  # a row, where others differ from it, and by what
    for row in rows:
        for first, at, names in found:
            differing = [i for i, (a, b) in enumerate(zip(first, row, strict=False)) if a != b]
            if len(first) == len(row) and len(differing) == 1 and at in (-1, differing[0]):
                found[found.index((first, at, names))] = (first, differing[0], [*names, row[differing[0]]])
                break
        else:
            found.append((row, -1, []))
    return [".".join(_with(row, at, names)) for row, at, names in found]


def _with(row: list[str], at: int, names: list[str]) -> list[str]:
    return row if at < 0 else [*row[:at], f"{{{','.join([row[at], *names])}}}", *row[at + 1 :]]
