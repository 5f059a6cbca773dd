"""Among what is left on both sides, what is the same in another place."""

from collections.abc import Callable, Hashable, Iterator, Sequence, Set
from dataclasses import dataclass

from nnviz_action.comparison.flow import Flow
from nnviz_action.comparison.houses import rehoused
from nnviz_action.comparison.matching import Matching, Pair, match
from nnviz_action.comparison.neighbourhood import Leaves, Neighbourhood
from nnviz_action.comparison.parts import Part, outermost, within
from nnviz_action.comparison.similarity import ALIKE, common

MOST_ROUNDS = 3  # what moved tells where others are
MOST_IN_ROW = 8  # equal parts of one place that follow each other


@dataclass(frozen=True)
class _Rule:
    """Parts are one where `content` is equal, and `place` as well, which is None for what cannot move like that; if
    `is_unique`, only where that leaves no choice."""

    content: Callable[[Part], Hashable]
    place: Callable[[Part, Neighbourhood], Hashable | None]
    is_unique: bool = False


def find_moved(found: Matching, old: Leaves, new: Leaves) -> None:
    """What was taken for removed and added, and only moved: equal content alone is no move, it needs something of
    its neighbourhood as well. `old` and `new` are all leaves by key."""
    _loosen(found)
    for _ in range(MOST_ROUNDS):
        count = len(found.moved)
        _rehouse(found, old, new)
        for rule in _RULES:
            if found.removed and found.added:
                _apply(rule, found, Neighbourhood(found, old, new))
        if len(found.moved) == count:
            break
    late = {id(b) for _, b in _called_later(found, old, new)}
    found.moved = [pair for pair in found.moved if id(pair[1]) not in late]


def _called_later(found: Matching, old: Leaves, new: Leaves) -> Iterator[Pair]:
    """What is in the module that it was in, under its name, and passed nothing that it has to do with."""
    homes = {id(a): b for a, b in found.pairs}
    moved = {leaf.key for _, b in found.moved for leaf in b.leaves()}
    stays = [(a, b) for a, b in found.leaves() if b.key not in moved]
    flows = Flow(old, {a.key: b.key for a, b in stays}), Flow(new, {b.key: b.key for _, b in stays})
    for a, b in found.moved:
        if homes.get(id(a.parent)) is b.parent and a.name == b.name:
            (before, behind), (now_before, now_behind) = flows[0].connected(a), flows[1].connected(b)
            if not (before & now_behind or behind & now_before):
                yield a, b


def _rehouse(found: Matching, old: Leaves, new: Leaves) -> None:
    """Of each run of parts one module after the other, as what moved into the first leaves the next run."""
    for is_new in (True, False):
        count = -1
        while count != len(found.moved):
            count, gone = len(found.moved), set[int]()
            for one, other in rehoused(found, old, new, is_new):
                if _is_whole(one, gone) and _is_whole(other, gone):
                    _move(found, one, other, gone)
            _settle(found, gone)


def _loosen(found: Matching) -> None:
    """Layers of other names and sizes are not one where either is found elsewhere as it is, under its own name."""
    came, went = ({(part.name, part.content) for part in within(parts)} for parts in (found.added, found.removed))
    false = [
        (a, b)
        for a, b in found.leaves()
        if _is_weak(a, b) and ((a.name, a.content) in came or (b.name, b.content) in went)
    ]
    ids = {id(a) for a, _ in false}
    found.pairs = [pair for pair in found.pairs if id(pair[0]) not in ids]
    found.removed += [a for a, _ in false]
    found.added += [b for _, b in false]


def _is_weak(one: Part, other: Part) -> bool:
    named = one.stem is None and other.stem is None and one.is_module and other.is_module
    return named and one.name != other.name and one.content != other.content


def _apply(rule: _Rule, found: Matching, places: Neighbourhood) -> None:
    """Note all moves by one rule, the largest parts first."""
    gone: set[int] = set()
    free = _by(rule.content, _once(found.added))
    left = {label: parts for label, parts in _by(rule.content, _once(found.removed)).items() if label in free}
    for label, parts in sorted(left.items(), key=lambda item: -item[1][0].size):
        ones, others = (_by(lambda part: rule.place(part, places), side) for side in (parts, free[label]))
        for place in [place for place in ones if place is not None and place in others]:
            if not rule.is_unique or len(ones[place]) == len(others[place]) == 1:
                _pair(ones[place], others[place], found, gone)
            elif len(ones[place]) == len(others[place]) <= MOST_IN_ROW:
                rows = [places.in_a_row(parts) for parts in (ones[place], others[place])]
                _pair(rows[0], rows[1], found, gone)
    _settle(found, gone)


