"""Arranged bodies → a layout: what a page shows, and where on it everything lies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.graph.values import own_name
from nnviz_action.render import style
from nnviz_action.render.card import Card, distinct, shared_type, usual_type, without_type
from nnviz_action.render.layout.arrange import Arranged, Frame
from nnviz_action.render.layout.bodies import Edge, Modules, Size, Value, value_of, way
from nnviz_action.render.layout.values import Cluster, Layout, Line, Point, Rect
from nnviz_action.render.text import clean, width

INSET = 10.0  # from the edge of a module to its title
LABEL = 14.0  # height of what stands at an arrow
TITLE = 22.0  # height of a module's title, with the room below it


@dataclass(frozen=True)
class Page:
    """A drawing and what is known of it before it is laid out."""

    drawing: Drawing
    cards: Mapping[str, Card]
    labels: Mapping[Value, str]
    right: bool  # whether it flows to the right
    room: tuple[float, float]  # width and height in pixels that it ought to fit

    def label_size(self, text: str) -> Size:
        """The room of what stands at an arrow, across and along the flow."""
        wide = width(text, style.SMALL_SIZE)
        return (LABEL, wide + 2) if self.right else (wide, LABEL + 2)

    def size(self, card: Card) -> tuple[float, float]:
        """Across and along the flow."""
        return (card.height, card.width) if self.right else (card.width, card.height)

    def frame(self, modules: Modules) -> Frame:
        """The room around the body of a module."""
        if not modules:
            return Frame(0, 0, 0, 0)
        title = title_wide(modules) + 2 * INSET
        side = style.CLUSTER_MARGIN
        if self.right:
            return Frame(side, side, TITLE, side, least_along=title)
        return Frame(TITLE, side, side, side, least_across=title)


def labels_of(drawing: Drawing) -> Iterator[tuple[Value, str]]:
    """What stands at the arrows from boxes that give several things. Of all others the box itself says it."""
    usual = usual_type(drawing)
    for box in drawing.boxes:
        leaving = drawing.leaving(box.key)
        if len(distinct(leaving)) > 1 or any("\n" in arrow.label for arrow in leaving):
            each = "" if box.kind == "io" else shared_type(leaving)
            for arrow in leaving:
                if arrow.label:
                    lines = (line.removesuffix(f" {each}") if each else line for line in arrow.label.split("\n"))
                    yield value_of(arrow), clean(", ".join(without_type(line, usual) for line in lines))


def cluster_title(path: Modules) -> tuple[str, str]:
    """The name and the class of an open module, with the number of its copies."""
    again = f", call {path[-1].call + 1}" if path[-1].call else ""
    return clean(own_name(path)), clean(" ".join(filter(None, (path[-1].short_kind, path[-1].times))) + again)


def title_wide(path: Modules) -> float:
    """The width of both in pixels."""
    name, kind = cluster_title(path)
    return width(name, style.TEXT_SIZE, bold=True) + 7 + width(kind, style.TEXT_SIZE)


@dataclass
class Drawn:
    """Where everything is, by the key of a box or by an edge in its body."""

    boxes: dict[str, Rect] = field(default_factory=dict)
    clusters: list[Cluster] = field(default_factory=list)
    ways: dict[tuple[Modules, Edge], list[Point]] = field(default_factory=dict)
    labels: dict[tuple[Modules, Edge], Point] = field(default_factory=dict)

    def add(self, done: Arranged, x: float, y: float) -> None:
        """A body and all in it, whose left upper corner is there."""
        modules = done.body.modules
        if modules:
            place = Rect(x, y, done.across, done.along)
            self.clusters.append(Cluster(*cluster_title(modules), len(modules), place, _inset(done)))
        for edge, points in done.ways.items():
            self.ways[modules, edge] = [(a + x, b + y) for a, b in points]
        for edge, (a, b) in done.labels.items():
            self.labels[modules, edge] = (a + x, b + y)
        for item in done.body.items.values():
            left, top = x + done.lefts[item.key], y + done.tops[item.key]
            if item.key in done.inner:
                self.add(done.inner[item.key], left, top)
            elif not item.is_port:
                self.boxes[item.key] = Rect(left, top, item.across, item.along)


def in_pixels(page: Page, done: Arranged) -> Layout:
    """What is painted, of the outermost body."""
    drawn = Drawn()
    drawn.add(done, 0.0, 0.0)
    cards = tuple((page.cards[box.key], drawn.boxes[box.key]) for box in page.drawing.boxes)
    layout = Layout(cards, tuple(drawn.clusters), tuple(_lines(page, drawn)), done.across, done.along)
    return _turned(layout) if page.right else layout


def _inset(done: Arranged) -> float:
    """Where a title begins: beside the arrows into its module if there is room, else at the left, above them."""
    wide = title_wide(done.body.modules)
    ports = sorted(done.lefts[item.key] for item in done.body.items.values() if item.is_entrance)
    for left in (INSET, *(port + INSET * 0.8 for port in ports)):
        free = all(not left - 4 < port < left + wide + 4 for port in ports)
        if free and left + wide <= done.across - INSET * 0.6:
            return left
    return INSET


def _lines(page: Page, drawn: Drawn) -> Iterator[Line]:
    """The arrows; what several of them carry through one place stands there once."""
    modules = {box.key: box.modules for box in page.drawing.boxes}
    told: set[Point] = set()
    for arrow in page.drawing.arrows:
        parts = list(way(arrow, modules))
        text = page.labels.get(value_of(arrow), "")
        at = next((drawn.labels[part] for part in parts if part in drawn.labels), None)
        place = Rect(*at, width(text, style.SMALL_SIZE), LABEL) if at and at not in told else None
        told |= {at} if at else set()
        points = _corners(point for part in parts for point in drawn.ways.get(part, ()))
        yield Line(arrow, points, style.ARROWS[arrow.style][1], text if place else "", place)


def _corners(points: Iterable[Point]) -> tuple[Point, ...]:
    """The same way without corners that turn nothing."""
    found: list[Point] = []
    for point in points:
        if found and abs(found[-1][0] - point[0]) + abs(found[-1][1] - point[1]) < 0.05:
            continue
        if len(found) > 1 and _is_between(found[-2], found[-1], point):
            found.pop()
        found.append(point)
    return tuple(found)


def _is_between(one: Point, middle: Point, other: Point) -> bool:
    return any(abs(one[i] - middle[i]) < 0.05 and abs(middle[i] - other[i]) < 0.05 for i in (0, 1))


def _turned(layout: Layout) -> Layout:
    """The same with the two axes exchanged."""

    def rect(place: Rect) -> Rect:
        return Rect(place.y, place.x, place.height, place.width)

    return Layout(
        tuple((card, rect(place)) for card, place in layout.cards),
        tuple(Cluster(c.title, c.kind, c.depth, rect(c.place), INSET) for c in layout.clusters),
        tuple(_turned_line(line) for line in layout.lines),
        layout.height,
        layout.width,
        flows_right=True,
    )


def _turned_line(line: Line) -> Line:
    place = replace(line.place, x=line.place.y, y=line.place.x) if line.place else None
    return Line(line.arrow, tuple((y, x) for x, y in line.points), line.head, line.label, place)
