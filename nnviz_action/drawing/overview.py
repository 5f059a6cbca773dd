"""Drawing → a drawing of the model's stages, in at most fourteen boxes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.repeats import fold_leaves, fold_repeats
from nnviz_action.drawing.stages import words
from nnviz_action.drawing.stages.names import frame_titles, titles
from nnviz_action.drawing.stages.opening import Opener
from nnviz_action.drawing.stages.web import ENDS, Part, Web
from nnviz_action.graph.values import Module

MOST = 14  # boxes, inputs and outputs among them
MANY = 3  # parts to which something small goes that is then shown once
SMALL = 0.05  # of the model
LARGE = 1000  # boxes from which on single ones fold as well


def shortened(drawing: Drawing) -> Drawing:
    """What an overview is made from: without what is the same for all inputs, and with equal blocks once."""
    plain = without_constants(drawing)
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
    named, frames = titles(web), frame_titles(order)
    hidden = set(_hidden(web, opener))
    further = Counter(part for part, _ in hidden)
    known = words.classes_in_rows(order)
    boxes = [_box(part, named[part], frames, short, further[part], known) for part in order]
    keys = {part: box.key for part, box in zip(order, boxes, strict=True)}
    arrows = [
        Arrow(keys[one], keys[other], "\n".join(filter(None, labels)))
        for one in sorted(order, key=lambda part: part.rank == ENDS)  # what enters a frame first is its main way
        for other, labels in web.after[one].items()
        if (one, other) not in hidden
    ]
    return Drawing(tuple(boxes), tuple(arrows))


def _box(
    part: Part, title: str, frames: Mapping[Module, str], whole: Drawing, further: int, known: frozenset[str]
) -> Box:
    first = next(part.boxes())
    return Box(
        f"part {first.key}",
        title,
        "io" if part.rank == ENDS else words.kind_of(part),
        words.subtitle(part, known),
        (*words.rows(part, whole.numbers), *([f"and to {further} others"] if further else [])),
        tuple(replace(module, title=frames[module]) for module in part.frame),
        part.numbers,
    )


def _hidden(web: Web, opener: Opener) -> Iterator[tuple[Part, Part]]:
    """Arrows to many parts from something small beside the main way, but for the first: an embedding of the time, a
    mask. Its box says how many they are."""
    order = {part: place for place, part in enumerate(web.in_order())}
    inputs = {part: set(web.behind([part])) for part in web.parts if part.rank == ENDS and not web.before[part]}
    for part in web.parts:
        targets = sorted((other for other in web.after[part] if other.rank != ENDS), key=order.__getitem__)
        small = part.rank == ENDS or opener.weight(part.items) < SMALL
        if len(targets) >= MANY and small:
            others = [found for one, found in inputs.items() if one is not part and part not in found]
            rest = [other for other in targets[1:] if any(other in found for found in others)]
            yield from ((part, other) for other in rest if len(rest) >= MANY - 1)


def without_constants(drawing: Drawing) -> Drawing:
    """Without what neither an input nor a weight leads to, as a mask that is the same for all inputs."""
    fixed = _fixed(drawing)
    kept = tuple(arrow for arrow in drawing.arrows if not {arrow.source, arrow.target} & fixed)
    boxes = tuple(box for box in drawing.boxes if box.key not in fixed)
    return Drawing(boxes, kept) if any(box.kind != "io" for box in boxes) else drawing


def _fixed(drawing: Drawing) -> set[str]:
    """Such boxes, but for those that make a result."""
    found: set[str] = set()
    for box in drawing.boxes:
        if _is_weightless(box) and all(arrow.source in found for arrow in drawing.entering(box.key)):
            found.add(box.key)
    ends = {box.key for box in drawing.boxes if box.kind == "io" and drawing.entering(box.key)}
    for box in reversed(drawing.boxes):
        if box.key in found and any(arrow.target in ends for arrow in drawing.leaving(box.key)):
            found.discard(box.key)
            ends.add(box.key)
    return found


def _is_weightless(box: Box) -> bool:
    """Whether it neither holds weights nor multiplies. A layer that has those of another says so."""
    shares = bool(box.subtitle) and any("weight" in row for row in box.rows)
    return box.kind != "io" and not shares and not box.numbers.parameters and not box.numbers.macs
