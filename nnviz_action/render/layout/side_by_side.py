"""An encoder beside its decoder, or two towers that meet."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.render.card import Card
from nnviz_action.render.layout.columns import Columns, Ends, set_in_columns
from nnviz_action.render.layout.paths import chains_beside, longest_path
from nnviz_action.render.layout.values import Layout

LIGHT = 0.05  # of the work and the parameters


def side_by_side(drawing: Drawing, cards: Mapping[str, Card]) -> Layout | None:
    """Two ways from inputs of their own side by side, with arrows from the left one to the right one; else None."""
    last = longest_path(drawing)
    found = next(filter(None, (_split(drawing, last, at) for at in range(len(last) - 1, 0, -1))), None)
    if found is None:
        return None
    left, right, cross, beside = found
    tail = right[right.index(cross[0][1]) :]
    if len(cross) == 1 and cross[0][0] == left[-1] and _is_light(tail, drawing) and not beside:
        start = right[: -len(tail)]
        return set_in_columns(
            Columns(left, start, [(left[-1], start[-1])], tail[0], {tail[0]: tail[1:]}), drawing, cards
        )
    pairs: list[Ends] = []
    for one, other in cross:
        if not pairs or (
            left.index(one) > left.index(pairs[-1][0]) and right.index(other) > right.index(pairs[-1][1])
        ):
            pairs.append((one, other))
    return set_in_columns(Columns(left, right, pairs, "", beside), drawing, cards)


def _is_light(keys: Sequence[str], drawing: Drawing) -> bool:
    """Whether what two towers meet in does next to nothing."""
    work = sum(box.numbers.macs + box.numbers.parameters for box in drawing.boxes if box.key in keys)
    return work < LIGHT * (drawing.numbers.macs + drawing.numbers.parameters)


_Split = tuple[list[str], list[str], list[Ends], dict[str, list[str]]]


def _split(drawing: Drawing, path: Sequence[str], at: int) -> _Split | None:
    """The path cut before `at`, the part behind it with a way of its own from another input."""
    left = list(path[:at])
    own = [a.source for a in drawing.entering(path[at]) if a.source not in path]
    if not own:
        return None
    start = [own[0]]
    while before := [a.source for a in drawing.entering(start[0])]:
        if len(before) > 1 or before[0] in path:
            return None
        start.insert(0, before[0])
    right = [*start, *path[at:]]
    inside = {*left, *right}
    chained = {*pairwise(left), *pairwise(right)}
    across = [(a.source, a.target) for a in drawing.arrows if {a.source, a.target} <= inside]
    cross = [ends for ends in dict.fromkeys(across) if ends not in chained]
    beside = chains_beside(drawing, left, right)
    if beside is None or len(start) < 2 or any(one not in left or other not in right for one, other in cross):
        return None
    return left, right, cross, beside
