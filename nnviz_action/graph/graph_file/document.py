"""The bytes of a file → JSON that is within the limits, and has nothing that JSON is vague about."""

import json
import math
from typing import Any

from nnviz_action.graph.graph_file.limits import LONGEST_NUMBER, MOST_BYTES, VERSION, require_room, require_texts


def load(data: bytes) -> dict[str, Any]:
    """The content of a file of this version, within its limits. Raises `ValueError`, and `RecursionError`."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES // 1_000_000} MB")
    if b"\n<<<<<<< " in b"\n" + data:
        raise ValueError("a merge left its conflict markers in it")
    hooks: dict[str, Any] = {"object_pairs_hook": _mapping, "parse_int": _int, "parse_float": _float}
    document = json.loads(data.decode(), parse_constant=_constant, **hooks)
    if not isinstance(document, dict) or type(version := document.get("nnviz_graph")) is not int:
        raise ValueError("it does not say which version of the format it has")
    if version != VERSION:
        raise ValueError(f"version {version} of the format, where {VERSION} is known")
    require_texts(document)
    require_room(document)
    return document


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a key is there twice, of {', '.join(sorted(found))[:80]}")
    return found


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} digits")
    return int(text)


def _float(text: str) -> float:
    if len(text) > LONGEST_NUMBER or not math.isfinite(number := float(text)):
        raise ValueError(f"{text[:40]} is no number")
    return number


def _constant(text: str) -> float:
    raise ValueError(f"{text} is no number")
