"""Drawing → where everything lies, in pixels from the top left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnviz_action.drawing.boxes import Arrow, Drawing
from nnviz_action.graph.values import own_name
from nnviz_action.render import engine, style
from nnviz_action.render.card import Card, card, wrap
from nnviz_action.render.dot import Modules, Size, to_dot
from nnviz_action.render.text import clean, width

Point = tuple[float, float]
LINE = 14  # height of a line of a label
LABEL_GAP = 5  # between an arrow and its label


@dataclass(frozen=True)
class Rect:
    """Left, top, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def moved(self, dx: float, dy: float) -> "Rect":
        """The same elsewhere."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)


@dataclass(frozen=True)
class Line:
    """An arrow's way: cubic Bézier points (one, then three for each piece), its tip, its label in lines."""

    arrow: Arrow
    points: tuple[Point, ...]
    tip: Point | None
    label: tuple[str, ...] = ()
    place: Rect | None = None
    straight: bool = False  # the points are the corners of a polyline

    def moved(self, dx: float, dy: float) -> "Line":
        """The same elsewhere."""
        points = tuple((x + dx, y + dy) for x, y in self.points)
        tip = (self.tip[0] + dx, self.tip[1] + dy) if self.tip else None
        return Line(self.arrow, points, tip, self.label, self.place and self.place.moved(dx, dy), self.straight)


@dataclass(frozen=True)
class Cluster:
    """A module that is open: its title, its class, how deep it lies."""

    title: str
    kind: str
    depth: int
    place: Rect


@dataclass(frozen=True)
class Layout:
    """All that is drawn, and how large it is."""

    cards: tuple[tuple[Card, Rect], ...]
    clusters: tuple[Cluster, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def lay_out(drawings: Sequence[Drawing], timeout: float) -> list[Layout]:
    """The layouts of several drawings. Raises `LayoutTimeoutError`."""
    prepared = [_prepare(drawing) for drawing in drawings]
    answers = engine.lay_out([to_dot(p.cards, p.arrows, p.titles) for p in prepared], timeout)
    return [_read(p, answer) for p, answer in zip(prepared, answers, strict=True)]


@dataclass(frozen=True)
class _Prepared:
    cards: list[Card]
    arrows: list[tuple[Arrow, Size]]
    titles: dict[Modules, float]


def _prepare(drawing: Drawing) -> _Prepared:
    titles = {box.modules[:depth]: 0.0 for box in drawing.boxes for depth in range(1, len(box.modules) + 1)}
    for path in titles:
        name, kind = cluster_title(path)
        titles[path] = width(name, style.TEXT_SIZE, bold=True) + 8 + width(kind, style.TEXT_SIZE)
    return _Prepared([card(b) for b in drawing.boxes], [(a, _label_size(a)) for a in drawing.arrows], titles)


def cluster_title(path: Modules) -> tuple[str, str]:
    """The name and the class of an open module, with the number of its copies."""
    again = f", call {path[-1].call + 1}" if path[-1].call else ""
    return clean(own_name(path)), clean(" ".join(filter(None, (path[-1].short_kind, path[-1].times))) + again)


def _label(arrow: Arrow) -> tuple[str, ...]:
    """A type is never shortened: a long one takes several lines."""
    lines = arrow.label.split("\n") if arrow.label else []
    return tuple(part for line in lines for part in wrap(clean(line), style.LONGEST_LABEL, behind="[×, ]"))


def _label_size(arrow: Arrow) -> Size:
    lines = _label(arrow)
    if not lines:
        return 0.0, 0.0
    return max(width(line, style.SMALL_SIZE) for line in lines) + 2 * LABEL_GAP, LINE * len(lines)


def _read(prepared: _Prepared, answer: Mapping[str, Any]) -> Layout:
    """Graphviz's JSON, whose points count from the bottom left."""
    _, _, right, top = _numbers(answer["bb"])
    objects = {found["name"]: found for found in answer.get("objects", ())}
    cards = []
    for index, item in enumerate(prepared.cards):
        x, y = _numbers(objects[f"n{index}"]["pos"])
        cards.append((item, Rect(x - item.width / 2, top - y - item.height / 2, item.width, item.height)))
    clusters = []
    for index, path in enumerate(prepared.titles):
        left, bottom, far, upper = _numbers(objects[f"cluster_{index}"]["bb"])
        title, kind = cluster_title(path)
        clusters.append(Cluster(title, kind, len(path), Rect(left, top - upper, far - left, upper - bottom)))
    edges = sorted(answer.get("edges", ()), key=lambda edge: int(edge["id"]))
    lines = [_line(a, size, e, top) for (a, size), e in zip(prepared.arrows, edges, strict=True)]
    return Layout(tuple(cards), tuple(clusters), tuple(lines), right, top)


def _line(arrow: Arrow, size: Size, edge: Mapping[str, Any], top: float) -> Line:
    tip, points = None, []
    for part in edge["pos"].split():
        if part.startswith("e,"):
            x, y = _numbers(part[2:])
            tip = (x, top - y)
        else:
            x, y = _numbers(part)
            points.append((x, top - y))
    place = None
    if size[0]:
        x, y = _numbers(edge["lp"])
        place = Rect(x - size[0] / 2, top - y - size[1] / 2, *size)
    return Line(arrow, tuple(points), tip, _label(arrow), place)


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]
