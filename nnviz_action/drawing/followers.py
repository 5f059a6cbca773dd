"""Drawing → Drawing in which normalisation and activation behind a layer share its card."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from nnviz_action.drawing.boxes import Arrow, Box, Drawing

THEN = "then "  # begins the line that tells what follows: `then BatchNorm2d then ReLU`
_LEADING = ("convolution", "linear", "normalisation", "embedding")
_UNTOLD = ("eps ", "momentum ")  # options of a normalisation that are not worth their room here
_FOLLOWING = ("normalisation", "activation", "dropout")


def join_followers(drawing: Drawing) -> Drawing:
    """Put what keeps the shape of the one value that it takes behind the layer, or the sum, that alone gives it."""
    boxes = {box.key: box for box in drawing.boxes}
    leads: dict[str, str] = {}  # of a box the first in its card
    rows: dict[str, list[Box]] = {}
    for arrow in links(drawing):
        lead = leads.get(arrow.source, arrow.source)
        if arrow.source in leads or _leads(boxes[lead]):
            leads[arrow.target] = lead
            rows.setdefault(lead, []).append(boxes[arrow.target])
    joined = tuple(_joined(box, rows.get(box.key, [])) for box in drawing.boxes if box.key not in leads)
    arrows = (
        replace(a, source=leads.get(a.source, a.source), target=leads.get(a.target, a.target)) for a in drawing.arrows
    )
    return Drawing(joined, tuple(a for a in arrows if a.source != a.target))


def shares_card(box: Box) -> bool:
    """Whether other layers are told on its card."""
    return any(row.startswith(THEN) for row in box.rows)


def links(drawing: Drawing) -> Iterator[Arrow]:
    """The arrows over which a normalisation, an activation or a dropout may move up into the box before it, in the
    order of the boxes: it takes nothing else, nobody else takes what it is given, and it gives the same shape."""
    boxes = {box.key: box for box in drawing.boxes}
    received = Counter(arrow.target for arrow in drawing.arrows)
    for box in drawing.boxes:
        leaving = drawing.leaving(box.key)
        if len(leaving) != 1 or received[leaving[0].target] != 1:
            continue
        other = boxes[leaving[0].target]
        alike = all(arrow.label == leaving[0].label for arrow in drawing.leaving(other.key))
        if other.kind in _FOLLOWING and other.modules == box.modules and alike:
            yield leaving[0]


def _leads(box: Box) -> bool:
    return box.kind in _LEADING or (box.title == "add" and box.kind == "arithmetic")


def _joined(box: Box, followers: list[Box]) -> Box:
    if not followers:
        return box
    numbers = sum((follower.numbers for follower in followers), box.numbers)
    even = all(follower.shares == box.shares for follower in followers if follower.numbers.parameters)
    before = [row for row in box.rows if row.startswith(THEN)]
    row = " ".join([*before, *(f"{THEN}{_told(follower)}" for follower in followers)])
    rows = (*(row for row in box.rows if row not in before), row)
    return replace(box, rows=rows, numbers=numbers, shares=box.shares if even else 1)


def _told(box: Box) -> str:
    """The class and the line about its options, which stands before that about its weights; and what follows it."""
    others = [row for row in box.rows if not row.startswith(THEN)]
    options = others[: max(0, len(others) - 1)] if box.numbers.parameters else others[:1]
    told = [text for line in options for text in line.split(", ") if not text.startswith(_UNTOLD)]
    told = [] if shares_card(box) and box.subtitle else told
    return " ".join([box.subtitle or box.title, *told, *(row for row in box.rows if row.startswith(THEN))])
