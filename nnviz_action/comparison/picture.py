"""Both graphs → one drawing: the new one with what is gone as ghosts, in colours that tell what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nnviz_action.comparison.changes import GraphDiff
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.number_text import short
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import TOLD, Module

Modules = tuple[Module, ...]
_GONE = "was "  # before the key of a box that only the old graph has


def merged(diff: GraphDiff) -> Drawing:
    """All boxes of the new graph and those that went, each where it was; arrows that came and went."""
    old, new = diff.drawings
    marks, before = diff.marks, {box.key: box for box in old.boxes}
    came_from = {b: a for a, b in marks.same.items()}
    places = _places(diff)
    ghosts = _ghosts(diff, places)
    boxes: list[Box] = list(ghosts.pop("", ()))
    for box in new.boxes:
        told = replace(box, modules=_told(box.modules, marks.modules))
        if box.key in marks.added:
            told = replace(told, kind="added")
        elif box.key in marks.changed:
            told = _changed(told, before[came_from[box.key]], marks.changed[box.key])
        boxes += [told, *ghosts.get(box.key, ())]
    return Drawing(tuple(boxes), tuple(_arrows(diff)))


def _changed(box: Box, was: Box, details: tuple[str, ...]) -> Box:
    rows: tuple[str, ...] = (", ".join(details),)
    before, after = was.numbers.parameters, box.numbers.parameters
    if before != after:
        rows += (f"{short(before)} → {short(after)} parameters",)
    return replace(box, kind="changed", rows=rows, numbers=Numbers())


def _told(modules: Modules, said: Mapping[str, tuple[str, ...]]) -> Modules:
    """Modules that changed as a whole say so beside their class."""
    return tuple(
        replace(m, kind=f"{m.kind}{TOLD}{', '.join(said[m.path])}") if m.path in said else m for m in modules
    )


def _places(diff: GraphDiff) -> dict[Modules, Modules]:
    """Modules of the old graph → those of the new one that they are."""
    old, new = ({box.key: box.modules for box in drawing.boxes} for drawing in diff.drawings)
    found: dict[Modules, Modules] = {(): ()}
    for a, b in diff.marks.same.items():
        if len(old[a]) == len(new[b]):
            told = _told(new[b], diff.marks.modules)
            found |= {old[a][:depth]: told[:depth] for depth in range(1, len(told) + 1)}
    return found


def _ghosts(diff: GraphDiff, places: Mapping[Modules, Modules]) -> dict[str, list[Box]]:
    """What went, by the key of the box of the new graph that stood before it."""
    found: dict[str, list[Box]] = {}
    last = ""
    for box in diff.drawings[0].boxes:
        if box.key in diff.marks.removed:
            depth = next(d for d in range(len(box.modules), -1, -1) if box.modules[:d] in places)
            modules = (*places[box.modules[:depth]], *box.modules[depth:])
            ghost = replace(box, key=_GONE + box.key, kind="removed", modules=modules)
            found.setdefault(last, []).append(ghost)
        last = diff.marks.same.get(box.key, last)
    return found


def _arrows(diff: GraphDiff) -> Iterator[Arrow]:
    """Those of the new graph, then those that went. Where a change gives a value another type, a label tells both."""
    old, new = diff.drawings
    same, origins = diff.marks.same, diff.marks.changed.keys() | diff.marks.added
    were: dict[tuple[str, str], list[Arrow]] = {}
    for arrow in old.arrows:
        ends = (same.get(arrow.source, _GONE + arrow.source), same.get(arrow.target, _GONE + arrow.target))
        were.setdefault(ends, []).append(arrow)
    now = {(arrow.source, arrow.target) for arrow in new.arrows}
    for arrow in new.arrows:
        former = were.get((arrow.source, arrow.target), [])
        tells = arrow.source in origins and len(former) == 1 and former[0].label != arrow.label
        label = f"{arrow.label}\nwas {former[0].label}" if tells else arrow.label
        yield replace(arrow, label=label, style=arrow.style if former else "added")
    for (source, target), gone in were.items():
        if (source, target) not in now:
            yield from (replace(arrow, source=source, target=target, label="", style="removed") for arrow in gone)
