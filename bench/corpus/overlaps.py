"""What lies on what in a layout: arrows on boxes and on other arrows, labels on anything, boxes on edges of frames."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from nnviz_action.render.layout.values import Layout, Line, Point, Rect

SLACK = 1.0  # pixels by which two things may touch
SHARED = 6.0  # pixels over which two lines on one another can be seen


def across_boxes(layout: Layout) -> list[str]:
    """The arrows that run over a box which is none of their ends."""
    found = []
    for line in layout.lines:
        ends = (line.arrow.source, line.arrow.target)
        others = [
            (card, place) for card, place in layout.cards if card.box.key not in ends and _is_one(card.box.kind)
        ]
        pieces = list(pairwise(line.points))
        met = [card.title for card, place in others if any(_enters(piece, place) for piece in pieces)]
        found += [f"{line.arrow.source} → {line.arrow.target} over {met[0]}"] if met else []
    return found


def _is_one(kind: str) -> bool:
    """Whether it is a box, and no mark at which arrows meet."""
    return kind not in ("entry", "port")


def _enters(piece: tuple[Point, Point], place: Rect) -> bool:
    """Whether a straight piece has a point inside, more than SLACK from the edges: Liang and Barsky's clipping."""
    (x, y), (to_x, to_y) = piece
    start, end = 0.0, 1.0
    for at, delta, low, high in ((x, to_x - x, place.x, place.right), (y, to_y - y, place.y, place.bottom)):
        low, high = low + SLACK, high - SLACK
        if abs(delta) < 1e-9:
            if not low < at < high:
                return False
            continue
        one, other = sorted(((low - at) / delta, (high - at) / delta))
        start, end = max(start, one), min(end, other)
    return start < end


def on_arrows(layout: Layout) -> list[str]:
    """Pairs of arrows with no end in common of which a stretch of one lies on the other."""
    pieces = [(line, list(_level(line))) for line in layout.lines]
    found = []
    for (one, ones), (other, others) in combinations(pieces, 2):
        apart = {one.arrow.source, one.arrow.target}.isdisjoint({other.arrow.source, other.arrow.target})
        if apart and any(_shared(a, b) > SHARED for a in ones for b in others):
            names = (f"{line.arrow.source} → {line.arrow.target}" for line in (one, other))
            found.append(" on ".join(names))
    return found


def _level(line: Line) -> Iterator[tuple[int, float, float, float]]:
    """The pieces along an axis: which, where on the other one, from where to where."""
    for one, other in pairwise(line.points):
        for axis in (0, 1):
            if abs(one[1 - axis] - other[1 - axis]) < 0.1 and abs(one[axis] - other[axis]) > 0.1:
                yield axis, one[1 - axis], *sorted((one[axis], other[axis]))


def _shared(one: tuple[int, float, float, float], other: tuple[int, float, float, float]) -> float:
    if one[0] != other[0] or abs(one[1] - other[1]) > SLACK:
        return 0.0
    return min(one[3], other[3]) - max(one[2], other[2])


def labels(layout: Layout) -> list[str]:
    """Labels that lie on a box or on another label."""
    placed = [(line, line.place) for line in layout.lines if line.place]
    cards = [(card.title, place) for card, place in layout.cards]
    found = [f"{_text(line)} on {title}" for line, at in placed for title, place in cards if _meet(at, place)]
    pairs = combinations(placed, 2)
    return found + [f"{_text(a)} on {_text(b)}" for (a, one), (b, other) in pairs if _meet(one, other)]


def _text(line: Line) -> str:
    return line.label if isinstance(line.label, str) else " ".join(line.label)


def _meet(one: Rect, other: Rect) -> bool:
    beside = min(one.right, other.right) - max(one.x, other.x)
    return beside > SLACK and min(one.bottom, other.bottom) - max(one.y, other.y) > SLACK


def on_edges(layout: Layout) -> list[str]:
    """Boxes and frames that lie neither in a frame nor beside it."""
    frames = [(cluster.title, cluster.place) for cluster in layout.clusters]
    cards = [(card.title or card.box.kind, place) for card, place in layout.cards]
    pairs = [*((card, frame) for card in cards for frame in frames), *combinations(frames, 2)]
    return [
        f"{one[0]} on the edge of {other[0]}"
        for one, other in pairs
        if _meet(one[1], other[1]) and not _nested(one[1], other[1])
    ]


def _nested(one: Rect, other: Rect) -> bool:
    return _holds(one, other) or _holds(other, one)


def _holds(outer: Rect, inner: Rect) -> bool:
    lefts = outer.x - SLACK <= inner.x and outer.y - SLACK <= inner.y
    return lefts and inner.right <= outer.right + SLACK and inner.bottom <= outer.bottom + SLACK


def overlaps(layout: Layout) -> dict[str, Sequence[str]]:
    """All of them by kind."""
    return {
        "arrows over boxes": across_boxes(layout),
        "arrows on others": on_arrows(layout),
        "labels on boxes or labels": labels(layout),
        "boxes and frames on a frame's edge": on_edges(layout),
    }
