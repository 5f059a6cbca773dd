"""The same change in several places is one change, ×N."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from nnviz_action.comparison.changes import Change
from nnviz_action.comparison.class_families import tell_families
from nnviz_action.comparison.path_ranges import in_one_text, in_short, mask
from nnviz_action.comparison.shortened import shared
from nnviz_action.graph.numbers import Numbers


def group_changes(changes: Sequence[Change]) -> list[Change]:
    """Changes that say the same, each once, where the first of them stands; then those that say the same but for
    numbers of equal places."""
    return _grouped(tell_families(_grouped(changes, _key)), _parallel)


def _grouped(changes: Sequence[Change], key: Callable[[Change], Hashable]) -> list[Change]:
    groups: dict[Hashable, list[Change]] = {}
    for change in changes:
        groups.setdefault(key(change), []).append(change)
    return [_one(list(dict.fromkeys(group))) for group in groups.values()]


def _key(change: Change) -> Hashable:
    """What happened, wherever it did. What came or went, and what has no class, is told by its own name as well."""
    if change.kind == "moved":
        told = change.what, tuple(map(mask, change.details)), mask(change.who), change.how, mask(change.home)
        if change.how in ("put around", "taken out of"):
            return change.kind, *told
        return change.kind, *_apart(_plain(change.path), _plain(change.was)), *told
    if change.kind == "renamed":
        return change.kind, *_of_names(change)
    own = "" if change.kind == "changed" and change.what else mask(_own(change.path))
    details = (change.details[0], *of_all(change)) if _is_replaced(change) else change.details
    return change.kind, change.what, own, details


def of_all(change: Change) -> tuple[str, ...]:
    """What is said of all its weights, as that they are frozen."""
    return tuple(detail for detail in change.details[1:] if detail.startswith("all "))


def _apart(path: str, was: str) -> tuple[int, str, str]:
    """Two paths without what both begin with, which may be another block."""
    now, before = path.split("."), was.split(".")
    depth = shared(now, before)
    return depth, mask(".".join(now[depth:])), mask(".".join(before[depth:]))


def _is_replaced(change: Change) -> bool:
    """Whether the class is another one: what else is said of that need not be the same everywhere."""
    return change.kind == "changed" and bool(change.what) and change.details[0].endswith(f" → {change.what}")


def _of_names(change: Change) -> tuple[Hashable, ...]:
    """Modules in one row whose numbers all moved on, or modules that got one name for another."""
    (home, _, own), (was_home, _, was) = change.path.rpartition("."), change.was.rpartition(".")
    if own.isdecimal() and was.isdecimal():
        return mask(home), mask(was_home), int(own) - int(was)
    return change.what, mask(own), mask(was)


def _parallel(change: Change) -> Hashable:
    """The same in blocks of other sizes: all but the numbers, of parts that are called alike in rows that are."""
    if change.kind not in ("changed", "added", "removed"):
        return change.kind, change.path, change.was, id(change)
    places = change.places or (change.path,)
    rows = frozenset((mask(place.rpartition(".")[0]), _own(place)) for place in places)
    return change.kind, change.what, rows, tuple(map(mask, change.details)), len(places) > 1 or "." in change.path


def _own(path: str) -> str:
    """A part's own name, a function's without its number."""
    return _plain(path.rpartition(".")[2])


def _plain(path: str) -> str:
    """A path, a function's without its number."""
    return path.partition("#")[0]


def _one(group: Sequence[Change]) -> Change:
    if len(group) == 1:
        return group[0]
    before, after = (sum((getattr(c, side) for c in group), Numbers()) for side in ("before", "after"))
    places = tuple(dict.fromkeys(place for c in group for place in c.places or (c.path,)))
    text = _of_paths if group[0].kind == "moved" else _range
    details = tuple(
        text(said) for said in zip(*(c.details for c in group), strict=False) if len(set(map(mask, said))) == 1
    )
    details += tuple(detail for detail in of_all(group[0]) if detail not in details)
    what = group[0].what if len({c.what for c in group}) == 1 else ""
    stays = all(c.was == c.path for c in group)
    was = group[0].was if stays else in_short([_plain(c.was) for c in group]) if group[0].was else ""
    told = replace(group[0], what=what, details=details, was=was, home=in_short([c.home for c in group]))
    told = replace(told, who=_of_paths([c.who for c in group]))
    folded = tuple(one for change in group for one in change.folded)
    return replace(told, before=before, after=after, places=places if len(places) > 1 else (), folded=folded)


def _of_paths(texts: Sequence[str]) -> str:
    return in_one_text(texts) or _range(texts)


def _range(details: Sequence[str]) -> str:
    """`out 64 → 128 … 512 → 1024`: the first, and what is otherwise in the last."""
    first, last = details[0], details[-1]
    words, others = first.split(" "), last.split(" ")
    same = next((i for i, (a, b) in enumerate(zip(words, others, strict=False)) if a != b), len(words))
    return first if first == last else f"{first} … {' '.join(others[same:])}"
