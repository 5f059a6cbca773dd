"""JSON as text: one row a line, LF, what repeats or lies within a node one blank further in."""

from collections.abc import Iterator
from json import dumps  # by its own name: the user's code may replace that of the module
from typing import Any

# What is written one item a line; all else stands in the line of what it belongs to.
_LISTS = frozenset(("inputs", "outputs", "modules", "nodes", "weights", "state", "unsaved", "lines", "rows"))
_MAPPINGS = frozenset(("classes", "types"))


def text_of(document: dict[str, Any]) -> str:
    """The file's text."""
    return "\n".join(_object(document, "")) + "\n"


def _object(value: dict[str, Any], indent: str) -> Iterator[str]:
    """One key a line."""
    yield "{"
    for number, (key, item) in enumerate(value.items(), 1):
        lines = list(_value(key, item, indent))
        lines[-1] += "," * (number < len(value))
        yield f"{indent}{_plain(key)}: {lines[0]}"
        yield from lines[1:]
    yield f"{indent}}}"


def _value(key: str, value: Any, indent: str) -> Iterator[str]:
    if key in _LISTS and isinstance(value, list):
        yield from _block("[]", [list(_row(item, f"{indent} ")) for item in value], indent)
    elif key in _MAPPINGS and isinstance(value, dict):
        yield from _block("{}", [[f"{_plain(name)}: {_plain(item)}"] for name, item in value.items()], indent)
    else:
        yield _plain(value)


def _block(brackets: str, items: list[list[str]], indent: str) -> Iterator[str]:
    yield brackets[0]
    for number, lines in enumerate(items, 1):
        lines[-1] += "," * (number < len(items))
        yield f"{indent} {lines[0]}"
        yield from lines[1:]
    yield f"{indent}{brackets[1]}"


def _row(row: Any, indent: str) -> Iterator[str]:
    """A row in one line, but for what lies in it."""
    if isinstance(row, dict) and "repeat" in row:
        lines = list(_value("rows", row["rows"], indent))
        yield f'{{"repeat": {row["repeat"]}, "rows": {lines[0]}'
        yield from lines[1:-1]
        yield f"{lines[-1]}}}"
    elif isinstance(row, dict) and "bodies" in row:
        head = _plain({key: value for key, value in row.items() if key != "bodies"})
        bodies = [list(_body(name, body, f"{indent} ")) for name, body in row["bodies"]]
        lines = list(_block("[]", bodies, indent))
        yield f'{head[:-1]}, "bodies": {lines[0]}'
        yield from lines[1:-1]
        yield f"{lines[-1]}}}"
    else:
        yield _plain(row)


def _body(name: str, body: dict[str, Any], indent: str) -> Iterator[str]:
    lines = list(_object(body, indent))
    yield f"[{_plain(name)}, {lines[0]}"
    yield from lines[1:-1]
    yield f"{lines[-1]}]"


def _plain(value: Any) -> str:
    return dumps(value, ensure_ascii=False, allow_nan=False)
