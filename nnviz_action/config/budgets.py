"""`budgets`: the most that a model may have of a number. Read without pydantic, as a quick check judges them too."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nnviz_action.config.document import Document
from nnviz_action.errors import ConfigError

LARGEST = 10**18  # as of the numbers in a lock
AMOUNT = r"([0-9]{1,3}(?:[,_][0-9]{3}){1,9}|[0-9]{1,20})(\.[0-9]{1,20})?(e\+?[0-9]{1,2})? ?([A-Za-z]*)"
_PREFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_COUNTS = {**_PREFIXES, "b": 10**9}  # a billion, as in `8 B parameters`
_BYTES = {
    **_PREFIXES,
    **{f"{prefix}b": size for prefix, size in _PREFIXES.items()},
    **{f"{prefix}ib": 1024**power for power, prefix in enumerate("kmgt", 1)},
}


@dataclass(frozen=True)
class Kind:
    """What a key limits: the name of the number in a lock, the units by their names in small letters, an example."""

    number: str
    what: str
    units: Mapping[str, int]
    example: str


KINDS = {
    "params": Kind("parameters", "number of parameters", _COUNTS, "12M or 1.5B"),
    "macs": Kind("macs", "number of MACs", {**_COUNTS, **{f"{u}macs": n for u, n in _PREFIXES.items()}}, "2G"),
    "activations": Kind("activations", "number of bytes", _BYTES, "500MB or 2GiB"),
    "saved": Kind("saved", "number of bytes", _BYTES, "500MB or 2GiB"),
}


@dataclass(frozen=True)
class Budget:
    """The most that a model may have of a number in its lock, and where the config says so."""

    number: str
    limit: int
    line: int
    column: int


@dataclass(frozen=True)
class Excess:
    """A model that has more of a number than its budget."""

    model: str
    value: int
    budget: Budget


def exceeding(model: str, numbers: Mapping[str, int], budgets: tuple[Budget, ...]) -> tuple[Excess, ...]:
    """The budgets that a model is over; a number that is not known is over none."""
    return tuple(Excess(model, numbers[b.number], b) for b in budgets if numbers.get(b.number, 0) > b.limit)


def read_budgets(document: Document, model: str) -> tuple[Budget, ...]:
    """The budgets of a model, those under `defaults` among them. Raises `ConfigError` for what is none."""
    found: dict[str, Budget | None] = {}
    for where in (("defaults", "budgets"), ("models", model, "budgets")):
        for key, value in _section(document, where).items():
            line, column = document.marks.get((*where, key), (1, 1))
            limit = _limit(document, (*where, key), value)
            found[key] = None if limit is None else Budget(KINDS[key].number, limit, line, column)
    return tuple(budget for key in KINDS if (budget := found.get(key)) is not None)


def budget_problems(document: Document) -> Iterator[ConfigError]:
    """All that is wrong with the budgets of a file whose keys are right."""
    for where in (("defaults", "budgets"), *(("models", model, "budgets") for model in document.data["models"])):
        for key, value in _section(document, where).items():
            try:
                _limit(document, (*where, key), value)
            except ConfigError as problem:
                yield problem


def _section(document: Document, where: tuple[str, ...]) -> Mapping[str, Any]:
    found: Any = document.data
    for key in where:
        found = found.get(key, {}) if isinstance(found, dict) else {}
    if not isinstance(found, dict):
        raise document.error(where, "a mapping of keys is wanted", "write  budgets: {params: 12M}")
    return found


def _limit(document: Document, where: tuple[str, ...], value: Any) -> int | None:
    kind = KINDS.get(where[-1])
    if kind is None:
        raise document.error(where, f"unknown key {where[-1]!r}", f"known keys: {', '.join(KINDS)}")
    amount = None if value is None else _amount(value, kind.units)
    if value is None or amount is not None:
        return amount
    message = f"{'.'.join(where)}: {value!r} is no {kind.what}"
    raise document.error(where, message, f"write, for example, {kind.example}; null for no budget")


def read_bytes(value: Any) -> int | None:
    """The number of bytes that is meant, as in `8GB`; None where there is none."""
    return _amount(value, _BYTES)


def _amount(value: Any, units: Mapping[str, int]) -> int | None:
    """The whole number that is meant; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = re.fullmatch(AMOUNT, str(value).strip())
    if found is None or found[4].lower() not in units:
        return None
    digits, part = re.sub("[,_]", "", found[1]), (found[2] or ".")[1:]
    times = units[found[4].lower()] * 10 ** int((found[3] or "e0")[1:])
    amount, rest = divmod(int(digits + part) * times, 10 ** len(part))
    return amount if not rest and amount <= LARGEST else None
