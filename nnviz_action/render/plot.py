"""Numbers from commit to commit as a picture: a panel for each, in the style of the diagrams."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import floor, log10

from nnviz_action.render import style
from nnviz_action.render.style import Theme
from nnviz_action.render.svg import text_at
from nnviz_action.render.text import FAMILY, clean, width

WIDE, TALL, GAP = 720, 110, 46  # of a panel; between one and the next
AXIS = 74  # left of it, for the numbers
FLATTEST = 0.1  # of the largest value: what differs by less looks as little as it is
DENSEST = 9  # pixels from point to point: below this no dots are drawn
Place = tuple[float, float]


@dataclass(frozen=True)
class Panel:
    """One number at all points; None where there is none. `kind` gives the colours."""

    name: str
    kind: str
    values: tuple[int | None, ...]
    text: Callable[[int], str]


@dataclass(frozen=True)
class Plot:
    """What is drawn; two lines for each point go below it."""

    title: str
    facts: str
    labels: tuple[tuple[str, str], ...]
    panels: tuple[Panel, ...]


def to_plot(plot: Plot, theme: Theme, digest: str) -> str:
    """The picture as SVG."""
    top, right = style.MARGIN + 58, style.MARGIN + AXIS + WIDE + style.MARGIN
    bottom = top + len(plot.panels) * (TALL + GAP)
    size = f'width="{right}" height="{bottom + 22}" viewBox="0 0 {right} {bottom + 22}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{FAMILY}" '
        f'data-nnviz-digest="{digest}">',
        f"<title>{escape(clean(plot.title))}</title>",
        f"<desc>{escape(clean(plot.facts))}</desc>",
        f'<rect width="100%" height="100%" fill="{theme.paper}"/>',
        text_at(clean(plot.title), style.MARGIN, style.MARGIN + 10, style.TITLE_SIZE, theme.ink, bold=True),
        text_at(clean(plot.facts), style.MARGIN, style.MARGIN + 34, style.TEXT_SIZE, theme.soft),
        *(line for i, panel in enumerate(plot.panels) for line in _panel(panel, top + i * (TALL + GAP) + 22, theme)),
        *_labels(plot.labels, bottom - GAP + 22, theme),
        "</svg>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _panel(panel: Panel, top: float, theme: Theme) -> Iterator[str]:
    body, _, line = theme.kind(panel.kind)
    known = [value for value in panel.values if value is not None]
    ticks = nice(min(known), max(known))
    left, right = style.MARGIN + AXIS, style.MARGIN + AXIS + WIDE
    yield text_at(panel.name, left, top - 14, style.TEXT_SIZE, theme.ink, bold=True)
    yield text_at(panel.text(known[-1]), right, top - 14, style.TEXT_SIZE, line, bold=True, anchor="end")
    for value in ticks:
        y = _height(value, ticks, top)
        yield f'<path d="M{left} {y:.1f}H{right}" stroke="{theme.clusters[1]}" stroke-width="1"/>'
        yield text_at(panel.text(value), left - 10, y, style.SMALL_SIZE, theme.soft, anchor="end")
    step = WIDE / len(panel.values)
    for is_known, group in groupby(enumerate(panel.values), key=lambda item: item[1] is not None):
        if is_known:
            places = [(left + i * step, _height(value, ticks, top)) for i, value in group if value is not None]
            if ticks[0] == 0:  # an area stands for an amount
                yield f'<path d="{_path(places, step)}V{top + TALL:.1f}H{places[0][0]:.1f}Z" fill="{body}"/>'
            yield from _steps(places, step, line)


def _path(places: Sequence[Place], step: float) -> str:
    """What holds from each commit to the next."""
    (x, y), *more = places
    return f"M{x:.1f} {y:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in more) + f"H{places[-1][0] + step:.1f}"


def _steps(places: Sequence[Place], step: float, line: str) -> Iterator[str]:
    yield f'<path d="{_path(places, step)}" fill="none" stroke="{line}" stroke-width="1.8" stroke-linejoin="round"/>'
    if step >= DENSEST:
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{line}"/>' for x, y in places)


def _labels(labels: Sequence[tuple[str, str]], top: float, theme: Theme) -> Iterator[str]:
    """Under the last panel, as many as there is room for, evenly spaced, the first among them."""
    step = WIDE / len(labels)
    wide = max(width(text, style.SMALL_SIZE) for label in labels for text in label) + 16
    every = max(1, -int(-wide // step))
    for index in range(0, len(labels), every):
        x = style.MARGIN + AXIS + index * step
        if x + wide - 16 <= style.MARGIN + AXIS + WIDE + style.MARGIN:
            yield f'<path d="M{x:.1f} {top:.1f}v5" stroke="{theme.arrow}" stroke-width="1"/>'
            for row, text in enumerate(labels[index]):
                yield text_at(text, x, top + 14 + 15 * row, style.SMALL_SIZE, theme.soft)


def _height(value: int, ticks: Sequence[int], top: float) -> float:
    return top + TALL * (1 - (value - ticks[0]) / (ticks[-1] - ticks[0]))


def nice(low: int, high: int) -> list[int]:
    """Round numbers at even distances, from below the lowest value to above the highest; from 0 if that is near."""
    room = max(high * FLATTEST, 1)
    if high - low < room:
        low = max(0, floor((low + high - room) / 2))
        high = max(high, floor(low + room))
    low = 0 if low < high / 2 else low
    rough = max((high - low) / 3, 1)
    power = 10 ** floor(log10(rough))
    step = next(int(power * factor) for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = low // step * step
    ticks = [first]
    while ticks[-1] < high or len(ticks) < 2:
        ticks.append(ticks[-1] + step)
    return ticks
