"""A module that was put around others, or taken away from around them: these moved as one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from nnviz_action.diff.alignment import align
from nnviz_action.diff.matching import Matching, Pair
from nnviz_action.diff.neighbourhood import Leaves, Neighbourhood
from nnviz_action.diff.parts import Part, within
from nnviz_action.diff.similarity import ALIKE, common

Family = list[Part]


def rehoused(found: Matching, old: Leaves, new: Leaves, is_new: bool) -> Iterator[Pair]:
    """Parts that moved, old and new, into new modules (`is_new`) or out of old ones."""
    loose, kept = (found.removed, found.added) if is_new else (found.added, found.removed)
    if not (loose and kept):
        return
    for family, house in _houses(loose, kept, Neighbourhood(found, old, new)):
        rows = (family, house.children) if is_new else (house.children, family)
        pairs = [(one, other) for one, other in align(*rows) if one and other]
        # One alone may stand for anything.
        if len(pairs) > 1 and 2 * len(pairs) >= len(house.children):
            yield from pairs


def _houses(loose: Sequence[Part], kept: Sequence[Part], places: Neighbourhood) -> Iterator[tuple[Family, Part]]:
    """Parts that stood side by side, and the module that holds about the same, in the same neighbourhood."""
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
            if id(house) not in taken and common(bag, house.bag) >= ALIKE:
                taken.update(id(part) for part in within([house]))
                yield family, house
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
