"""Where everything of a picture lies, in pixels from the top left."""

from dataclasses import dataclass, replace

from nnviz_action.drawing.boxes import Arrow
from nnviz_action.render.card import Card

Point = tuple[float, float]


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
    """An arrow's way: the corners of a polyline, its tip included, and its label with the place of that."""

    arrow: Arrow
    points: tuple[Point, ...]
    head: bool = True
    label: str = ""
    place: Rect | None = None

    def moved(self, dx: float, dy: float) -> "Line":
        """The same elsewhere."""
        points = tuple((x + dx, y + dy) for x, y in self.points)
        return replace(self, points=points, place=self.place and self.place.moved(dx, dy))


@dataclass(frozen=True)
class Cluster:
    """A module that is open: its title, its class, how deep it lies, how far from its left edge the title begins."""

    title: str
    kind: str
    depth: int
    place: Rect
    inset: float

    def moved(self, dx: float, dy: float) -> "Cluster":
        """The same elsewhere."""
        return replace(self, place=self.place.moved(dx, dy))


@dataclass(frozen=True)
class Layout:
    """All that is drawn, how large it is, whether an encoder stands beside its decoder, and whether it flows to the
    right."""

    cards: tuple[tuple[Card, Rect], ...]
    clusters: tuple[Cluster, ...]
    lines: tuple[Line, ...]
    width: float
    height: float
    is_beside: bool = False
    flows_right: bool = False

    def moved(self, dx: float, dy: float) -> "Layout":
        """The same elsewhere; its size stays."""
        return replace(
            self,
            cards=tuple((card, place.moved(dx, dy)) for card, place in self.cards),
            clusters=tuple(cluster.moved(dx, dy) for cluster in self.clusters),
            lines=tuple(line.moved(dx, dy) for line in self.lines),
        )
