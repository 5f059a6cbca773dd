"""What was found, as changes in the order of execution."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

from nnviz_action.comparison.changes import Change, Kind
from nnviz_action.comparison.function_crowds import Crowd, find_crowds
from nnviz_action.comparison.function_swaps import Swap
from nnviz_action.comparison.matching import Matching, Pair
from nnviz_action.comparison.module_details import Details
from nnviz_action.comparison.move_words import MoveWords
from nnviz_action.comparison.part_words import about, without_and_with
from nnviz_action.comparison.parts import Part, within
from nnviz_action.comparison.renames import renamed
from nnviz_action.comparison.tree import Tree
from nnviz_action.drawing.idle import IDLE
from nnviz_action.graph.numbers import Numbers

Placed = tuple[float, Change]
_MORE: tuple[str, ...] = ("called once more",)
_LESS: tuple[str, ...] = ("called once less",)


def list_changes(found: Matching, old: Tree, new: Tree, details: Details, swaps: Sequence[Swap]) -> list[Change]:
    """All changes, what was removed at the place where it stood."""
    place = {id(part): float(i) for i, part in enumerate(within([new.root]))}
    moved = {id(leaf) for a, _ in found.moved for leaf in within([a])}
    twin = {id(a): place[id(b)] for a, b in found.pairs if id(a) not in moved}
    was, last = {}, 0.0
    for part in within([old.root]):
        last = twin.get(id(part), last)
        was[id(part)] = last + 0.5
    done = {id(part) for swap in swaps for part in (*swap.removed, *swap.added)}
    kept = [{pair[side].path: pair for pair in reversed(found.pairs) if pair[side].is_module} for side in (0, 1)]
    words = MoveWords(found, old.leaves, new.leaves)
    changes = [(place[id(b)], change) for b, change in _changed(found, details, words, place.keys())]
    changes += [(place[id(s.added[0])] if s.added else was[id(s.removed[0])], _swapped(s, old, new)) for s in swaps]
    came, went = ([p for p in side if id(p) not in done] for side in (found.added, found.removed))
    if changes or not all(map(_is_idle, (*came, *went))):  # what does nothing is worth no word beside others
        came, went = ([p for p in side if not _is_idle(p)] for side in (came, went))
    crowds = list(find_crowds(found, came, went))
    changes += [(place[id(c.parts[0])] if c.came else was[id(c.parts[0])], _crowd(c, old, new)) for c in crowds]
    told = {id(part) for crowd in crowds for part in crowd.parts}
    changes += [(place[id(p)], _added(p, new, kept[1])) for p in came if id(p) not in told]
    changes += [(was[id(p)], _removed(p, old, kept[0])) for p in went if id(p) not in told]
    return _calls_together([change for _, change in sorted(changes, key=lambda item: item[0])])


def _calls_together(changes: Sequence[Change]) -> list[Change]:
    """Further calls of one module as one change, where the first of them is."""
    calls: Counter[object] = Counter((c.kind, c.path, c.details) for c in changes if c.details in (_MORE, _LESS))
    found: dict[object, Change] = {}
    for place, change in enumerate(changes):
        key = change.kind, change.path, change.details
        times = calls.get(key, 1)
        said = (f"called {times} times {change.details[0].rpartition(' ')[2]}",) if times > 1 else change.details
        found.setdefault(key if times > 1 else place, replace(change, details=said))
    return list(found.values())


def _is_idle(part: Part) -> bool:
    return part.box is not None and part.box.kind == IDLE


def _changed(found: Matching, details: Details, words: MoveWords, new: Set[int]) -> Iterator[tuple[Part, Change]]:
    """What became of each pair; `new` are the ids of the new parts."""
    moved, called = {id(b) for _, b in found.moved}, renamed(found)
    wrapped = {id(b): (outer, words.wrapped((outer, a, b), id(outer) in new)) for outer, a, b in found.wrapped}
    for a, b in found.pairs:
        if id(b) in wrapped:
            outer, change = wrapped[id(b)]
            yield outer if change.how == "put around" else b, change
        elif id(b) in moved:
            yield from ((b, change) for change in words.moved(a, b))
        elif id(b) in called:
            yield b, _change("renamed", a, b, was=a.path)
        if id(b) in details:
            yield b, _change("changed", a, b, details[id(b)])


def _change(kind: Kind, a: Part, b: Part, details: tuple[str, ...] = (), was: str = "") -> Change:
    return Change(kind, b.path, _what(b), details, was, before=a.numbers, after=b.numbers)


def _swapped(swap: Swap, old: Tree, new: Tree) -> Change:
    module = swap.module
    weights = () if swap.is_merged else without_and_with(swap.removed, swap.added, old, new)
    return Change("changed", module.path, _what(module), (swap.text, *weights), before=swap.before, after=swap.after)


def _crowd(crowd: Crowd, old: Tree, new: Tree) -> Change:
    numbers = sum((part.numbers for part in crowd.parts), Numbers())
    before, after = (Numbers(), numbers) if crowd.came else (numbers, Numbers())
    kind: Kind = "changed" if crowd.is_known else "added" if crowd.came else "removed"
    removed, added = ((), crowd.parts) if crowd.came else (crowd.parts, ())
    said = crowd.text, *without_and_with(removed, added, old, new)
    return Change(kind, crowd.module.path, _what(crowd.module), said, before=before, after=after)


def _added(part: Part, tree: Tree, kept: Mapping[str, Pair]) -> Change:
    change = Change("added", part.path, _what(part), after=part.numbers)
    return _again(change, part, kept, _MORE) or replace(change, details=about(part, tree))


def _removed(part: Part, tree: Tree, kept: Mapping[str, Pair]) -> Change:
    change = Change("removed", part.path, _what(part), before=part.numbers)
    return _again(change, part, kept, _LESS) or replace(change, details=about(part, tree))


def _again(change: Change, part: Part, kept: Mapping[str, Pair], said: tuple[str, ...]) -> Change | None:
    """Of a module that both graphs have, by whatever name, that it is called once more or less."""
    if not part.is_module or part.path not in kept:
        return None
    a, b = kept[part.path]
    return (
        replace(change, details=said)
        if a.path == b.path
        else replace(change, kind="changed", path=b.path, details=said)
    )


def _what(part: Part) -> str:
    return part.short_kind if part.is_module else ""
