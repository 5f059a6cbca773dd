"""Drawing → a drawing of the model's stages, in at most fourteen boxes."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.repeats import fold_leaves, fold_repeats
from nnviz_action.drawing.stages import words
from nnviz_action.drawing.stages.opening import Opener
from nnviz_action.drawing.stages.web import ENDS, Part, Web
from nnviz_action.graph.values import Module

MOST = 14  # boxes, inputs and outputs among them
LARGE = 1000  # boxes from which on single ones fold as well
MANY = 3  # parts to which something small goes that is then shown once
SMALL = 0.05  # of the model
_NUMBER = re.compile(r"\A\[\d+\] ")  # which of several results a value is


def shortened(drawing: Drawing) -> Drawing:
    """What an overview is made from: without what is computed beside the network, and equal blocks once."""
    plain = without_aside(drawing)
    short = fold_repeats(plain)
    return fold_leaves(plain) if len(short.boxes) > LARGE else short


def overview(short: Drawing, most: int = MOST) -> Drawing:
    """The stages of a model that was `shortened`, with what they give and their shares of parameters and MACs.

    Modules open from the outermost inwards while what is in them fits; layers in a row become `stem` and `head`.
    `most` counts inputs and outputs as well.
    """
    opener = Opener(short, most)
    web = opener.stages()
    order = web.in_order()
    titles = words.titles(web)
    frames = words.frame_titles(order)
    boxes = [_box(part, titles[part], frames, short) for part in order]
    keys = {part: box.key for part, box in zip(order, boxes, strict=True)}
    given, hidden = _given(web, short), set(_hidden(web, opener))
    arrows = [
        Arrow(keys[one], keys[other], given.get(one, ""))
        for one in order
        for other in web.after[one]
        if (one, other) not in hidden
    ]
    return Drawing(tuple(boxes), tuple(arrows))


def _box(part: Part, title: str, frames: Mapping[Module, str], whole: Drawing) -> Box:
    first = next(part.boxes())
    return Box(
        f"part {first.key}",
        title,
        "io" if part.rank == ENDS else words.kind_of(part),
        words.subtitle(part),
        words.rows(part, whole.numbers),
        tuple(replace(module, title=frames[module]) for module in part.frame),
        part.numbers,
    )


def _given(web: Web, short: Drawing) -> dict[Part, str]:
    """Of each part the type of what it gives last."""
    holder = {box.key: part for part in web.parts for box in part.boxes()}
    places = {box.key: place for place, box in enumerate(short.boxes)}
    found: dict[Part, str] = {}
    for arrow in sorted(short.arrows, key=lambda arrow: places[arrow.source]):
        one = holder.get(arrow.source)
        if one is not None and holder.get(arrow.target) is not one and arrow.value:
            found[one] = _NUMBER.sub("", arrow.value)
    return found


def _hidden(web: Web, opener: Opener) -> Iterator[tuple[Part, Part]]:
    """Arrows from something small to many parts, but for the first: an embedding of the time, a mask."""
    order = {part: place for place, part in enumerate(web.in_order())}
    for part in web.parts:
        targets = sorted(web.after[part], key=order.__getitem__)
        if len(targets) >= MANY and (part.rank == ENDS or opener.weight(part.items) < SMALL):
            yield from ((part, other) for other in targets[1:] if len(web.before[other]) > 1 and other.rank != ENDS)


def without_aside(drawing: Drawing) -> Drawing:
    """Without what is computed beside the network: functions to which neither a weight nor a number leads, and the
    inputs that are used for nothing else.

    An input leads to what these lead to first if that has no other.
    """
    aside = _aside(drawing)
    kept = tuple(arrow for arrow in drawing.arrows if not {arrow.source, arrow.target} & aside)
    kept += tuple(_led_on(drawing, aside, {arrow.target for arrow in kept}))
    joined = {key for arrow in kept for key in (arrow.source, arrow.target)}
    lost = {box.key for box in drawing.boxes if box.kind == "io" and box.key not in joined}
    boxes = tuple(box for box in drawing.boxes if box.key not in aside | lost)
    return Drawing(boxes, kept) if aside and any(box.kind != "io" for box in boxes) else drawing


def _led_on(drawing: Drawing, aside: Set[str], fed: Set[str]) -> Iterator[Arrow]:
    for box in drawing.boxes:
        arrows = drawing.leaving(box.key) if box.kind == "io" and not drawing.entering(box.key) else []
        if arrows and all(arrow.target in aside for arrow in arrows):
            first = _first_behind(box.key, drawing, aside)
            if first and first not in fed:
                yield Arrow(box.key, first, arrows[0].label)


def _first_behind(start: str, drawing: Drawing, aside: Set[str]) -> str:
    """The nearest box behind one that is not beside the network; empty where there is none."""
    left = [start]
    for key in left:
        for arrow in drawing.leaving(key):
            if arrow.target not in aside:
                return arrow.target
            if arrow.target not in left:
                left.append(arrow.target)
    return ""


def _aside(drawing: Drawing) -> set[str]:
    found: set[str] = set()
    for box in drawing.boxes:
        if _is_weightless(box) and all(a.source in found or _is_index(a, drawing) for a in drawing.entering(box.key)):
            found.add(box.key)
    ends = {box.key for box in drawing.boxes if box.kind == "io" and drawing.entering(box.key)}
    for box in reversed(drawing.boxes):
        leads_out = any(arrow.target in ends for arrow in drawing.leaving(box.key))
        if box.key in found and leads_out:
            found.discard(box.key)
            ends.add(box.key)
    return found


def _is_weightless(box: Box) -> bool:
    """Whether it neither holds weights nor multiplies. A layer that has those of another says so."""
    shares = bool(box.subtitle) and any("weight" in row for row in box.rows)
    return box.kind != "io" and not shares and not box.numbers.parameters and not box.numbers.macs


def _is_index(arrow: Arrow, drawing: Drawing) -> bool:
    """Whether it carries an input of integers."""
    kind = arrow.label.rpartition(" ")[2]
    return not drawing.entering(arrow.source) and arrow.source.startswith("in ") and kind[:1] in "iub" and kind != "?"
