"""What keeps a sheet from being read, told from its own coordinates."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from nnviz_action.render import style
from nnviz_action.render.card import Card
from nnviz_action.render.layout.values import Line, Rect
from nnviz_action.render.sheet import Sheet
from nnviz_action.render.style import THEMES, Theme
from nnviz_action.render.text import width

MIN_TEXT = 11  # pixels
MIN_CONTRAST = 4.5  # WCAG 2.1, level AA
SLACK = 1.0  # pixels by which rounding may be off


def flaws(sheet: Sheet, budget: int, labelled: bool = True) -> list[str]:
    """All of them, in words; `labelled` says that each value has a type, as those of a forward graph do."""
    return [
        *_crowd(sheet, budget),
        *_overlaps(sheet),
        *_texts(sheet),
        *(_untold(sheet) if labelled else ()),
        *_crossed(sheet),
        *_size(sheet),
    ]


def _crowd(sheet: Sheet, budget: int) -> Iterator[str]:
    boxes = len(sheet.layout.cards)
    if boxes > budget:
        yield f"{boxes} boxes, {budget} allowed"


def _overlaps(sheet: Sheet) -> Iterator[str]:
    for (one, here), (other, there) in combinations(sheet.layout.cards, 2):
        if _meet(here, there):
            yield f"{one.title!r} and {other.title!r} overlap"


def _meet(one: Rect, other: Rect) -> bool:
    beside = min(one.right, other.right) - max(one.x, other.x)
    above = min(one.bottom, other.bottom) - max(one.y, other.y)
    return beside > SLACK and above > SLACK


def _texts(sheet: Sheet) -> Iterator[str]:
    if min(style.TITLE_SIZE, style.TEXT_SIZE, style.SMALL_SIZE) < MIN_TEXT:
        yield f"text below {MIN_TEXT} px"
    for card, place in sheet.layout.cards:
        if not card.is_dot and _needed(card) > place.width + SLACK:
            yield f"{card.title!r} is wider than its box"
        if card.title.endswith("…") and not card.box.title.endswith("…"):
            yield f"{card.title!r} is cut"
    for cluster in sheet.layout.clusters:
        if (
            width(cluster.title, style.TEXT_SIZE, bold=True) + width(cluster.kind, style.TEXT_SIZE)
            > cluster.place.width
        ):
            yield f"{cluster.title!r} is wider than its module"


def _needed(card: Card) -> float:
    beside = [text for text in (card.subtitle, card.count, *([card.gives] if card.is_pill else [])) if text]
    bar = width(card.title, style.TEXT_SIZE, bold=True) + sum(6 + width(text, style.SMALL_SIZE) for text in beside)
    rows = (width(a, style.SMALL_SIZE) + width(b, style.SMALL_SIZE) for a, b in card.rows)
    return max(bar, *rows, 0) + 2 * style.PADDING if card.rows else bar + 2 * style.PADDING


def _untold(sheet: Sheet) -> Iterator[str]:
    """Values whose shape neither their box nor an arrow says, and which is not that of what their box takes."""
    into: dict[str, set[str]] = {}
    out: dict[str, set[str]] = {}
    for line in sheet.layout.lines:
        into.setdefault(line.arrow.target, set()).add(line.arrow.label)
        out.setdefault(line.arrow.source, set()).add(line.arrow.label)
    told = {line.arrow.source for line in sheet.layout.lines if line.label}
    for card, _ in sheet.layout.cards:
        given = out.get(card.box.key, set())
        said = card.gives or card.is_dot or card.box.key in told
        if given - {""} and not said and given != into.get(card.box.key):
            yield f"nothing says what {card.title!r} gives"
    frame = Rect(0, 0, sheet.width, sheet.height)
    for line in sheet.layout.lines:
        if line.place and not _inside(line.place, frame):
            yield f"the label {line.label!r} leaves the sheet"


def _inside(place: Rect, frame: Rect) -> bool:
    return place.x >= 0 and place.y >= 0 and place.right <= frame.right and place.bottom <= frame.bottom


def _crossed(sheet: Sheet) -> Iterator[str]:
    """Arrows that run across a box which is none of their ends."""
    for line in sheet.layout.lines:
        for card, place in sheet.layout.cards:
            if card.box.key not in (line.arrow.source, line.arrow.target) and _crosses(line, place):
                yield f"the arrow {line.arrow.source} → {line.arrow.target} runs across {card.title!r}"


def _crosses(line: Line, place: Rect) -> bool:
    """Whether a part of a line, which runs along or across, lies in a box, its edges aside."""
    return any(
        max(min(x1, x2), place.x + SLACK) < min(max(x1, x2), place.right - SLACK) + 0.01
        and max(min(y1, y2), place.y + SLACK) < min(max(y1, y2), place.bottom - SLACK) + 0.01
        for (x1, y1), (x2, y2) in pairwise(line.points)
    )


def _size(sheet: Sheet) -> Iterator[str]:
    if sheet.width > style.WIDEST or sheet.height > style.TALLEST:
        yield f"{sheet.width} × {sheet.height} px, {style.WIDEST} × {style.TALLEST} allowed"


def faint() -> list[str]:
    """Texts of the style whose contrast to their ground is too low, in any theme."""
    found = []
    for theme in THEMES.values():
        for what, text, ground in _pairs(theme):
            if contrast(text, ground) < MIN_CONTRAST:
                found.append(f"{theme.name} {what}: {contrast(text, ground):.1f}")
    return found


def _pairs(theme: Theme) -> Iterator[tuple[str, str, str]]:
    """Every colour of text with every ground that it stands on."""
    for ground in (theme.paper, *theme.clusters):
        yield "ink", theme.ink, ground
        yield "second rank", theme.soft, ground
    for name in style.KINDS:
        body, bar, line = theme.kind(name)
        yield f"title of {name}", theme.ink, bar
        yield f"class of {name}", line, bar
        yield f"row of {name}", theme.ink, body
        yield f"number of {name}", theme.soft, body
    for step, shade in enumerate((theme.paper, *theme.shades)):
        yield f"text on shade {step}", theme.ink, shade


def contrast(one: str, other: str) -> float:
    """WCAG 2.1: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
