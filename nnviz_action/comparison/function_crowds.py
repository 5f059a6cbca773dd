"""Many functions that came into a module, or went, all told together."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from nnviz_action.comparison.matching import Matching
from nnviz_action.comparison.part_words import JOINING, is_made_of
from nnviz_action.comparison.parts import Part, listed

FEWEST = 6  # functions that are a crowd
MOST_NAMES = 4
MOST_MEETING = 2


@dataclass(frozen=True)
class Crowd:
    """Functions without weights that only one graph calls in a module: in one that both have, which is as in the new
    graph, or in one that is new or gone itself (`is_known` is false)."""

    module: Part
    parts: tuple[Part, ...]
    came: bool
    is_known: bool

    @property
    def text(self) -> str:
        """`getitem() ×5, arange() ×3, cumsum(), ne() and 12 more added`: the most frequent first."""
        counts = Counter(part.called for part in self.parts).most_common()
        names = [f"{name} ×{count}" if count > 1 else name for name, count in counts[:MOST_NAMES]]
        rest = sum(count for _, count in counts[MOST_NAMES:])
        said = listed([*names, *[f"{rest} more"] * (rest > 0)])
        return f"{said} {'added' if self.came else 'removed'}" if self.is_known else said


def find_crowds(found: Matching, came: Sequence[Part], went: Sequence[Part]) -> Iterator[Crowd]:
    """All crowds."""
    homes = {id(part): b for a, b in found.pairs if a.box is None for part in (a, b)}
    for parts, is_new in ((went, False), (came, True)):
        groups: dict[int, list[Part]] = {}
        for part in parts:
            if not part.is_module and not part.has_weights:
                groups.setdefault(id(part.parent), []).append(part)
        for home, members in groups.items():
            module = homes.get(home) or members[0].parent
            if len(members) >= FEWEST and module is not None:
                told = _meeting(members, {part.key for part in parts if part.box}) if home in homes else []
                crowd = [part for part in members if part not in told]
                yield Crowd(module, tuple(crowd), is_new, home in homes)


def _meeting(members: Sequence[Part], keys: Set[str]) -> list[Part]:
    """Where what came (`keys`) meets what was there, which is worth a line each unless that is in many places."""
    found = []
    for part in members:
        own = [slot.source in keys for slot in part.slots]
        if is_made_of(part, JOINING) and any(own) and not all(own):
            found.append(part)
    return found if len(found) <= MOST_MEETING else []
