"""Among what is left on both sides, what is the same in another place."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence, Set
from itertools import groupby

from nnviz_action.diff.alignment import align
from nnviz_action.diff.matching import Matching, Pair, match
from nnviz_action.diff.parts import Part, outermost, within
from nnviz_action.diff.similarity import ALIKE, common


def find_moved(found: Matching) -> None:
    """What was taken for removed and added, and only moved."""
    _rehouse(found)
    for key, is_same in ((_equal, _is_equal_elsewhere), (_alike, _is_alike_elsewhere)):
        gone: set[int] = set()
        free: dict[Hashable, list[Part]] = {}
        for part in within(found.added):
            free.setdefault(key(part), []).append(part)
        for one in sorted(within(found.removed), key=lambda part: -part.size):
            others = free.get(key(one), []) if _is_whole(one, gone) else []
            other = next((p for p in others if _is_whole(p, gone) and is_same(one, p)), None)
            if other is not None:
                _move(found, one, other, gone)
                others.remove(other)
        _settle(found, gone)


def _is_whole(part: Part, gone: Set[int]) -> bool:
    """Whether nothing of it is accounted for already."""
    return all(id(inner) not in gone for inner in within([part]))


def _equal(part: Part) -> Hashable:
    return part.content


def _alike(part: Part) -> Hashable:
    return part.name, part.kind


def _move(found: Matching, one: Part, other: Part, gone: set[int]) -> None:
    """Note a move; what is in one of both alone stays to be accounted for."""
    gone.update(id(inner) for part in (one, other) for inner in within([part]))
    found.moved.append((one, other))
    inside = Matching()
    match(one, other, inside)
    found.pairs += inside.pairs
    gone.difference_update(id(part) for part in within([*inside.removed, *inside.added]))


def _settle(found: Matching, gone: set[int]) -> None:
    """Of the outermost parts that were left, leave what is not accounted for."""
    if gone:
        found.removed = [rest for part in found.removed for rest in outermost(part, gone)]
        found.added = [rest for part in found.added for rest in outermost(part, gone)]


def _rehouse(found: Matching) -> None:
    """Where a module was put around others, or taken away from around them, these moved as one."""
    gone: set[int] = set()
    for family, house in list(_houses(found.removed, found.added)):
        _move_in([(one, other) for one, other in align(family, house.children) if one and other], house, found, gone)
    _settle(found, gone)
    gone = set()
    for family, house in list(_houses(found.added, found.removed)):
        _move_in([(one, other) for one, other in align(house.children, family) if one and other], house, found, gone)
    _settle(found, gone)


def _move_in(pairs: list[Pair], house: Part, found: Matching, gone: set[int]) -> None:
    """Several that make up most of a house moved there; one alone may stand for anything."""
    if len(pairs) > 1 and 2 * len(pairs) >= len(house.children):
        for one, other in (pair for pair in pairs if _is_whole(pair[0], gone) and _is_whole(pair[1], gone)):
            _move(found, one, other, gone)


def _houses(loose: Sequence[Part], kept: Sequence[Part]) -> Iterator[tuple[list[Part], Part]]:
    """Parts that stood side by side, and the module that holds about the same."""
    families = [family for family in _families(loose) if len(family) > 1]
    bags = [sum((part.bag for part in family), Counter[int]()) for family in families]
    taken: set[int] = set()
    for family, bag in zip(families, bags, strict=True):
        for house in within(kept):
            if house.box is None and id(house) not in taken and common(bag, house.bag) >= ALIKE:
                taken.update(id(part) for part in within([house]))
                yield family, house
                break


def _families(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts that follow each other in one module, with nothing in between that both graphs have there."""
    loose = {id(part) for part in parts}
    homes = {id(part.parent): part.parent for part in parts if part.parent is not None}
    found: list[list[Part]] = []
    for home in homes.values():
        for is_loose, row in groupby(home.children, lambda child: id(child) in loose):
            found += [list(row)] if is_loose else []
    return found


def _is_equal_elsewhere(one: Part, other: Part) -> bool:
    if one.content != other.content or one.is_end:
        return False
    if one.parent is not None and other.parent is not None and one.parent.path == other.parent.path:
        return one.name == other.name or one.stem == other.stem is not None
    own = one.numbers.parameters > 0, other.numbers.parameters > 0  # those of a second call count for the first
    weighty = own[0] == own[1] and (one.size > 1 or own[0])
    return one.is_module and one.name == other.name and weighty


def _is_alike_elsewhere(one: Part, other: Part) -> bool:
    if not one.is_module or one.box is not None or one.name != other.name or one.kind != other.kind:
        return False
    return common(one.kinds, other.kinds) >= ALIKE and one.stem is None
