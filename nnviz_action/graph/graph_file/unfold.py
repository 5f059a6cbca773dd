"""Repeats written out again."""

from collections.abc import Iterator
from typing import Any

from nnviz_action.graph.graph_file.patterns import VARIABLES, filled

MOST_COPIES = 2_000_000


def unfold(rows: Any, level: int = 0) -> Iterator[tuple[Any, int]]:
    """All rows, each with how many repeats it stands in. Raises `ValueError`.

    Takes as long as the rows are many: see `limits.require_room`.
    """
    if not isinstance(rows, list):
        raise ValueError(f"{rows!r:.60} are no rows")
    for row in rows:
        if not isinstance(row, dict) or "repeat" not in row:
            yield row, level
            continue
        _require_repeat(row, level)
        for copy in range(row["repeat"]):
            yield from unfold(_filled(row["rows"], VARIABLES[level], copy), level + 1)


def _require_repeat(row: dict[str, Any], level: int) -> None:
    times = row["repeat"]
    if row.keys() != {"repeat", "rows"} or type(times) is not int or not 1 < times <= MOST_COPIES:
        raise ValueError(f"{row!r:.60} is no repeat")
    if level == len(VARIABLES):
        raise ValueError(f"more than {len(VARIABLES)} repeats within each other")
    if not isinstance(row["rows"], list) or not row["rows"]:
        raise ValueError("a repeat of nothing")


def _filled(value: Any, variable: str, copy: int) -> Any:
    if isinstance(value, str):
        return filled(value, variable, copy)
    if isinstance(value, list):
        return [_filled(item, variable, copy) for item in value]
    if isinstance(value, dict):
        return {key: _filled_item(key, item, variable, copy) for key, item in value.items()}
    return value


def _filled_item(key: str, item: Any, variable: str, copy: int) -> Any:
    found = _filled(item, variable, copy)
    if key == "macs" and isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 20:
        return int(found)
    return found
