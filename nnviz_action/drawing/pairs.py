"""Drawing → Drawing in which a normalisation and the activation behind it share a box."""

from dataclasses import replace

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.followers import links

JOINT = " · "  # between the names of what shares a box


def join_pairs(drawing: Drawing) -> Drawing:
    """An activation that takes nothing but what a normalisation gives to it alone becomes part of its box."""
    boxes = {box.key: box for box in drawing.boxes}
    joined: dict[str, str] = {}
    for arrow in links(drawing):
        one, other = boxes[arrow.source], boxes[arrow.target]
        if (one.kind, other.kind) == ("normalisation", "activation") and not any(other.rows):
            joined[other.key] = one.key
            boxes[one.key] = _joint(one, other)
    arrows = (replace(arrow, source=joined.get(arrow.source, arrow.source)) for arrow in drawing.arrows)
    kept = tuple(arrow for arrow in arrows if joined.get(arrow.target) != arrow.source)
    return Drawing(tuple(box for key, box in boxes.items() if key not in joined), kept)


def _joint(one: Box, other: Box) -> Box:
    names = [box.subtitle or box.title for box in (one, other)]  # a function goes by its name
    return replace(
        one,
        title=f"{one.title}{JOINT}{other.title}",
        subtitle=JOINT.join(names),
        numbers=one.numbers + other.numbers,
        shares=one.shares if not other.numbers.parameters else 1,
    )
