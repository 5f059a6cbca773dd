"""What an overview says, held against the drawing that it was made of."""

import re
from collections.abc import Iterator

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.overview import MOST, overview, shortened
from nnviz_action.drawing.stages.opening import Opener
from nnviz_action.graph.numbers import NOTHING

_Edges = dict[tuple[str, str], set[str]]


def untruths(drawing: Drawing, most: int = MOST) -> list[str]:
    """All that the overview of a drawing says, or leaves out, against what is there."""
    short = shortened(drawing)
    shown = overview(short, most)
    held = {box.key: f"part {next(p.boxes()).key}" for p in Opener(short, most).stages().parts for box in p.boxes()}
    return [
        *_room(shown, most),
        *_ends(drawing, shown, held),
        *_arrows(short, shown, held),
        *_numbers(short, shown, held),
    ]


def _room(shown: Drawing, most: int) -> Iterator[str]:
    places = {box.key: place for place, box in enumerate(shown.boxes)}
    if len(shown.boxes) > most:
        yield f"{len(shown.boxes)} boxes"
    yield from (f"back: {a}" for a in shown.arrows if places[a.source] >= places[a.target])


def _ends(drawing: Drawing, shown: Drawing, held: dict[str, str]) -> Iterator[str]:
    titles = {box.key: box.title for box in shown.boxes}
    for box in drawing.boxes:
        title = titles.get(held.get(box.key, ""), "")
        if box.kind == "io" and not (box.title in title or "more" in title or "…" in title):
            yield f"{box.title} is not there"


def _arrows(short: Drawing, shown: Drawing, held: dict[str, str]) -> Iterator[str]:
    """Arrows that should not be, that are missing, and what they should not say.

    What goes from copy to copy of a repeated block is not drawn; where an arrow stands for others its box says so.
    """
    real, drawn = _real(short, held), {(a.source, a.target): a.label for a in shown.arrows}
    boxes = {box.key: box for box in shown.boxes}
    yield from (f"no such way: {ends}" for ends in drawn.keys() - real.keys())
    left = [e for e in real.keys() - drawn.keys() if not _share_a_frame(boxes[e[0]], boxes[e[1]])]
    for key in {source for source, _ in left}:
        count = sum(source == key for source, _ in left)
        if f"and to {count} others" not in boxes[key].rows:
            yield f"missing: {[ends for ends in left if ends[0] == key]}"
    for ends, label in drawn.items():
        if not set(label.split("\n")) <= {*real.get(ends, ()), ""}:
            yield f"{ends}: {label}, not {real.get(ends)}"


def _share_a_frame(one: Box, other: Box) -> bool:
    return bool(one.modules) and one.modules[:1] == other.modules[:1]


def _real(short: Drawing, held: dict[str, str]) -> _Edges:
    """What goes from one box of the overview to another, with the types of what leaves the first; what is held by none
    hands on what it takes."""
    found: _Edges = {}
    for arrow in short.arrows:
        left = [arrow.target] if arrow.source in held else []
        for key in left:
            if key not in held:
                left += [a.target for a in short.leaving(key) if a.target not in left]
            elif held[key] != held[arrow.source]:
                label = re.sub(r"\A\[\d+\] ", "", arrow.label)
                found.setdefault((held[arrow.source], held[key]), set()).add(label)
    return found


def _numbers(short: Drawing, shown: Drawing, held: dict[str, str]) -> Iterator[str]:
    """Each box has the numbers of what it stands for; what stands in none has none."""
    for box in shown.boxes:
        mine = sum((b.numbers for b in short.boxes if held.get(b.key) == box.key), NOTHING)
        if mine != box.numbers:
            yield f"{box.title} is {mine}, not {box.numbers}"
    for box in short.boxes:
        if box.key not in held and (box.numbers.parameters or box.numbers.macs):
            yield f"{box.title} is lost"
