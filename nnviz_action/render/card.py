"""Box → card: its lines, and how much room they take."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from nnviz_action.drawing.boxes import Box
from nnviz_action.graph.number_text import short
from nnviz_action.render import style
from nnviz_action.render.text import clean, shorten, width

GAP = 14  # between a text at the left and one at the right
DOT = 10.0  # size of the small marks at which arrows meet


@dataclass(frozen=True)
class Card:
    """A box with its size in pixels; `rows` are pairs of a text at the left and one at the right."""

    box: Box
    title: str
    subtitle: str
    rows: tuple[tuple[str, str], ...]
    width: float
    height: float

    @property
    def is_dot(self) -> bool:
        """Whether it is but a mark at which arrows meet."""
        return self.box.kind in ("entry", "port")

    @property
    def is_pill(self) -> bool:
        """Whether it has a title alone."""
        return not self.rows


def card(box: Box) -> Card:
    """The card of a box."""
    if box.kind in ("entry", "port"):
        return Card(box, "", "", (), DOT, DOT)
    title = shorten(
        clean(f"{style.KINDS[box.kind].mark} {box.title}"), style.WIDEST * 0.8, style.TEXT_SIZE, bold=True
    )
    subtitle = shorten(clean(box.subtitle), style.LONGEST_TEXT, style.SMALL_SIZE)
    rows = tuple(_rows(box))
    bar = width(title, style.TEXT_SIZE, bold=True) + (GAP + width(subtitle, style.SMALL_SIZE) if subtitle else 0)
    body = max((_pair(left, right) for left, right in rows), default=0)
    height = style.BAR + len(rows) * style.ROW + style.PADDING * 0.75 if rows else style.PILL
    return Card(box, title, subtitle, rows, round(max(bar, body) + 2 * style.PADDING + 2), height)


def _pair(left: str, right: str) -> float:
    gap = GAP if left and right else 0
    return width(left, style.SMALL_SIZE) + gap + width(right, style.SMALL_SIZE)


def _rows(box: Box) -> Iterator[tuple[str, str]]:
    """The lines, the number of parameters at the end of the last."""
    lines = [line for row in box.rows for line in wrap(clean(row), style.LONGEST_TEXT)]
    count = _count(box)
    if count and not lines:
        lines = [""]
    for index, line in enumerate(lines):
        yield line, count if index == len(lines) - 1 else ""


def _count(box: Box) -> str:
    if not box.numbers.parameters:
        return ""
    part = short(box.numbers.parameters // box.shares)
    return f"{box.shares} × {part}" if box.shares > 1 else part


def wrap(text: str, limit: float, size: float = style.SMALL_SIZE, behind: str = r"[·,] +") -> list[str]:
    """Lines no wider than `limit` pixels, broken `behind` a separator where that is possible."""
    lines: list[str] = []
    for word in re.findall(rf".+?(?:{behind}|$)", text):
        fits = lines and width((lines[-1] + word).rstrip(), size) <= limit
        lines = [*lines[:-1], lines[-1] + word] if fits else [*lines, word]
    return [part for line in lines for part in _pieces(line.rstrip(), limit, size)]


def _pieces(line: str, limit: float, size: float) -> Iterator[str]:
    while width(line, size) > limit:
        fits = bisect_right(range(1, len(line)), limit, key=lambda end: width(line[:end], size)) or 1
        yield line[:fits]
        line = line[fits:]
    yield line
