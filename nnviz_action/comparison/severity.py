"""Which rows a reader must see first."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.checkpoint import Checkpoint

BREAKS, FUNCTION, REST = range(3)
_TRAINS = re.compile(r"frozen\b|\bunused (frozen )?parameters\b|^example size ")
_KEYS = re.compile(r"torch\.compile|state dict$|parameter → |→ .*parameter$")
_CLASS = re.compile(r"\S+ → \S+( \d+ classes)?|\S+\* → \S+\*, \d+ classes")


@dataclass(frozen=True)
class Severity:
    """`homes` are the modules, old or new, that own a key which is another; `holders` the paths of modules that hold
    others, of which a class alone says nothing."""

    homes: frozenset[str]
    holders: frozenset[str]

    def rank(self, change: Change) -> int:
        """0 for what old weights, or those who call the model, run into; 1 for another function; 2 for what only
        trains or is called otherwise."""
        if change.folded:
            return min(map(self.rank, change.folded))
        if change.what in ("input", "output") or self._breaks(change):
            return BREAKS
        said = change.details
        is_name = change.kind in ("renamed", "moved") and not said
        holds = change.path in self.holders
        if is_name or (said and all(_TRAINS.search(text) or (holds and _CLASS.fullmatch(text)) for text in said)):
            return REST
        return FUNCTION

    def _breaks(self, change: Change) -> bool:
        if any(_KEYS.search(text) for text in change.details):
            return True
        paths = [path for path in (*(change.places or (change.path,)), change.was) if path]
        if change.kind == "changed" and change.path in self.holders:
            return " into " in change.details[0] and change.before.parameters > 0  # layers that were merged or split
        if change.kind != "changed":
            return any(home == path or home.startswith(f"{path}.") for path in paths for home in self.homes)
        return change.before.parameters != change.after.parameters or not self.homes.isdisjoint(paths)


def severity(found: Checkpoint | None, holders: Iterable[str]) -> Severity:
    """By what became of the keys; a type that torch casts is none of that."""
    changes = found.changes if found is not None else ()
    keys = [key for change in changes if change.state != "retyped" for key in (change.key, change.now) if key]
    return Severity(frozenset(key.rpartition(".")[0] for key in keys), frozenset(holders))


def most_severe_first(changes: Sequence[Change], by: Severity) -> list[Change]:
    """Those that rank alike stay in the order of execution."""
    return sorted(changes, key=by.rank)
