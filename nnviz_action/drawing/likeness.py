"""How the content of one module differs from that of another of its class, sizes and options aside."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.contents import UNSAID, name_of
from nnviz_action.drawing.followers import THEN
from nnviz_action.drawing.scopes import Scope

MOST_OTHERS = 3  # things in which a module may differ from the one that it is said to be built like
JOINTS = re.compile(" · ")  # between what shares a box
_INDEX = re.compile(r"\A\[.*\]\Z")
_FOLLOWER = re.compile(rf"{THEN}(\S+)")


class Part(NamedTuple):
    """A layer with what follows it on its card, a function, or a module with the parts in it."""

    name: str
    inside: "frozenset[tuple[Part, int]]" = frozenset()


Parts = Counter[Part]


def difference(scope: Scope, other: Scope, drawing: Drawing) -> str:
    """`, with Embedding, without relu ×2`; empty where it is the same box by box, and wired alike."""
    more, less = _told(_parts(scope), _parts(other))
    if more or less:
        return "".join(_words("with", more)) + "".join(_words("without", less))
    if _sequence(scope) != _sequence(other):
        return ", in another order"
    return ", wired in another way" if _wires(scope, drawing) != _wires(other, drawing) else ""


def fingerprint(scope: Scope, drawing: Drawing) -> object:
    """Equal for scopes of one class between which there is no difference."""
    parts = frozenset(_parts(scope).items())
    return scope.kind, parts, tuple(_sequence(scope)), frozenset(_wires(scope, drawing))


def _words(word: str, names: Mapping[str, int]) -> Iterator[str]:
    rest = [f"{len(names) - MOST_OTHERS + 1} more"] if len(names) > MOST_OTHERS else []
    told = [f"{name} ×{n}" if n > 1 else name for name, n in sorted(names.items())]
    if told:
        yield f", {word} {', '.join([*told[: MOST_OTHERS - len(rest)], *rest])}"


def _told(one: Parts, other: Parts) -> tuple[Counter[str], Counter[str]]:
    """What each has that the other has not; of two modules of a class that differ, in what they do."""
    more, less = one - other, other - one
    common = _names(more) & _names(less)
    pairs = [_told(*(_inside(parts, common) for parts in (more, less)))] if common else []
    return (
        _names(more) - common + Counter(n for a, _ in pairs for n in a.elements()),
        _names(less) - common + Counter(n for _, b in pairs for n in b.elements()),
    )


def _names(parts: Parts) -> Counter[str]:
    found: Counter[str] = Counter()
    for part, number in parts.items():
        found[part.name] += number
    return found


def _inside(parts: Parts, names: Mapping[str, int]) -> Parts:
    """What is in so many parts of each name."""
    left, found = dict(names), Parts()
    for part, number in parts.items():
        many = min(number, left.get(part.name, 0))
        left[part.name] = left.get(part.name, 0) - many
        found.update({inner: count * many for inner, count in part.inside})
    return +found


def _parts(scope: Scope) -> Parts:
    found: Parts = Parts()
    for child in scope.children:
        inside = _of_box(child) if isinstance(child, Box) else _of_scope(child)
        found.update(inside)
    return found


def _of_scope(scope: Scope) -> Parts:
    copies = scope.module.copies if scope.module and not scope.is_group else 1
    inside = _parts(scope)
    if scope.is_own and scope.module:
        return Parts({Part(scope.module.short_kind, frozenset(inside.items())): copies})
    return Parts({part: number * copies for part, number in inside.items()})


def _of_box(box: Box) -> Parts:
    names = list(_called(box))
    following = Counter(Part(name) for row in box.rows for name in _FOLLOWER.findall(row))
    last = [Part(names[-1], frozenset(following.items()))] if names else []
    return Parts([*map(Part, names[:-1]), *last])


def _called(box: Box) -> Iterable[str]:
    """The names of what shares a box; which part an index takes is an option."""
    names = JOINTS.split(name_of(box)) if box.kind not in UNSAID else []
    return (_INDEX.sub("[…]", name) for name in names)


def _sequence(scope: Scope) -> list[tuple[object, ...]]:
    """The boxes in order, each with what it is, and how often."""
    return [
        (*_called(box), *(name for row in box.rows for name in _FOLLOWER.findall(row)), *_copies(box, scope))
        for box in scope.boxes()
        if box.kind not in UNSAID
    ]


def _copies(box: Box, scope: Scope) -> Iterator[int]:
    return (module.copies for module in box.modules[scope.inside :] if module.copies > 1)


def _wires(scope: Scope, drawing: Drawing) -> set[tuple[int, int, str]]:
    """The arrows in it, by the places of their ends, past the circles at which copies begin."""
    inside = {box.key: box.kind == "entry" for box in scope.boxes()}
    places = {key: place for place, key in enumerate(key for key, is_entry in inside.items() if not is_entry)}
    arrows = list(drawing.arrows_within(inside))
    while any(inside[a.source] for a in arrows):
        arrows = [passed for a in arrows for passed in (_past(a, drawing) if inside[a.source] else [a])]
        arrows = [a for a in arrows if a.source in inside]
    return {(places[a.source], places[a.target], a.style) for a in arrows if not inside[a.target]}


def _past(arrow: Arrow, drawing: Drawing) -> Iterator[Arrow]:
    return (replace(arrow, source=a.source) for a in drawing.entering(arrow.source))