def _once(parts: Sequence[Part]) -> Iterator[Part]:
    """These parts and all in them, but for what is in a further call of a module, which comes or goes as a whole."""
    for part in parts:
        yield part
        if not part.call:
            yield from _once(part.children)


def _by(key: Callable[[Part], Hashable], parts: "Iterator[Part] | Sequence[Part]") -> dict[Hashable, list[Part]]:
    groups: dict[Hashable, list[Part]] = {}
    for part in parts:
        groups.setdefault(key(part), []).append(part)
    return groups


def _pair(ones: Sequence[Part], others: list[Part], found: Matching, gone: set[int]) -> None:
    for one in (part for part in ones if _is_whole(part, gone)):
        other = next((part for part in others if _is_whole(part, gone) and _is_akin(one, part)), None)
        if other is not None:
            others.remove(other)
            _move(found, one, other, gone)


def _is_akin(one: Part, other: Part) -> bool:
    """Whether they hold about the same; the parameters of a second call count for the first."""
    if one.content == other.content:
        return (one.numbers.parameters > 0) == (other.numbers.parameters > 0)
    if one.is_module != other.is_module:
        return one.content_of_facts == other.content_of_facts
    return common(one.kinds, other.kinds) >= ALIKE


def _is_whole(part: Part, gone: Set[int]) -> bool:
    """Whether nothing of it is accounted for already."""
    return all(id(inner) not in gone for inner in within([part]))


def _move(found: Matching, one: Part, other: Part, gone: set[int]) -> None:
    """Note a move; what is in one of both alone stays to be accounted for."""
    gone.update(id(inner) for part in (one, other) for inner in within([part]))
    found.moved.append((one, other))
    inside = Matching()
    match(one, other, inside)
    found.pairs += inside.pairs
    found.wrapped += inside.wrapped
    gone.difference_update(id(part) for part in within([*inside.removed, *inside.added]))


def _settle(found: Matching, gone: set[int]) -> None:
    """Of the outermost parts that were left, leave what is not accounted for."""
    if gone:
        found.removed = [rest for part in found.removed for rest in outermost(part, gone)]
        found.added = [rest for part in found.added for rest in outermost(part, gone)]


def _content(part: Part) -> Hashable:
    return part.content


def _work(part: Part) -> Hashable:
    """What a function does, and a layer without weights."""
    return part.content_of_facts or id(part)


def _class(part: Part) -> Hashable:
    return part.is_module and part.box is None and part.name, part.kind


def _name_in_module(part: Part, places: Neighbourhood) -> Hashable | None:
    return None if part.is_end else (places.parent(part), part.name)


def _row(part: Part, places: Neighbourhood) -> Hashable | None:
    return None if part.stem is None else (places.parent(part), part.stem)


def _name_between(part: Part, places: Neighbourhood) -> Hashable | None:
    """A name that says something, and the layers on both sides."""
    around = places.around(part) if _is_named(part) else (None, None)
    return (part.name, *around) if all(around) else None


def _between(part: Part, places: Neighbourhood) -> Hashable | None:
    around = places.around(part) if not part.is_end else (None, None)
    return around if all(around) else None


def _name_near(part: Part, places: Neighbourhood) -> Hashable | None:
    """A name that says something, in a module that both graphs have."""
    return (part.name, places.home(part)) if _is_named(part) else None


def _name_behind(part: Part, places: Neighbourhood) -> Hashable | None:
    before = places.around(part)[0] if _is_named(part) else None
    return (part.name, before) if before else None


def _name_before(part: Part, places: Neighbourhood) -> Hashable | None:
    behind = places.around(part)[1] if _is_named(part) else None
    return (part.name, behind) if behind else None


def _is_named(part: Part) -> bool:
    return part.stem is None and _is_weighty(part)


def _is_weighty(part: Part) -> bool:
    return part.is_module and not part.is_end and (part.size > 1 or part.numbers.parameters > 0)


_RULES = (
    _Rule(_content, _name_in_module),
    _Rule(_content, _row),
    _Rule(_content, _name_between),
    _Rule(_content, _between, is_unique=True),
    _Rule(_work, _between, is_unique=True),
    _Rule(_content, _name_near, is_unique=True),
    _Rule(_content, _name_behind, is_unique=True),
    _Rule(_content, _name_before, is_unique=True),
    _Rule(_class, _name_between),
    _Rule(_class, _name_near, is_unique=True),
    _Rule(_class, _name_behind, is_unique=True),
)
