"""Classes that all were renamed in one way (`LlamaAttention → Qwen2Attention`): told once."""

from collections.abc import Sequence
from dataclasses import replace
from posixpath import commonpath

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.shortened import shared
from nnviz_action.graph.numbers import NOTHING

FEWEST = 3  # classes that are a family

Family = tuple[str, str]  # what all their names began with, and begin with now


def tell_families(changes: Sequence[Change]) -> list[Change]:
    """`Llama* → Qwen2*, 6 classes` for each of the classes, where the first of them is."""
    large = _large(changes)
    members = {family: [change for change in changes if _family(change) == family] for family in large}
    found: list[Change] = []
    for change in changes:
        family = _family(change)
        if family not in large:
            found.append(change)
            continue
        if change is members[family][0]:
            found.append(_all(members[family], family, len(large[family])))
        if len(change.details) > 1:
            found.append(replace(change, details=change.details[1:]))
    return found


def family_members(changes: Sequence[Change]) -> set[int]:
    """The ids of the changes that belong to a family."""
    large = _large(changes)
    return {id(change) for change in changes if _family(change) in large}


def _large(changes: Sequence[Change]) -> dict[Family, set[str]]:
    """The classes of each family."""
    classes: dict[Family, set[str]] = {}
    for change in changes:
        classes.setdefault(_family(change), set()).add(change.what)
    return {family: names for family, names in classes.items() if any(family) and len(names) >= FEWEST}


def _family(change: Change) -> Family:
    """What the names of two classes begin with, before the words that both end with; empty for all else."""
    before, arrow, after = (change.details[0] if change.details else "").partition(" → ")
    if change.kind != "changed" or not arrow or after != change.what:
        return "", ""
    length = shared(before[::-1], after[::-1])
    words = after[len(after) - length :]
    start = next((place for place, letter in enumerate(words) if letter.isupper()), len(words))
    length -= start
    return (before[:-length], after[:-length]) if length else ("", "")


def _all(members: Sequence[Change], family: Family, count: int) -> Change:
    """Told of the module that all of them are in."""
    places = [place.replace(".", "/") for change in members for place in change.places or (change.path,)]
    text = f"{family[0]}* → {family[1]}*, {count} classes"
    path = commonpath(places).replace("/", ".")
    return replace(members[0], path=path, what="", details=(text,), before=NOTHING, after=NOTHING, places=())
