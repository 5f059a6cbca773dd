"""Drawing → Drawing in which the same block, several times in a row, stands once with ×N."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnviz_action.drawing.blocks import LEAF, Copies, Modules, Run, is_single, members, runs
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module, own_name


def fold_repeats(drawing: Drawing) -> Drawing:
    """Replace each run of equal blocks by its first one, inner runs first.

    Blocks are equal if their boxes, the arrows between these and those that come in say the same. Arrows from one
    copy to the next go; those that leave the last copy leave the first one instead. Where what the copy before gives
    goes to several places of a copy, these meet in a box of kind `entry`. The numbers of the copies add up.
    """
    for depth in range(_depth(drawing), 0, -1):
        inside = members(drawing, depth)
        for run in runs(drawing, depth):
            drawing = _fold(drawing, run, Copies.of(run, inside))
    return drawing


def fold_leaves(drawing: Drawing) -> Drawing:
    """As `fold_repeats`, of single boxes in a row too: a thousand times a layer and a function."""
    wrapped = replace(drawing, boxes=tuple(_wrapped(box) for box in drawing.boxes))
    folded = fold_repeats(wrapped)
    return replace(folded, boxes=tuple(_unwrapped(box) for box in folded.boxes))


def _wrapped(box: Box) -> Box:
    if box.kind == "io":
        return box
    return replace(box, modules=(*box.modules, Module(LEAF + box.key, box.subtitle, title=box.title)))


def _unwrapped(box: Box) -> Box:
    return replace(box, modules=tuple(module for module in box.modules if not is_single(module)))


def _depth(drawing: Drawing) -> int:
    return max((len(box.modules) for box in drawing.boxes), default=0)


def _fold(drawing: Drawing, run: Run, copies: Copies) -> Drawing:
    parts: dict[str, list[Box]] = {}
    for box in drawing.boxes:
        if box.key in copies.first:
            parts.setdefault(copies.first[box.key], []).append(box)
    entries, arrows = _entries(drawing, run, copies)
    boxes: list[Box] = []
    for box in drawing.boxes:
        if box.key not in copies.number:
            boxes.append(box)
        elif copies.number[box.key] == 0:
            boxes += entries
            entries = []
            boxes.append(_together(parts[box.key], _renamed(box.modules, run)))
    return Drawing(tuple(boxes), tuple(dict.fromkeys(arrows)))


def _together(parts: Sequence[Box], modules: Modules) -> Box:
    """One box for all its copies."""
    even = len({(part.numbers.parameters, part.shares) for part in parts}) == 1
    numbers = sum((part.numbers for part in parts), Numbers())
    return replace(parts[0], modules=modules, numbers=numbers, shares=parts[0].shares * len(parts) if even else 1)


@dataclass(frozen=True)
class _Meeting:
    """A value that several boxes of the first copy receive where others receive one from the copy before."""

    source: str
    label: str
    style: str


def _entries(drawing: Drawing, run: Run, copies: Copies) -> tuple[list[Box], list[Arrow]]:
    """The boxes at which a copy begins, and all arrows as they are after the fold."""
    number, first = copies.number, copies.first
    carried = {first[a.target] for a in drawing.arrows if number.get(a.source) == 0 and number.get(a.target) == 1}
    comes_in = [a for a in drawing.arrows if a.source not in number and number.get(a.target) == 0]
    values = Counter(_Meeting(a.source, a.label, a.style) for a in comes_in if a.target in carried)
    several = [value for value, count in values.items() if count > 1]
    start = next(iter(first))
    meeting = {value: f"entry {start} {index}" for index, value in enumerate(several)}
    arrows: list[Arrow] = []
    for arrow in drawing.arrows:
        key = meeting.get(_Meeting(arrow.source, arrow.label, arrow.style))
        one, other = number.get(arrow.source), number.get(arrow.target)
        if key is not None and other == 0 and arrow.target in carried:
            arrows += [replace(arrow, target=key), replace(arrow, source=key)]
        elif one is None or other is None or one == other:
            ends = (first.get(arrow.source, arrow.source), first.get(arrow.target, arrow.target))
            arrows.append(replace(arrow, source=ends[0], target=ends[1]))
    scope = _renamed(run.scopes[0], run)[: run.depth]
    return [Box(key, "", "entry", modules=scope) for key in meeting.values()], arrows


def _renamed(modules: Modules, run: Run) -> Modules:
    """The modules of a box of the first copy: the one that repeats, or one around those, tells range and number."""
    above, module, below = modules[: run.depth - 1], modules[run.depth - 1], modules[run.depth :]
    before, after = own_name(run.scopes[0]), own_name(run.scopes[-1])
    shared = run.period == 1 and before == after and module.path == run.scopes[-1][-1].path
    title = before if shared or not after else f"{before} … {after.rpartition('.')[2]}"
    if run.period == 1:
        repeated = replace(module, title=title, copies=run.count, shared=shared, aside=run.aside)
        return (*above, repeated, *below)
    group = Module(above[-1].path if above else "", "", title=title, copies=run.count, aside=run.aside)
    return (*above, group, module, *below)
