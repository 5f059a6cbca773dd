"""How much a file may hold. It may come from anywhere, and a short one may unfold into a long one."""

from collections.abc import Iterable
from math import prod
from typing import Any

VERSION = 1
MOST_BYTES = 16_000_000  # of a file
MOST_PLACES = 2_000_000  # texts and numbers, and some for each node, once all repeats are written out
OF_A_NODE = 8  # places
MOST_CHARACTERS = 64_000_000  # of these texts together
LONGEST_TEXT = 100_000
LONGEST_NUMBER = 400  # digits
LARGEST = 10**15  # elements of one tensor
LARGEST_COUNT = 10**18
DEEPEST = 32  # bodies within bodies
MOST_BODIES = 1000
MOST_PARTS = 100  # of a module's path


def require_texts(document: Any) -> None:
    """Raises `ValueError` where a text is too long, or has in it what no text has: NUL or half a character."""
    todo = [document]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            _require_text(value)
        elif isinstance(value, dict):
            todo += (*value, *value.values())
        elif isinstance(value, list):
            todo += value


def _require_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"a text of {len(text)} characters: {text[:40]!r}")
    if "\0" in text or not (text.isascii() or text.isprintable() or _is_whole(text)):
        raise ValueError(f"{text[:40]!a} is no text")


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def require_room(document: Any) -> None:
    """Raises `ValueError` where the file would unfold into more than any graph has."""
    places, characters = _room(document)
    if places > MOST_PLACES or characters > MOST_CHARACTERS:
        raise ValueError(f"it unfolds into {places} places with {characters} characters")


def _room(value: Any) -> tuple[int, int]:
    if isinstance(value, str):
        return 1, len(value)
    if isinstance(value, list):
        return _sum(value)
    if not isinstance(value, dict):
        return 1, 0
    times = value.get("repeat")
    if type(times) is int and times > 0:
        places, characters = _room(value.get("rows"))
        return places * times, characters * times
    places, characters = _sum(value.values())
    return places + OF_A_NODE, characters + sum(map(len, value))


def _sum(values: Iterable[Any]) -> tuple[int, int]:
    places, characters = 1, 0
    for value in values:
        more, longer = _room(value)
        places, characters = places + more, characters + longer
    return places, characters


def require_size(shape: Iterable[int | str | None]) -> None:
    """Raises `ValueError` for a tensor that cannot be."""
    sizes = [size for size in shape if isinstance(size, int)]
    if (
        any(size < 0 or size > LARGEST for size in sizes)
        or len(sizes) > MOST_PARTS
        or prod(filter(None, sizes)) > LARGEST
    ):
        raise ValueError(f"a tensor of {'×'.join(map(str, sizes[:8]))} elements")


class Budget:
    """What is in a graph more often than in its file, and how many bodies there are."""

    def __init__(self) -> None:
        self._bodies = self._places = 0

    def count_body(self, depth: int) -> None:
        """One more body, so deep within others. Raises `ValueError`."""
        self._bodies += 1
        if depth > DEEPEST or self._bodies > MOST_BODIES:
            raise ValueError(f"more than {DEEPEST} bodies within each other, or more than {MOST_BODIES} in all")

    def count(self, places: int) -> None:
        """So many more inputs or types. Raises `ValueError`."""
        self._places += places
        if self._places > MOST_PLACES:
            raise ValueError(f"more than {MOST_PLACES} inputs and types")
