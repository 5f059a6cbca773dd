"""Layout → sheet: the heading, the legend, and the drawing below them."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnviz_action.drawing.boxes import LOUD
from nnviz_action.render import style
from nnviz_action.render.card import wrap
from nnviz_action.render.layout.values import Layout, Rect
from nnviz_action.render.shades import Cost, Scale, scale
from nnviz_action.render.text import clean, width

SWATCH = 16
SILENT = "no size on a box: that of its input"  # stands in the legend without a swatch
NARROWEST = 420  # a heading is not squeezed into less


@dataclass(frozen=True)
class Heading:
    """What stands above the drawing: a title, and lines of facts."""

    title: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A line of the heading, `y` at its middle."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False


@dataclass(frozen=True)
class Sheet:
    """All that is painted, in pixels. With a `scale` boxes have the colour of what they `cost`, not of their kind."""

    title: str
    description: str
    heading: tuple[Text, ...]
    legend: tuple[tuple[str, Rect, str], ...]  # kind, swatch, name
    layout: Layout
    width: float
    height: float
    cost: Cost | None = None
    scale: Scale | None = None


def compose(layout: Layout, heading: Heading, cost: Cost | None = None, legend: bool = True) -> Sheet:
    """The whole sheet, the drawing moved below heading and legend, if there is to be one."""
    room = max(layout.width, NARROWEST)
    texts, y = _heading(heading, room)
    swatches, below, widest = _legend(_kinds(layout) if legend and not cost else [], room, y)
    shades = scale(cost, style.MARGIN, y) if cost else None
    if shades:
        below, widest = shades.bottom, shades.right - style.MARGIN
    wide = max([layout.width, widest, *(width(t.text, t.size, t.bold) for t in texts)])
    left, top = style.MARGIN + max(0.0, (min(wide, NARROWEST) - layout.width) / 2), below + 14
    size = (max(wide, left - style.MARGIN + layout.width) + 2 * style.MARGIN, top + layout.height + style.MARGIN)
    return Sheet(
        clean(heading.title),
        clean(". ".join(heading.facts)),
        texts,
        swatches,
        layout.moved(left, top),
        width=round(size[0]),
        height=round(size[1]),
        cost=cost,
        scale=shades,
    )


def _heading(heading: Heading, room: float) -> tuple[tuple[Text, ...], float]:
    y = style.MARGIN + style.TITLE_SIZE / 2
    texts = []
    for line in wrap(clean(heading.title), room * 0.85, style.TITLE_SIZE, behind="[ ._/-]"):  # bold is wider
        texts.append(Text(line, style.MARGIN, y, style.TITLE_SIZE, bold=True))
        y += style.TITLE_SIZE + 6
    y += 2
    for line in (part for fact in heading.facts for part in wrap(clean(fact), room)):
        texts.append(Text(line, style.MARGIN, y, style.TEXT_SIZE))
        y += 18
    return tuple(texts), y


def _kinds(layout: Layout) -> list[str]:
    boxes, arrows = {card.box.kind for card, _ in layout.cards}, {line.arrow.style for line in layout.lines}
    present = boxes | arrows.intersection(LOUD)
    found = [name for name, kind in style.KINDS.items() if name in present and kind.name and name != "io"]
    gives = {line.arrow.source for line in layout.lines if line.arrow.label}
    gives -= {line.arrow.source for line in layout.lines if line.label}
    cards = [card for card, _ in layout.cards if card.box.key in gives and card.box.kind not in ("io", "entry")]
    silent = any(card.gives for card in cards) and not all(card.gives for card in cards)
    return [*found, SILENT] if silent else found


def _legend(kinds: Sequence[str], room: float, top: float) -> tuple[tuple[tuple[str, Rect, str], ...], float, float]:
    """The rows of the legend, where they end, and how far to the right they reach."""
    x, y, reach, found = 0.0, top, 0.0, []
    for kind in kinds:
        swatch = 0 if kind == SILENT else SWATCH
        name = SILENT if kind == SILENT else style.KINDS[kind].name
        wide = swatch + (swatch and 6) + width(name, style.SMALL_SIZE)
        if x and x + wide > room:
            x, y = 0.0, y + SWATCH + 6
        found.append((kind, Rect(style.MARGIN + x, y, swatch, SWATCH), name))
        x += wide + 16
        reach = max(reach, x - 16)
    return tuple(found), y + SWATCH + 4 if found else top, reach
