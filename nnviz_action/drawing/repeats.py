"""Drawing → Drawing in which the same block, several times in a row, stands once with ×N."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnviz_action.drawing.blocks import is_single, runs
from nnviz_action.drawing.boxes import EACH, Arrow, Box, Drawing
from nnviz_action.drawing.copies import LEAF, Copies, Modules, Run, members
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module, own_name


def fold_repeats(drawing: Drawing) -> Drawing:
    """Replace each run of equal blocks by its first one, inner runs first.

    Blocks are equal if their boxes, the arrows between these and those that come in say the same. Arrows from one
    copy to the next go; those that leave the last copy leave the first one instead, those that leave each copy of a
    chain say so. Where what the copy before gives goes to several places of a copy, or other values enter, too, these
    meet in a box of kind `entry`. The numbers of the copies add up.
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
    """A value that the first copy receives where the others receive one from the copy before."""

    source: str
    label: str
    style: str


def _entries(drawing: Drawing, run: Run, copies: Copies) -> tuple[list[Box], list[Arrow]]:
    """The boxes at which a copy begins, and all arrows as they are after the fold."""
    number, first = copies.number, copies.first
    meeting, each = _meetings(drawing, run, copies), _each(drawing, run, copies)
    arrows: list[Arrow] = []
    for arrow in drawing.arrows:
        key = meeting.get(arrow)
        one, other = number.get(arrow.source), number.get(arrow.target)
        if key is not None:
            arrows += [replace(arrow, target=key), replace(arrow, source=key)]
        elif one is None or other is None or one == other:
            ends = (first.get(arrow.source, arrow.source), first.get(arrow.target, arrow.target))
            folded = replace(arrow, source=ends[0], target=ends[1])
            arrows.append(replace(folded, label=_of_each(arrow.label)) if folded in each else folded)
    scope = _renamed(run.scopes[0], run)[: run.depth]
    return [Box(key, "", "entry", modules=scope) for key in dict.fromkeys(meeting.values())], arrows


def _meetings(drawing: Drawing, run: Run, copies: Copies) -> dict[Arrow, str]:
    """The arrows that lead to where a copy begins, each with the box at which it meets others.

    There is none where nothing else leads into the run, and each to one place.
    """
    if run.aside:
        return {}
    number, first = copies.number, copies.first
    enter = [a for a in drawing.arrows if a.source not in number and a.target in number]
    steady = {replace(a, target=first[a.target]) for a in enter if number[a.target] == 1}
    begins = [a for a in enter if number[a.target] == 0 and a not in steady]
    values = Counter(_Meeting(a.source, a.label, a.style) for a in begins)
    if not steady and max(values.values(), default=1) == 1:
        return {}
    keys = {value: f"entry {next(iter(first))} {index}" for index, value in enumerate(values)}
    return {a: keys[_Meeting(a.source, a.label, a.style)] for a in begins}


def _each(drawing: Drawing, run: Run, copies: Copies) -> set[Arrow]:
    """The arrows from the first copy of a chain to what is behind it that all others have, too."""
    if run.aside:
        return set()
    number, first = copies.number, copies.first
    leave = [a for a in drawing.arrows if a.source in number and a.target not in number]
    second = {replace(a, source=first[a.source]) for a in leave if number[a.source] == 1}
    return {a for a in leave if number[a.source] == 0} & second


def _of_each(label: str) -> str:
    return f"{EACH}\n{label}".rstrip()


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
