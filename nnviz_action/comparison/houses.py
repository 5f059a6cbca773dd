"""A module that was put around others, or taken away from around them: these moved as one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from nnviz_action.comparison.alignment import align
from nnviz_action.comparison.matching import Matching, Pair
from nnviz_action.comparison.neighbourhood import Leaves, Neighbourhood
from nnviz_action.comparison.parts import Part, within
from nnviz_action.comparison.similarity import ALIKE, common

Family = list[Part]


def rehoused(found: Matching, old: Leaves, new: Leaves, is_new: bool) -> Iterator[Pair]:
    """Parts that moved, old and new, into new modules (`is_new`) or out of old ones."""
    loose, kept = (found.removed, found.added) if is_new else (found.added, found.removed)
    if not (loose and kept):
        return
    yield from _housed(loose, kept, Neighbourhood(found, old, new), is_new)


def _pairs(family: Family, house: Part, is_new: bool) -> list[Pair]:
    """Which of a family is what in a house; one alone may stand for anything."""
    rows = (family, house.children) if is_new else (house.children, family)
    pairs = [(one, other) for one, other in align(*rows) if one and other]
    return pairs if len(pairs) > 1 and 2 * len(pairs) >= len(house.children) else []


def _housed(loose: Sequence[Part], kept: Sequence[Part], places: Neighbourhood, is_new: bool) -> Iterator[Pair]:
    """Parts that stood side by side, in the module that holds about the same, in the same neighbourhood."""
    families = [family for family in _families(loose) if len(family) > 1]
    homes: dict[int, list[Part]] = {}
    for house in within(kept) if families else ():
        if len(house.children) > 1:
            homes.setdefault(places.home(house), []).append(house)
    taken: set[int] = set()
    for family in families:
        bag = sum((part.bag for part in family), Counter[int]())
        near = homes.get(places.home(family[0]), [])
        far = (house for houses in homes.values() if houses is not near for house in houses)
        for house in (*near, *(house for house in far if _is_fed_alike(family, house, places))):
            if id(house) in taken or not (house.bag <= bag or common(bag, house.bag) >= ALIKE):
                continue
            if pairs := _pairs(family, house, is_new):
                taken.update(id(part) for part in within([house]))
                yield from pairs
                break


def _is_fed_alike(family: Family, house: Part, places: Neighbourhood) -> bool:
    """Whether the same comes before both, or behind both."""
    before, behind = places.around(family[0])[0], places.around(family[-1])[1]
    first, last = places.around(house)
    return (before == first != frozenset()) or (behind == last != frozenset())


def _families(parts: Sequence[Part]) -> list[Family]:
    """Parts that follow each other in one module, with nothing in between that both graphs have there."""
    loose = {id(part) for part in parts}
    homes = {id(part.parent): part.parent for part in parts if part.parent is not None}
    found: list[Family] = []
    for home in homes.values():
        for is_loose, row in groupby(home.children, lambda child: id(child) in loose):
            found += [list(row)] if is_loose else []
    return found
