"""Drawing → Drawing in which a normalisation and the activation behind it share a box."""

from collections.abc import Mapping
from dataclasses import replace

from nnviz_action.drawing.boxes import Arrow, Box, Drawing

JOINT = " · "  # between the names of what shares a box


def join_pairs(drawing: Drawing) -> Drawing:
    """An activation that takes nothing but what a normalisation gives to it alone becomes part of its box."""
    boxes = {box.key: box for box in drawing.boxes}
    joined: dict[str, str] = {}
    for arrow in drawing.arrows:
        one, other = boxes[arrow.source], boxes[arrow.target]
        if one.kind == "normalisation" and other.kind == "activation" and _is_pair(drawing, arrow, boxes):
            joined[other.key] = one.key
            boxes[one.key] = _joint(one, other)
    arrows = (replace(arrow, source=joined.get(arrow.source, arrow.source)) for arrow in drawing.arrows)
    kept = tuple(arrow for arrow in arrows if joined.get(arrow.target) != arrow.source)
    return Drawing(tuple(box for key, box in boxes.items() if key not in joined), kept)


def _is_pair(drawing: Drawing, arrow: Arrow, boxes: Mapping[str, Box]) -> bool:
    one, other = boxes[arrow.source], boxes[arrow.target]
    alone = len(drawing.leaving(one.key)) == 1 == len(drawing.entering(other.key))
    plain = not any(other.rows) and JOINT not in one.title
    # What the activation gives has the shape of what it takes, or the box could not say it for both.
    same = all(given.label == arrow.label for given in drawing.leaving(other.key))
    return alone and plain and same and one.modules == other.modules


def _joint(one: Box, other: Box) -> Box:
    names = [box.subtitle or box.title for box in (one, other)]  # a function goes by its name
    return replace(
        one,
        title=f"{one.title}{JOINT}{other.title}",
        subtitle=JOINT.join(names),
        numbers=one.numbers + other.numbers,
        shares=one.shares if not other.numbers.parameters else 1,
    )
