"""Rows that repeat, but for numbers in their texts, as one `repeat`: the equal layers of a network are written once.

Rows are any JSON. What may differ between copies are numbers within texts, the count of MACs, and which value an
input is: that of the first copy may be any, as that of a first layer is. Numbers go on by the same step from copy to
copy.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from json import dumps  # by its own name: the user's code may replace that of the module
from typing import Any

from nnviz_action.graph.graph_file.limits import LARGEST_COUNT
from nnviz_action.graph.graph_file.patterns import VARIABLES, either, is_literal, split, stepped, steps_between

FEWEST_SAVED = 4  # rows: a repeat that saves less is harder to read than they are
MOST_PERIODS = 32  # lengths of a block that are tried at one row
LONGEST_STEP = 4  # of an index in two copies: any two numbers lie on a line, so nothing else may differ in them
_INPUTS = ("args", "in")
Change = Callable[[str, bool], Any]  # a text, and whether it is an input


@dataclass(frozen=True)
class _Row:
    """One row: what must be equal in all copies, its numbers, and its inputs."""

    key: str
    numbers: tuple[int, ...]
    inputs: tuple[tuple[str, tuple[int, ...]], ...]
    where: int  # how many of the numbers say in which module it lies


def fold(rows: list[Any], level: int = 0) -> list[Any]:
    """The rows with repeats for those that repeat; `unfold` gives them back as they were."""
    if level >= len(VARIABLES):
        return rows
    return _Folder(rows, level).folded()


def _row(row: Any, number: int) -> _Row:
    numbers: list[int] = []
    inputs: list[tuple[str, tuple[int, ...]]] = []
    literal = True

    def change(text: str, is_input: bool) -> Any:
        nonlocal literal
        literal = literal and is_literal(text)
        key, found = split(text)
        if is_input:
            inputs.append((key, found))
            return split(text.partition(": ")[0])[0] if ": " in text else ""
        numbers.extend(found)
        return key

    key = dumps(_changed(row, change), ensure_ascii=False)
    where = _count(row.get("at")) if isinstance(row, dict) else len(numbers)
    return _Row(key, tuple(numbers), tuple(inputs), where)


def _count(at: Any) -> int:
    texts = at if isinstance(at, list) else [at]
    return sum(len(split(text)[1]) for text in texts if isinstance(text, str))


def _changed(value: Any, change: Change, key: str = "", is_input: bool = False) -> Any:
    """The row with its texts changed, always in the same order."""
    if isinstance(value, str):
        return change(value, is_input and " = " not in value)
    if isinstance(value, dict):
        return {name: _changed(item, change, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_changed(item, change, key, key in _INPUTS) for item in value]
    if key == "macs" and type(value) is int and 0 <= value < LARGEST_COUNT // 10:
        text = change(str(value), False)
        return int(text) if text.isdecimal() else text
    return value


class _Folder:
    """One list of rows, from its begin to its end."""

    def __init__(self, rows: list[Any], level: int) -> None:
        self._rows, self._level, self._variable = rows, level, VARIABLES[level]
        self._seen = [_row(row, place) for place, row in enumerate(rows)]
        numbers: dict[str, int] = {}
        keys = [numbers.setdefault(row.key, len(numbers)) for row in self._seen]
        literal = [level > 0 or _is_literal(row) for row in rows]  # others are like no row, and so never folded
        self._keys = [
            key if is_one else -1 - place for place, (key, is_one) in enumerate(zip(keys, literal, strict=True))
        ]
        self._places: dict[int, list[int]] = defaultdict(list)
        for place in range(len(rows) - 1, -1, -1):
            self._places[self._keys[place]].append(place)  # the nearest last

    def folded(self) -> list[Any]:
        done: list[Any] = []
        at = 0
        while at < len(self._rows):
            start, period, times = self._repeat(at)
            plain = start if times > 1 else start + 1
            done += map(self._inner, self._rows[at:plain])
            if times > 1:
                block = self._block(start, period, times)
                done.append({"repeat": times, "rows": fold(block, self._level + 1)})
            at = start + period * times
        return done

    def _inner(self, row: Any) -> Any:
        """The row with what repeats in the bodies of its node."""
        if not isinstance(row, dict) or "bodies" not in row:
            return row
        bodies = [[name, {**body, "nodes": fold(body["nodes"], self._level)}] for name, body in row["bodies"]]
        return {**row, "bodies": bodies}

    def _repeat(self, at: int) -> tuple[int, int, int]:
        """Where the next repeat from here starts, how long its block is, and how many there are; or one plain row."""
        places = self._places[self._keys[at]]
        while places and places[-1] <= at:
            places.pop()
        best = (at, 1, 1)
        for place in places[: -MOST_PERIODS - 1 : -1]:
            period = place - at
            if best[2] > 1 and period % best[1] == 0 and best[1] * best[2] >= 2 * period:
                continue  # the same block, twice or more
            times = self._times(at, period)
            if (times - 1) * period >= FEWEST_SAVED and times * period > best[1] * best[2]:
                best = (at, period, times)
        return self._aligned(*best) if best[2] > 1 else best

    def _times(self, start: int, period: int) -> int:
        """How many copies of the block there are."""
        times = 1
        while start + (times + 1) * period <= len(self._rows) and self._goes_on(start, period, times):
            times += 1
        return times if times != 2 or self._is_index(start, period) else 1

    def _goes_on(self, start: int, period: int, copy: int) -> bool:
        here = start + copy * period
        if self._keys[here : here + period] != self._keys[start : start + period]:
            return False
        return copy == 1 or all(self._fits(start + place, period, copy) for place in range(period))

    def _fits(self, place: int, period: int, copy: int) -> bool:
        """Whether the row in this copy, the third or a later one, goes on from those before it."""
        a, b, c, d = (self._seen[place + number * period] for number in (0, 1, copy - 1, copy))
        if steps_between(a.numbers, b.numbers) != steps_between(c.numbers, d.numbers):
            return False
        return all(map(_is_next, a.inputs, b.inputs, self._second(place, period), c.inputs, d.inputs))

    def _second(self, place: int, period: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
        return self._seen[place + 2 * period].inputs

    def _is_index(self, start: int, period: int) -> bool:
        """Of two copies: whether they differ by the index of a module alone."""
        rows = self._seen[start : start + 2 * period]
        return all(map(_is_index, rows[:period], rows[period:]))

    def _aligned(self, start: int, period: int, times: int) -> tuple[int, int, int]:
        """The same repeat from where a module begins, if there is such a place: no layer is cut in two."""
        fewest, best = self._modules(start, period), (start, period, times)
        for shift in range(1, period):
            if fewest <= 1:
                break
            modules = self._modules(start + shift, period)
            if modules >= fewest:
                continue
            found = self._times(start + shift, period)
            if found >= max(2, times - 1) and (found - 1) * period >= FEWEST_SAVED:
                fewest, best = modules, (start + shift, period, found)
        return best

    def _modules(self, start: int, period: int) -> int:
        """How many indices of modules there are in a block: one, where it is one layer."""
        if start + 2 * period > len(self._rows):
            return period
        found = set()
        for place in range(start, start + period):
            row, after = self._seen[place], self._seen[place + period]
            pairs = zip(row.numbers[: row.where], after.numbers, strict=False)
            found.update([a for a, b in pairs if a != b][:1])
        return len(found)

    def _block(self, start: int, period: int, times: int) -> list[Any]:
        return [self._template(start + place, period, times) for place in range(period)]

    def _template(self, place: int, period: int, times: int) -> Any:
        first, second = self._seen[place], self._seen[place + period]
        steps = iter(steps_between(first.numbers, second.numbers))
        third = self._seen[place + 2 * period].inputs if times > 2 else second.inputs
        inputs = iter(zip(first.inputs, second.inputs, third, strict=True))
        others = iter(_inputs(self._rows[place + period]))

        def change(text: str, is_input: bool) -> str:
            if not is_input:
                return stepped(text, steps, self._variable)
            return self._input(text, next(others), *next(inputs))

        return _changed(self._rows[place], change)

    def _input(self, text: str, other: str, one: Any, two: Any, three: Any) -> str:
        """An input as all copies have it, or as the first has it and the others."""
        if one[0] == two[0] and (two == three or _is_line(one, two, three)):
            return stepped(text, iter(steps_between(one[1], two[1])), self._variable)
        return either(text, stepped(other, iter(steps_between(two[1], three[1])), self._variable, 1), self._variable)


def _inputs(row: Any) -> Iterator[str]:
    """The texts of a row that are inputs, in order."""
    found: list[str] = []

    def change(text: str, is_input: bool) -> str:
        if is_input:
            found.append(text)
        return text

    _changed(row, change)
    return iter(found)


def _is_index(row: _Row, other: _Row) -> bool:
    steps = steps_between(row.numbers, other.numbers)
    return not any(steps[row.where :]) and all(abs(step) <= LONGEST_STEP for step in steps)


def _is_line(one: Any, two: Any, three: Any) -> bool:
    return bool(one[0] == two[0] == three[0] and steps_between(one[1], two[1]) == steps_between(two[1], three[1]))


def _is_next(one: Any, two: Any, three: Any, before: Any, here: Any) -> bool:
    """Whether an input goes on as from the second copy to the third, or from the first."""
    if here[0] != two[0] or before[0] != two[0]:
        return False
    return steps_between(two[1], three[1]) == steps_between(before[1], here[1])


def _is_literal(row: Any) -> bool:
    literal = True

    def change(text: str, is_input: bool) -> str:
        nonlocal literal
        literal = literal and is_literal(text)
        return text

    _changed(row, change)
    return literal
