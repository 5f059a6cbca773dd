"""A drawing as one layout: placed, in columns where it is too long for a page, and told in pixels."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from nnviz_action.drawing.boxes import Arrow, Drawing
from nnviz_action.graph.values import own_name
from nnviz_action.render import style
from nnviz_action.render.card import Card, cards_of, distinct, usual_type, without_type
from nnviz_action.render.layout.arrange import Arranged, Arranger, Frame
from nnviz_action.render.layout.bodies import Body, Edge, Modules, Value, make_bodies, value_of, way
from nnviz_action.render.layout.values import Cluster, Layout, Line, Point, Rect
from nnviz_action.render.text import clean, width

MOST_COLUMNS = 4
MOST_OF = 0.6  # of a body's length: an item that takes so much may be cut in its place
INSET = 10.0  # from the edge of a module to its title
TITLE = 24.0  # height of a module's title, with the room below it


@dataclass(frozen=True)
class Page:
    """A drawing and what is known of it before it is laid out."""

    drawing: Drawing
    cards: Mapping[str, Card]
    labels: Mapping[Value, str]
    right: bool  # whether it flows to the right
    room: tuple[float, float]  # width and height that are comfortable to read

    def label_size(self, text: str) -> float:
        """The room of a label across the flow."""
        return 14.0 if self.right else width(text, style.SMALL_SIZE)

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


def lay_out(
    drawing: Drawing,
    direction: str = "down",
    room: tuple[float, float] = style.COMFORTABLE,
    every_shape: bool = False,
) -> Layout:
    """Where all lies; `direction` is down or right, `room` the pixels that it ought to fit. See `cards_of`."""
    page = Page(drawing, cards_of(drawing, every_shape), dict(_labels(drawing)), direction == "right", room)
    sizes = {key: page.size(card) for key, card in page.cards.items()}
    body = make_bodies(drawing, sizes, {value: page.label_size(text) for value, text in page.labels.items()})
    arranger = Arranger(page.frame)
    whole = arranger.arrange(body)
    best = min([whole, *_wrapped(page, body, arranger, whole)], key=lambda done: _discomfort(done, page))
    return _layout(page, best)


def _labels(drawing: Drawing) -> Iterator[tuple[Value, str]]:
    """What stands at the arrows from boxes that give several things. Of all others the box itself says it."""
    usual = usual_type(drawing)
    for box in drawing.boxes:
        if len(distinct(drawing.leaving(box.key))) > 1 or any("\n" in a.label for a in drawing.leaving(box.key)):
            for arrow in drawing.leaving(box.key):
                if arrow.label:
                    yield value_of(arrow), ", ".join(without_type(line, usual) for line in arrow.label.split("\n"))


def _wrapped(page: Page, body: Body, arranger: Arranger, whole: Arranged) -> Iterator[Arranged]:
    limit = page.room[0] if page.right else page.room[1]
    if whole.along > limit:
        for path in _long(whole):
            for columns in range(2, MOST_COLUMNS + 1):
                yield arranger.arrange(body, path, columns)


def _long(done: Arranged) -> Iterator[Modules]:
    """The outermost body, and those in it that make up most of its length."""
    yield done.body.modules
    for inner in done.inner.values():
        if inner.along > MOST_OF * done.along:
            yield from _long(inner)


def _discomfort(done: Arranged, page: Page) -> float:
    """How far a reader has to scroll or to zoom."""
    wide, tall = (done.along, done.across) if page.right else (done.across, done.along)
    return float(max(wide / page.room[0], 1) ** 1.5) * max(tall / page.room[1], 1)


def cluster_title(path: Modules) -> tuple[str, str]:
    """The name and the class of an open module, with the number of its copies."""
    again = f", call {path[-1].call + 1}" if path[-1].call else ""
    return clean(own_name(path)), clean(" ".join(filter(None, (path[-1].short_kind, path[-1].times))) + again)


def title_wide(path: Modules) -> float:
    """The pixels that they take."""
    name, kind = cluster_title(path)
    return width(name, style.TEXT_SIZE, bold=True) + 7 + width(kind, style.TEXT_SIZE)


def _layout(page: Page, done: Arranged) -> Layout:
    places: dict[str, Rect] = {}
    clusters: list[Cluster] = []
    pieces: dict[tuple[Modules, Edge], list[Point]] = {}
    labels: dict[tuple[Modules, Edge], Point] = {}
    turns: set[tuple[Modules, Edge]] = set()
    _collect(done, 0.0, 0.0, places, clusters, pieces, labels, turns)
    modules = {box.key: box.modules for box in page.drawing.boxes}
    lines = [_line(page, arrow, modules, pieces, labels, turns) for arrow in page.drawing.arrows]
    cards = [(page.cards[box.key], places[box.key]) for box in page.drawing.boxes]
    layout = Layout(tuple(cards), tuple(clusters), tuple(lines), done.across, done.along)
    return _turned(layout) if page.right else layout


def _collect(
    done: Arranged,
    x: float,
    y: float,
    places: dict[str, Rect],
    clusters: list[Cluster],
    pieces: dict[tuple[Modules, Edge], list[Point]],
    labels: dict[tuple[Modules, Edge], Point],
    turns: set[tuple[Modules, Edge]],
) -> None:
    modules = done.body.modules
    if modules:
        place = Rect(x, y, done.across, done.along)
        clusters.append(Cluster(*cluster_title(modules), len(modules), place, _inset(done)))
    pieces.update({(modules, edge): [(a + x, b + y) for a, b in points] for edge, points in done.ways.items()})
    turns.update((modules, edge) for edge in done.turns)
    labels.update({(modules, edge): (a + x, b + y) for edge, (a, b) in done.labels.items()})
    for item in done.body.items.values():
        left, top = x + done.lefts[item.key], y + done.tops[item.key]
        if item.key in done.inner:
            _collect(done.inner[item.key], left, top, places, clusters, pieces, labels, turns)
        elif not item.is_port:
            places[item.key] = Rect(left, top, item.across, item.along)


def _inset(done: Arranged) -> float:
    """Where a title begins: beside the arrows into its module if there is room, else at the left, above them."""
    wide = title_wide(done.body.modules)
    ports = sorted(done.lefts[item.key] for item in done.body.items.values() if item.is_port and item.order < 0)
    for left in (INSET, *(port + INSET * 0.8 for port in ports)):
        free = all(not left - 4 < port < left + wide + 4 for port in ports)
        if free and left + wide <= done.across - INSET * 0.6:
            return left
    return INSET


def _line(
    page: Page,
    arrow: Arrow,
    modules: Mapping[str, Modules],
    pieces: Mapping[tuple[Modules, Edge], list[Point]],
    labels: Mapping[tuple[Modules, Edge], Point],
    turns: Set[tuple[Modules, Edge]],
) -> Line:
    text = page.labels.get(value_of(arrow), "")
    at = next((labels[part] for part in way(arrow, modules) if part in labels), None) if text else None
    place = Rect(*at, width(text, style.SMALL_SIZE), 14.0) if at else None
    points = _corners(arrow, modules, pieces)
    return Line(
        arrow,
        points,
        style.ARROWS[arrow.style][1],
        text if at else "",
        place,
        any(part in turns for part in way(arrow, modules)),
    )


def _corners(
    arrow: Arrow, modules: Mapping[str, Modules], pieces: Mapping[tuple[Modules, Edge], list[Point]]
) -> tuple[Point, ...]:
    """The whole way of an arrow, without corners that turn nothing."""
    points = [point for part in way(arrow, modules) for point in pieces.get(part, ())]
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
    )


def _turned_line(line: Line) -> Line:
    place = Rect(line.place.y, line.place.x, line.place.width, line.place.height) if line.place else None
    return Line(line.arrow, tuple((y, x) for x, y in line.points), line.head, line.label, place, line.turns)
