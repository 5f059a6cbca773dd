"""What a closed module says of what is in it: `Bottleneck ×3 · conv1 · 2 more`."""

import re
from collections import Counter
from math import prod

from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.idle import IDLE

MOST_NAMES = 4  # kinds of boxes that a closed module names
_COUNTED = {"leaf": "parameter", "saved": "saved tensor"}
_UNSAID = ("entry", "accumulator", IDLE)  # kinds that say nothing about what a closed module holds


def contents(boxes: list[Box], depth: int) -> list[str]:
    """What a closed module holds, most frequent first, what only moves data last.

    `depth` is at which place among their modules it stands.
    """
    counts: Counter[str] = Counter()
    views: set[str] = set()
    for box in boxes:
        if box.kind not in _UNSAID:
            counts[_what(box)] += prod(m.copies for m in box.modules[depth:])
            views.update([_what(box)] if box.kind == "shape" and not box.subtitle else [])
    ranked = sorted(counts.most_common(), key=lambda item: item[0] in views)
    named = [f"{name} ×{n}" if n > 1 else name for name, n in ranked[:MOST_NAMES]]
    rest = len(counts) - MOST_NAMES
    return [*named, f"{rest} more"] if rest > 0 else named


def _what(box: Box) -> str:
    """What a box counts as: a layer by its class, a backward function without the word that all of them bear."""
    plain = re.sub(r"Backward\d*\Z", "", box.title)
    if box.kind == "function" and plain != box.title:
        return plain
    return _COUNTED.get(box.kind) or box.subtitle or box.title
