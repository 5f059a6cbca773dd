"""What a box costs, as a shade: its share of all parameters, MACs or bytes of activations of the model.

The steps are logarithmic, at 1 and 3 of each power of ten. Of sixty boxes most have one or two hundredths, and some a
thousandth: by shares themselves one box would be dark and all others alike. The borders are the same in all pictures,
so a shade means the same in each.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.render import style
from nnviz_action.render.layout.values import Rect
from nnviz_action.render.text import width

BORDERS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # shares of the whole at which the next shade begins
WORDS = {"parameters": "parameters", "macs": "MACs", "activations": "activations"}
CELL, TALL, TICK = 38.0, 16.0, 16.0  # width and height of a shade in the legend, and of the numbers below it


@dataclass(frozen=True)
class Cost:
    """What is counted (`parameters`, `macs` or `activations`), and how much of it there is in the model."""

    what: str
    total: int

    def share(self, box: Box) -> float:
        """Of 1; of a closed module that of all in it, of one that stands for many copies that of all of them."""
        return float(getattr(box.numbers, self.what)) / self.total

    def shade(self, box: Box) -> int | None:
        """The place of its colour in the themes' `shades`; None where it costs nothing."""
        share = self.share(box)
        return bisect_right(BORDERS, share) if share > 0 else None


@dataclass(frozen=True)
class Scale:
    """The legend: what it is of, each shade with its place (None is for what costs nothing), and the numbers, which
    have their middle at a point."""

    title: str
    at: tuple[float, float]
    cells: tuple[tuple[int | None, Rect], ...]
    numbers: tuple[tuple[str, float, float], ...]
    right: float
    bottom: float


def cost_of(drawing: Drawing, color: str) -> Cost | None:
    """What colours the boxes of a model, or None where its kinds do: `color` says so, or none of it is known."""
    total = getattr(drawing.numbers, color) if color in WORDS else 0
    return Cost(color, total) if total else None


def scale(cost: Cost, left: float, top: float) -> Scale:
    """The legend at a place: all shades, paler ones first, with the shares at their borders."""
    title = f"share of {WORDS[cost.what]}"
    start = left + width(title, style.SMALL_SIZE) + 12
    cells = [(step, Rect(start + CELL * step, top, CELL, TALL)) for step in range(len(BORDERS) + 1)]
    end = cells[-1][1].right
    none = Rect(end + 18, top, CELL, TALL)
    numbers = [(text, start + CELL * (step + 1), top + TALL + TICK / 2) for step, text in enumerate(_ticks())]
    numbers += [("none", none.x + CELL / 2, top + TALL + TICK / 2)]
    return Scale(
        title, (left, top + TALL / 2), (*cells, (None, none)), tuple(numbers), none.right, none.bottom + TICK
    )


def _ticks() -> Iterator[str]:
    """The borders in hundredths, the first and the last with the sign."""
    for border in BORDERS:
        yield f"{border * 100:g}{' %' if border in (BORDERS[0], BORDERS[-1]) else ''}"
