"""Whether what a function is given changed places, where not all that gives it stayed as it was."""

from collections.abc import Mapping, Sequence

from nnviz_action.comparison.parts import Part, Slot
from nnviz_action.comparison.wiring_words import Anchor, in_another_order

MOST_STEPS = 200  # that are looked at behind an operand
Known = Mapping[str, str]  # the key of each leaf that both graphs have → its key in the new one
Leaves = Mapping[str, Part]


def turned(one: Part, other: Part, old: tuple[Leaves, Known], new: tuple[Leaves, Known]) -> str:
    """`receives b, a instead of a, b`: told by what stands behind one operand alone; empty where that cannot tell."""
    before, after = _own(one, *old), _own(other, *new)
    if len(before) != len(after):
        return ""
    places = [_place(anchors, after) for anchors in before]
    if sorted(places) != list(range(len(before))) or places == sorted(places):
        return ""
    was = [_shared(anchors, after[place]) for anchors, place in zip(before, places, strict=True)]
    now = [was[places.index(place)] for place in range(len(was))]
    return in_another_order(was, now, other, new[0])


def _own(part: Part, leaves: Leaves, known: Known) -> list[dict[Anchor, None]]:
    """Of each operand, the nearest first, what stands behind it and behind no other."""
    slots = _given(part)
    inside = {leaf.key for leaf in part.parent.leaves()} if part.parent is not None else set()
    if len(slots) < 2:
        return []
    found = [_behind(slot, leaves, known, inside) for slot in slots]
    if None in found:
        return []
    counts: dict[Anchor, int] = {}
    for anchors in found:
        for anchor in anchors or ():
            counts[anchor] = counts.get(anchor, 0) + 1
    return [{anchor: None for anchor in anchors or () if counts[anchor] == 1} for anchors in found]


def _given(part: Part) -> list[Slot]:
    return [slot for slot in part.slots if not slot.what.startswith("tied")]


def _behind(slot: Slot, leaves: Leaves, known: Known, inside: set[str]) -> dict[Anchor, None] | None:
    """All in the same module that an operand is made of, the nearest first; None where that is too much."""
    found: dict[Anchor, None] = {}
    queue, entered = [slot], {slot.source}
    for current in queue:
        if current.source in known:
            found[known[current.source], current.what] = None
        if current.source not in inside:
            continue
        for earlier in _given(leaves[current.source]):
            if earlier.source in entered and earlier.source in known:
                found[known[earlier.source], earlier.what] = None
            if earlier.source not in entered:
                entered.add(earlier.source)
                queue.append(earlier)
        if len(queue) > MOST_STEPS:
            return None
    return found


def _place(anchors: Mapping[Anchor, None], sides: Sequence[Mapping[Anchor, None]]) -> int:
    """The one operand that has to do with these; -1 where there are none or several."""
    places = [place for place, side in enumerate(sides) if anchors.keys() & side.keys()]
    return places[0] if len(places) == 1 else -1


def _shared(anchors: Mapping[Anchor, None], others: Mapping[Anchor, None]) -> Anchor:
    return next(anchor for anchor in anchors if anchor in others)
