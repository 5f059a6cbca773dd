"""A U-Net looks like a U."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.render.card import Card
from nnviz_action.render.layout.columns import Columns, Ends, set_in_columns
from nnviz_action.render.layout.paths import chains_beside, longest_path
from nnviz_action.render.layout.values import Layout

MOST_OF = 0.5  # of the arrows that skip something: so many lie one within the other
FEWEST = 2  # arrows across, one within the other


def u_shape(drawing: Drawing, cards: Mapping[str, Card]) -> Layout | None:
    """Down on the left, up on the right, with what skips on one level; None where it is no U."""
    path = longest_path(drawing)
    place = {key: number for number, key in enumerate(path)}
    chain = set(pairwise(path))
    skips = [(a.source, a.target) for a in drawing.arrows if a.source in place and a.target in place]
    skips = sorted(dict.fromkeys(ends for ends in skips if ends not in chain), key=lambda ends: place[ends[0]])
    beside = chains_beside(drawing, path)
    nested = _nested(skips, place)
    if len(nested) < max(FEWEST, MOST_OF * len(skips)) or beside is None or _has_frames(drawing):
        return None
    down, up = max(place[one] for one, _ in skips), min(place[other] for _, other in skips)
    if down >= up:
        return None
    between = path[down + 1 : up]
    half = len(between) // 2
    bottom = between[half] if len(between) % 2 else ""
    left = [*path[: down + 1], *between[:half]]
    right = [*reversed(path[up:]), *reversed(between[len(between) - half :])]
    pairs = [*nested, *([(left[-1], right[-1])] if half and not bottom else [])]
    return set_in_columns(Columns(left, right, pairs, bottom, beside), drawing, cards)


def _has_frames(drawing: Drawing) -> bool:
    return any(box.modules for box in drawing.boxes)


def _nested(skips: Sequence[Ends], place: Mapping[str, int]) -> list[Ends]:
    """As many as lie one within the other, from the outermost on, each from and to boxes of its own."""
    found: list[Ends] = []
    for one, other in sorted(skips, key=lambda ends: (place[ends[0]], -place[ends[1]])):
        if not found or (place[found[-1][0]] < place[one] and place[other] < place[found[-1][1]]):
            found.append((one, other))
    return found
