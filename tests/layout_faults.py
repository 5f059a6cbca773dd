"""What is wrong with a layout, in words."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.graph.values import own_name
from nnviz_action.render.layout.values import Layout, Line, Point, Rect

NEAR = 0.1  # pixels


def on_edge(point: Point, place: Rect) -> bool:
    x, y = point
    beside = min(abs(x - place.x), abs(x - place.right)) < NEAR and place.y - NEAR < y < place.bottom + NEAR
    above = min(abs(y - place.y), abs(y - place.bottom)) < NEAR and place.x - NEAR < x < place.right + NEAR
    return beside or above


def inside(inner: Rect, outer: Rect) -> bool:
    return (
        inner.x > outer.x - NEAR
        and inner.y > outer.y - NEAR
        and inner.right < outer.right + NEAR
        and inner.bottom < outer.bottom + NEAR
    )


def apart(one: Rect, other: Rect) -> bool:
    beside = one.right < other.x + NEAR or other.right < one.x + NEAR
    return beside or one.bottom < other.y + NEAR or other.bottom < one.y + NEAR


def faults(drawing: Drawing, layout: Layout) -> Iterator[str]:
    places = {card.box.key: place for card, place in layout.cards}
    yield from (f"{key} has no place" for key in {box.key for box in drawing.boxes} ^ set(places))
    if [line.arrow for line in layout.lines] != list(drawing.arrows):
        yield "not one line for each arrow"
    for line in layout.lines:
        name, points = f"{line.arrow.source} → {line.arrow.target}", line.points
        if not on_edge(points[0], places[line.arrow.source]):
            yield f"{name} does not start at its box"
        if not on_edge(points[-1], places[line.arrow.target]):
            yield f"{name} does not end at its box"
        for (x1, y1), (x2, y2) in pairwise(points):
            if min(abs(x1 - x2), abs(y1 - y2)) > NEAR:
                yield f"{name} is slanted"
        if len(points) < 2:
            yield f"{name} is a point"
    yield from frames(layout)
    yield from labels(layout)


def on_others(layout: Layout) -> Iterator[str]:
    """Arrows with no end in common of which one lies on the other for more than six pixels."""
    for one, other in combinations(layout.lines, 2):
        ends = {one.arrow.source, one.arrow.target} & {other.arrow.source, other.arrow.target}
        if not ends and any(together(a, b) > 6 for a in pieces(one) for b in pieces(other)):
            yield f"{one.arrow.source} → {one.arrow.target} lies on {other.arrow.source} → {other.arrow.target}"


def pieces(line: Line) -> list[tuple[Point, Point]]:
    return list(pairwise(line.points))


def together(one: tuple[Point, Point], other: tuple[Point, Point]) -> float:
    """Over how many pixels two straight pieces lie on one another."""
    for axis in (0, 1):
        (a, b), (c, d) = (sorted(point[1 - axis] for point in piece) for piece in (one, other))
        if len({round(point[axis]) for point in (*one, *other)}) == 1:
            return min(b, d) - max(a, c)
    return 0.0


def labels(layout: Layout) -> Iterator[str]:
    told = [(line.label, line.place) for line in layout.lines if line.place]
    for label, place in told:
        for card, other in layout.cards:
            if not apart(place, other):
                yield f"label {label} lies on {card.box.key}"
    for (one, here), (other, there) in combinations(told, 2):
        if not apart(here, there):
            yield f"label {one} lies on label {other}"


def frames(layout: Layout) -> Iterator[str]:
    whole = Rect(0, 0, layout.width, layout.height)
    for place in (*(place for _, place in layout.cards), *(cluster.place for cluster in layout.clusters)):
        if not inside(place, whole):
            yield f"{place} leaves the sheet"
    for line in layout.lines:
        if not all(-NEAR < x < layout.width + NEAR and -NEAR < y < layout.height + NEAR for x, y in line.points):
            yield f"the line {line.arrow} leaves the sheet"
        if line.place and not inside(line.place, whole):
            yield f"the label of {line.arrow} leaves the sheet"
    for one, other in combinations(layout.clusters, 2):
        if not (apart(one.place, other.place) or inside(one.place, other.place) or inside(other.place, one.place)):
            yield f"{one.title} and {other.title} overlap"
    for card, place in layout.cards:
        around = [cluster.title for cluster in layout.clusters if inside(place, cluster.place)]
        if sorted(around) != sorted(own_name(card.box.modules[:end]) for end in range(1, len(card.box.modules) + 1)):
            yield f"{card.box.key} stands in {around}"
