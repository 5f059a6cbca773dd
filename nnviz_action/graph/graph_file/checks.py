"""What is read, with the type that it must have; each of these raises `ValueError` and says where."""

from typing import Any

from nnviz_action.graph.graph_file.limits import LARGEST_COUNT


def require_keys(value: Any, keys: frozenset[str], what: str) -> None:
    """Nothing but these keys: what is not known may change what the rest means."""
    odd = sorted(mapping(value, what).keys() - keys)
    if odd:
        raise ValueError(f"{what} has the key {odd[0][:40]!r}, which is none of this version")


def text(value: Any, what: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise ValueError(f"{what} is {value!r:.60}")
    return value


def texts(value: Any, what: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(item, what) for item in rows(value, what))


def rows(value: Any, what: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise ValueError(f"{what} is {value!r:.60}")
    return value


def mapping(value: Any, what: str) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} is {value!r:.60}")
    return value


def number(value: Any, what: str) -> int:
    """A count: no bool, and none that is absurd."""
    if type(value) is not int or not 0 <= value < LARGEST_COUNT:
        raise ValueError(f"{what} is {value!r:.60}")
    return value


def counts(value: Any, what: str) -> dict[str, int]:
    """Counts by name."""
    return {name: number(count, what) for name, count in mapping(value, what).items()}


def flag(value: Any, what: str) -> bool:
    """True or false."""
    if type(value) is not bool:
        raise ValueError(f"{what} is {value!r:.60}")
    return value
