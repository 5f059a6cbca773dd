"""Sheet → SVG text in one theme: the one place that paints."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from nnviz_action.drawing.boxes import LOUD, Arrow
from nnviz_action.freshness.contents import DRAWING
from nnviz_action.render import style
from nnviz_action.render.card import DOT, GAP, Card
from nnviz_action.render.layout.values import Cluster, Line, Point, Rect
from nnviz_action.render.shades import Cost, Scale
from nnviz_action.render.sheet import Sheet
from nnviz_action.render.style import Theme
from nnviz_action.render.text import FAMILY, tspans, width

HEAD = 7.0  # length of an arrow's head
BASELINE = 0.36  # of the font size, from the middle of a line down to the feet of its letters


def to_svg(sheet: Sheet, theme: Theme, digest: str, drawing: str = "") -> str:
    """The picture, with the hashes of the graph that it shows and of the drawing that it is painted from.

    Text is set in the bundled font's family; a viewer without it takes one of like width.
    """
    marks = f'data-nnviz-digest="{digest}"' + (f' data-{DRAWING}="{drawing}"' if drawing else "")
    size = f'width="{sheet.width:.0f}" height="{sheet.height:.0f}" viewBox="0 0 {sheet.width:.0f} {sheet.height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{FAMILY}" {marks}>',
        f"<title>{escape(sheet.title)}</title>",
        f"<desc>{escape(sheet.description)}</desc>",
        f'<rect width="100%" height="100%" fill="{theme.paper}"/>',
        *_header(sheet, theme),
        *(part for cluster in sheet.layout.clusters for part in _cluster(cluster, theme)),
        *(part for line in sheet.layout.lines for part in _line(line, theme)),
        *(part for cluster in sheet.layout.clusters for part in _cluster_title(cluster, theme)),
        *(part for item, place in sheet.layout.cards for part in _card(item, place, theme, sheet.cost)),
        *(part for line in sheet.layout.lines for part in _label(line, theme)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _header(sheet: Sheet, theme: Theme) -> Iterator[str]:
    for item in sheet.heading:
        color = theme.ink if item.bold else theme.soft
        yield text_at(item.text, item.x, item.y, item.size, color, bold=item.bold)
    boxes = {card.box.kind for card, _ in sheet.layout.cards}
    for kind, place, name in sheet.legend:
        yield from _swatch(kind, place, theme) if kind in boxes else _line(_sample(kind, place), theme)
        yield text_at(name, place.right + 6, place.y + 8, style.SMALL_SIZE, theme.soft)
    if sheet.scale:
        yield from _scale(sheet.scale, theme)


def _scale(scale: Scale, theme: Theme) -> Iterator[str]:
    yield text_at(scale.title, *scale.at, style.SMALL_SIZE, theme.soft)
    for step, place in scale.cells:
        yield _rect(place, theme.shade(step), theme.arrow, 0)
    for text, x, y in scale.numbers:
        yield text_at(text, x, y, style.SMALL_SIZE, theme.soft, anchor="middle")


def _swatch(kind: str, place: Rect, theme: Theme) -> Iterator[str]:
    _, bar, line = theme.kind(kind)
    yield _rect(place, bar, line, 4, dashed=style.KINDS[kind].dashed)
    yield text_at(style.KINDS[kind].mark, place.x + place.width / 2, place.y + 8, 11, line, anchor="middle")


def _sample(kind: str, place: Rect) -> Line:
    """An arrow that came or went, where no box did."""
    y = place.y + place.height / 2
    return Line(Arrow("", "", style=kind), ((place.x, y), (place.right, y)))


def _cluster(cluster: Cluster, theme: Theme) -> Iterator[str]:
    yield _rect(cluster.place, _fill(cluster, theme), theme.cluster_line, 9)


def _fill(cluster: Cluster, theme: Theme) -> str:
    return theme.clusters[(cluster.depth - 1) % 2]


def _cluster_title(cluster: Cluster, theme: Theme) -> Iterator[str]:
    """Above the arrows, on a ground of its own: an arrow into the module may pass behind it."""
    x, y = cluster.place.x + cluster.inset, cluster.place.y + 14
    after = x + width(cluster.title, style.TEXT_SIZE, bold=True) + 7
    end = after + width(cluster.kind, style.TEXT_SIZE)
    ground = f'x="{x - 2:.1f}" y="{y - 8:.1f}" width="{end - x + 4:.1f}" height="16"'
    yield f'<rect {ground} fill="{_fill(cluster, theme)}"/>'
    yield text_at(cluster.title, x, y, style.TEXT_SIZE, theme.ink, bold=True)
    yield text_at(cluster.kind, after, y, style.TEXT_SIZE, theme.soft)


@dataclass(frozen=True)
class _Colors:
    """Of a card: its body and title bar, outline, class name, and text of second rank."""

    body: str
    bar: str
    line: str
    said: str
    soft: str


def _colors(item: Card, theme: Theme, cost: Cost | None) -> _Colors:
    """By what it costs, or by its kind. On a shade all text is in full ink: less could not be read on the last."""
    body, bar, line = theme.kind(item.box.kind)
    if cost is None:
        return _Colors(body, bar, line, line, theme.soft)
    shade = theme.shade(cost.shade(item.box))
    return _Colors(shade, shade, theme.arrow, theme.ink, theme.ink)


def _card(item: Card, place: Rect, theme: Theme, cost: Cost | None) -> Iterator[str]:
    colors = _colors(item, theme, cost)
    body, bar, line = colors.body, colors.bar, colors.line
    dashed = style.KINDS[item.box.kind].dashed
    if item.is_dot:
        center = f'cx="{place.x + DOT / 2:.1f}" cy="{place.y + DOT / 2:.1f}" r="{DOT / 2 - 1:.1f}"'
        yield f'<circle {center} fill="{theme.paper}" stroke="{theme.arrow}" stroke-width="1.6"/>'
        return
    if item.box.kind == "module":
        yield from (_rect(place.moved(shift, shift), body, line, style.CORNER) for shift in (4, 2))
    radius = place.height / 2 if item.is_pill and item.box.kind != "module" else style.CORNER
    outline = style.KINDS[item.box.kind].width
    yield _rect(place, bar if item.is_pill else body, line, radius, dashed=dashed, stroke=outline)
    if not item.is_pill:
        yield _bar(place, bar, line, dashed)
    yield from _title(item, place, theme.ink, colors)
    left, right = place.x + style.PADDING + 1, place.right - style.PADDING - 1
    for index, (text, number) in enumerate(item.rows):
        y = place.y + style.BAR + style.PADDING * 0.375 + (index + 0.5) * style.ROW
        yield text_at(text, left, y, style.SMALL_SIZE, theme.ink)
        yield text_at(number, right, y, style.SMALL_SIZE, colors.soft, anchor="end")


def _title(item: Card, place: Rect, ink: str, colors: _Colors) -> Iterator[str]:
    """Name and class from the left, the number of parameters at the right; on a pill also the shape of the result."""
    middle = place.y + (place.height if item.is_pill else style.BAR) / 2
    inset = style.PADDING + (4 if item.is_pill else 1)
    left, right = place.x + inset, place.right - inset
    yield text_at(item.title, left, middle, style.TEXT_SIZE, ink, bold=True)
    after = left + width(item.title, style.TEXT_SIZE, bold=True) + GAP * 0.7
    yield text_at(item.subtitle, after, middle, style.SMALL_SIZE, colors.said)
    if item.is_pill and item.gives:
        yield text_at(item.gives, right, middle, style.SMALL_SIZE, colors.soft, anchor="end")
        right -= width(item.gives, style.SMALL_SIZE) + GAP
    yield text_at(item.count, right, middle, style.SMALL_SIZE, colors.soft, anchor="end")


def _bar(place: Rect, fill: str, line: str, dashed: bool) -> str:
    """The title bar: the upper part of a card, its lower corners square."""
    r, bottom = style.CORNER, place.y + style.BAR
    path = (
        f"M{place.x:.1f} {bottom:.1f}V{place.y + r:.1f}a{r} {r} 0 0 1 {r} -{r}H{place.right - r:.1f}"
        f"a{r} {r} 0 0 1 {r} {r}V{bottom:.1f}Z"
    )
    dash = ' stroke-dasharray="4 2"' if dashed else ""
    return f'<path d="{path}" fill="{fill}" stroke="{line}" stroke-width="1.2"{dash}/>'


def _line(line: Line, theme: Theme) -> Iterator[str]:
    dashes, _ = style.ARROWS[line.arrow.style]
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    color, stroke = theme.line(line.arrow.style), 1.8 if line.arrow.style in LOUD else 1.3
    points = line.points
    if line.head:
        points = (*points[:-1], _towards(points[-1], points[-2], HEAD))
    yield f'<path d="{_corners(points)}" fill="none" stroke="{color}" stroke-width="{stroke}"{dash}/>'
    if line.head:
        yield _head(points[-1], line.points[-1], color)


def _corners(points: tuple[Point, ...], radius: float = 8) -> str:
    """A polyline with round corners."""
    path = f"M{_at(points[0])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        path += f"L{_at(_towards(corner, before, radius))}Q{_at(corner)} {_at(_towards(corner, after, radius))}"
    return f"{path}L{_at(points[-1])}"


def _towards(start: Point, end: Point, distance: float) -> Point:
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    part = min(distance, length / 2) / (length or 1)
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _head(start: Point, tip: Point, color: str) -> str:
    """A slim triangle from where the line ends to its tip."""
    dx, dy = tip[0] - start[0], tip[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    x, y = -dy / length * 3.2, dx / length * 3.2
    corners = [tip, (start[0] + x, start[1] + y), (start[0] - x, start[1] - y)]
    return f'<path d="M{"L".join(map(_at, corners))}Z" fill="{color}"/>'


def _label(line: Line, theme: Theme) -> Iterator[str]:
    if line.place is not None:
        middle = line.place.y + line.place.height / 2
        yield text_at(line.label, line.place.x, middle, style.SMALL_SIZE, theme.soft)


def _rect(place: Rect, fill: str, line: str, radius: float, dashed: bool = False, stroke: float = 1.2) -> str:
    dash = ' stroke-dasharray="4 2"' if dashed else ""
    return (
        f'<rect x="{place.x:.1f}" y="{place.y:.1f}" width="{place.width:.1f}" height="{place.height:.1f}" '
        f'rx="{radius:.1f}" fill="{fill}" stroke="{line}" stroke-width="{stroke}"{dash}/>'
    )


def text_at(text: str, x: float, y: float, size: float, color: str, bold: bool = False, anchor: str = "start") -> str:
    """Text whose middle is at the height `y`."""
    if not text:
        return ""
    left = x - width(text, size, bold) * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    place = f'y="{y + size * BASELINE:.1f}" font-size="{size}"'
    return f'<text xml:space="preserve" {place} fill="{color}">{tspans(text, left, size, bold)}</text>'


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
