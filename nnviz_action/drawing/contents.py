"""What a closed module says of what is in it: `Bottleneck ×3 · conv1 · 2 more`."""

import re
from collections import Counter
from collections.abc import Set
from math import prod

from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.idle import IDLE

MOST_NAMES = 4  # kinds of boxes that a closed module names
_COUNTED = {"leaf": "parameter", "saved": "saved tensor"}
UNSAID = ("entry", "accumulator", IDLE)  # kinds that say nothing about what a closed module holds


def contents(boxes: list[Box], depth: int) -> list[str]:
    """What a closed module holds, most frequent first, what only moves data last.

    `depth` is at which place among their modules it stands.
    """
    counts: Counter[str] = Counter()
    views: set[str] = set()
    for box in boxes:
        if box.kind not in UNSAID:
            counts[name_of(box)] += prod(m.copies for m in box.modules[depth:])
            views.update([name_of(box)] if box.kind == "shape" and not box.subtitle else [])
    return named(counts, views)


def named(counts: Counter[str], views: Set[str]) -> list[str]:
    """`Linear ×3`, `relu`, `2 more`: the most frequent first, but for those that only move data."""
    ranked = sorted(counts.most_common(), key=lambda item: item[0] in views)
    found = [_times(name, n) for name, n in ranked[:MOST_NAMES]]
    rest = len(counts) - MOST_NAMES
    return [*found, f"{rest} more"] if rest > 0 else found


def _times(name: str, number: int) -> str:
    if number == 1:
        return name
    return f"{number} {name}s" if name in _COUNTED.values() else f"{name} ×{number}"


def name_of(box: Box) -> str:
    """What a box counts as: a layer by its class, a backward function without the word that all of them bear."""
    plain = re.sub(r"Backward\d*\Z", "", box.title)
    if box.kind == "function" and plain != box.title:
        return plain
    return _COUNTED.get(box.kind) or box.subtitle or box.title
