"""Layers side by side that became one, or one that became several: q, k and v merged into qkv."""

from collections.abc import Iterator, Sequence

from nnviz_action.comparison.matching import Matching, Merged
from nnviz_action.comparison.parts import Part

MOST_LAYERS = 12  # of a module that are looked at
FEWEST = 2


def find_merged(found: Matching) -> None:
    """Note the layers of modules that both graphs have whose features together are those of one layer, of another
    name; what was taken for one of them was none."""
    homes = {id(a): b for a, b in found.pairs if a.box is None}
    old, new = _loose(found, 0), _loose(found, 1)
    for home in [home for home in old if home in homes and id(homes[home]) in new]:
        sides = old[home][:MOST_LAYERS], new[id(homes[home])][:MOST_LAYERS]
        merged = next(_merged(*sides, homes[home]), None)
        if merged is not None:
            found.merged.append(merged)
            _unpair(found, {id(part) for part in (*merged.old, *merged.new)})


def _loose(found: Matching, side: int) -> dict[int, list[Part]]:
    """Layers with features that one graph has alone, or under another name, by the module around them."""
    parts = [
        *(found.removed, found.added)[side],
        *(pair[side] for pair in found.pairs if pair[0].name != pair[1].name),
    ]
    groups: dict[int, list[Part]] = {}
    for part in parts:
        if part.facts is not None and {"in", "out"} <= part.facts.firm.keys():
            groups.setdefault(id(part.parent), []).append(part)
    return groups


def _merged(old: list[Part], new: list[Part], home: Part) -> Iterator[Merged]:
    for one in new:
        for many in _together(old, one):
            yield Merged(home, many, (one,))
    for one in old:
        for many in _together(new, one):
            yield Merged(home, (one,), many)


def _together(parts: Sequence[Part], one: Part) -> Iterator[tuple[Part, ...]]:
    """Those of the same kind that are fed alike and have as many features as one layer."""
    alike = [part for part in _in_order(parts) if _rest(part) == _rest(one)]
    for first in range(len(alike)):
        for last in range(first + FEWEST, len(alike) + 1):
            many = tuple(alike[first:last])
            if len({part.slots for part in many}) == 1 and sum(map(_features, many)) == _features(one):
                yield many


def _in_order(parts: Sequence[Part]) -> list[Part]:
    row = parts[0].parent.children if parts and parts[0].parent is not None else []
    known = {id(part) for part in parts}
    return [part for part in row if id(part) in known]


def _rest(part: Part) -> tuple[object, ...]:
    """All that must be the same: its class, and every fact but how many features it gives."""
    firm = dict(part.facts.firm) if part.facts is not None else {}
    firm.pop("out", None)
    return part.kind, tuple(sorted(firm.items()))


def _features(part: Part) -> int:
    out = part.facts.firm["out"] if part.facts is not None else ""
    return int(out) if out.isdecimal() else 0


def _unpair(found: Matching, ids: set[int]) -> None:
    for a, b in [pair for pair in found.pairs if id(pair[0]) in ids or id(pair[1]) in ids]:
        found.removed.append(a)
        found.added.append(b)
    found.pairs = [pair for pair in found.pairs if id(pair[0]) not in ids and id(pair[1]) not in ids]
