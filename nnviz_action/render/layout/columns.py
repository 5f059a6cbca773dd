"""Two columns of boxes with arrows across: what a U-Net, or an encoder beside its decoder, looks like."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nnviz_action.drawing.boxes import Drawing
from nnviz_action.render import style
from nnviz_action.render.card import Card
from nnviz_action.render.layout.bodies import Modules
from nnviz_action.render.layout.values import Cluster, Layout, Line, Point, Rect
from nnviz_action.render.layout.whole import INSET, TITLE, cluster_title, title_wide

GAP = 20.0  # between boxes of one column
GUTTER = 64.0  # between the columns
BESIDE = 36.0  # between a column and what stands beside it
ROOM = 22.0  # from the line into the box at the bottom to that box's corner
LANE, SLOT = 10.0, 9.0  # between arrows that are not level: side by side, and where they enter a box
Ends = tuple[str, str]


@dataclass(frozen=True)
class Columns:
    """What stands where: keys of boxes from top to bottom.

    `pairs` are boxes left and right that stand on one level, each pair below the one before. `bottom` stands between
    the feet of both columns. `beside` are chains that lead to, or come from, a box of a column, by the key of that
    box; they stand on the outer side of it.
    """

    left: Sequence[str]
    right: Sequence[str]
    pairs: Sequence[Ends]
    bottom: str = ""
    beside: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def is_across(self, one: str, other: str) -> bool:
        """Whether an arrow leads from one column to the other."""
        return (one in self.left and other in self.right) or (one in self.right and other in self.left)


def set_in_columns(plan: Columns, drawing: Drawing, cards: Mapping[str, Card]) -> Layout | None:
    """The layout; None where two things would stand in one place."""
    places = _places(plan, drawing, cards)
    if places is None:
        return None
    lines = list(_lines(plan, drawing, places))
    clusters = list(_clusters(drawing, places))
    shapes = [*places.values(), *(cluster.place for cluster in clusters)]
    xs = [x for line in lines for x, _ in line.points] + [place.x for place in shapes] + [p.right for p in shapes]
    ys = [y for line in lines for _, y in line.points] + [place.y for place in shapes] + [p.bottom for p in shapes]
    boxes = tuple((cards[box.key], places[box.key]) for box in drawing.boxes)
    layout = Layout(boxes, tuple(clusters), tuple(lines), max(xs) - min(xs), max(ys) - min(ys))
    return layout.moved(-min(xs), -min(ys))


def _across(plan: Columns, drawing: Drawing) -> set[Ends]:
    return {(a.source, a.target) for a in drawing.arrows if plan.is_across(a.source, a.target)}


def _places(plan: Columns, drawing: Drawing, cards: Mapping[str, Card]) -> dict[str, Rect] | None:
    modules = {box.key: box.modules for box in drawing.boxes}
    middles = _middles(plan, cards, modules)
    wide = [max(cards[key].width + 2 * style.CLUSTER_MARGIN * bool(modules[key]) for key in column)
            for column in (plan.left, plan.right)]  # fmt: skip
    slanted = [ends for ends in _across(plan, drawing) if abs(middles[ends[0]] - middles[ends[1]]) > 0.5]
    gutter = GUTTER + LANE * len(slanted)
    if plan.bottom:
        gutter = max(gutter, cards[plan.bottom].width + 2 * ROOM - (wide[0] + wide[1]) / 2)
    axes = wide[0] / 2, wide[0] + gutter + wide[1] / 2
    found = {key: _rect(cards[key], axes[0], middles[key]) for key in plan.left}
    found |= {key: _rect(cards[key], axes[1], middles[key]) for key in plan.right}
    if plan.bottom:
        low = max(place.bottom for place in found.values())
        card = cards[plan.bottom]
        found[plan.bottom] = _rect(card, (axes[0] + axes[1]) / 2, low + GAP + card.height / 2)
    for key, chain in plan.beside.items():
        found |= _beside(key, chain, plan, found, cards, wide[0] + gutter + wide[1])
    rects = list(found.values())
    return None if any(_meet(a, b) for i, a in enumerate(rects) for b in rects[:i]) else found


def _meet(one: Rect, other: Rect) -> bool:
    beside = min(one.right, other.right) - max(one.x, other.x)
    return beside > -GAP / 2 and min(one.bottom, other.bottom) - max(one.y, other.y) > -GAP / 2


def _rect(card: Card, x: float, y: float) -> Rect:
    return Rect(x - card.width / 2, y - card.height / 2, card.width, card.height)


def _middles(plan: Columns, cards: Mapping[str, Card], modules: Mapping[str, Modules]) -> dict[str, float]:
    """How far down the middle of each box is: pairs on one level, others as high as they can be."""
    found: dict[str, float] = {}
    lows = {"left": -GAP, "right": -GAP}
    before: dict[str, Modules] = {"left": (), "right": ()}

    def top(key: str, side: str) -> float:
        """The highest that the middle of a box can be."""
        frames = modules[key]
        ends = style.CLUSTER_MARGIN if before[side] and before[side] != frames else 0
        begins = TITLE if frames and before[side] != frames else 0
        return lows[side] + ends + GAP + begins + cards[key].height / 2

    def put(key: str, side: str, y: float) -> None:
        found[key], lows[side], before[side] = y, y + cards[key].height / 2, modules[key]

    lefts, rights = list(plan.left), list(plan.right)
    for one, other in [*plan.pairs, ("", "")]:
        above: list[list[str]] = []
        for keys, end, side in ((lefts, one, "left"), (rights, other, "right")):
            above.append([])
            while keys and keys[0] != end:
                above[-1].append(keys.pop(0))
                put(above[-1][-1], side, top(above[-1][-1], side))
        if one:
            needed = [top(lefts.pop(0), "left"), top(rights.pop(0), "right")]
            for keys, need in zip(above, needed, strict=True):
                found.update({key: found[key] + max(needed) - need for key in keys})
            put(one, "left", max(needed))
            put(other, "right", max(needed))
    return found


def _beside(
    key: str,
    chain: Sequence[str],
    plan: Columns,
    found: Mapping[str, Rect],
    cards: Mapping[str, Card],
    across: float,
) -> dict[str, Rect]:
    """The box next to the column on the level of `key`, the others of the chain above or below it."""
    if key == plan.bottom:
        return _below(found[key], chain, cards)
    is_left = key in plan.left
    wide = max(cards[one].width for one in chain)
    x = -BESIDE - wide / 2 if is_left else across + BESIDE + wide / 2
    y = found[key].y + found[key].height / 2
    near = _rect(cards[chain[0]], x, y)
    rects, top = {chain[0]: near}, near.y
    for one in chain[1:]:
        card = cards[one]
        rects[one] = _rect(card, x, top - GAP - card.height / 2)
        top = rects[one].y
    return rects


def _below(place: Rect, chain: Sequence[str], cards: Mapping[str, Card]) -> dict[str, Rect]:
    rects, low = dict[str, Rect](), place.bottom
    for one in chain:
        rects[one] = _rect(cards[one], place.x + place.width / 2, low + GAP + cards[one].height / 2)
        low = rects[one].bottom
    return rects


def _lines(plan: Columns, drawing: Drawing, places: Mapping[str, Rect]) -> Iterator[Line]:
    """All arrows. Those across that are not level go down or up in lanes of their own between the columns."""
    ends = list(dict.fromkeys((arrow.source, arrow.target) for arrow in drawing.arrows))
    slanted = [pair for pair in ends if plan.is_across(*pair) and not _is_level(places[pair[0]], places[pair[1]])]
    for arrow in drawing.arrows:
        pair = arrow.source, arrow.target
        way = _slanted(pair, slanted, plan, places) if pair in slanted else _way(*pair, plan, places)
        yield Line(arrow, tuple(way), style.ARROWS[arrow.style][1])


def _is_level(one: Rect, other: Rect) -> bool:
    return abs(one.y + one.height / 2 - other.y - other.height / 2) < 0.5


def _slanted(pair: Ends, slanted: Sequence[Ends], plan: Columns, places: Mapping[str, Rect]) -> list[Point]:
    """Out at the side, below what leaves level, along a lane, and in at the side of the other column."""
    one, other = places[pair[0]], places[pair[1]]
    edge = max(places[key].right for key in plan.left)
    x = edge + LANE * (slanted.index(pair) + 1)
    y = _slot(one, [p for p in slanted if p[0] == pair[0]].index(pair))
    to_y = _slot(other, [p for p in slanted if p[1] == pair[1]].index(pair))
    start, end = (one.right, other.x) if one.x < other.x else (one.x, other.right)
    return [(start, y), (x, y), (x, to_y), (end, to_y)]


def _slot(place: Rect, rank: int) -> float:
    """Below the middle of a side, where arrows that are level are."""
    return place.y + place.height / 2 + min(SLOT * (rank + 1), place.height / 2 - SLOT / 2)


def _way(source: str, target: str, plan: Columns, places: Mapping[str, Rect]) -> list[Point]:
    one, other = places[source], places[target]
    x, y = one.x + one.width / 2, one.y + one.height / 2
    to_x, to_y = other.x + other.width / 2, other.y + other.height / 2
    if abs(x - to_x) < 0.5:
        return [(x, one.bottom), (x, other.y)] if y < to_y else [(x, one.y), (x, other.bottom)]
    if target == plan.bottom:
        return [(x, one.bottom), (x, to_y), (other.x if x < to_x else other.right, to_y)]
    if source == plan.bottom:
        return [(one.right if x < to_x else one.x, y), (to_x, y), (to_x, other.bottom)]
    start, end = (one.right, other.x) if x < to_x else (one.x, other.right)
    return [(start, y), (end, y)]


def _clusters(drawing: Drawing, places: Mapping[str, Rect]) -> Iterator[Cluster]:
    inside: dict[Modules, list[Rect]] = {}
    for box in drawing.boxes:
        for depth in range(1, len(box.modules) + 1):
            inside.setdefault(box.modules[:depth], []).append(places[box.key])
    for modules, rects in inside.items():
        margin = style.CLUSTER_MARGIN
        middle = (min(r.x for r in rects) + max(r.right for r in rects)) / 2
        wide = max(
            max(r.right for r in rects) - min(r.x for r in rects) + 2 * margin, title_wide(modules) + 2 * INSET
        )
        top, bottom = min(r.y for r in rects) - TITLE, max(r.bottom for r in rects) + margin
        place = Rect(middle - wide / 2, top, wide, bottom - top)
        yield Cluster(*cluster_title(modules), len(modules), place, INSET)
