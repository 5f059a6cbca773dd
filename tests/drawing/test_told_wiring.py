"""What a reader makes of a folded row of blocks is how they are wired."""

from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import example, given
from hypothesis import strategies as st

from nnviz_action.drawing.boxes import EACH, Arrow, Box, Drawing
from nnviz_action.drawing.repeats import fold_repeats
from nnviz_action.graph.values import Module

Ways = set[tuple[str, str]]
FIRST, LAST, RESULTS = ("x", "z"), ("add", "cat", "y"), tuple(f"r{block}" for block in range(7))


@dataclass(frozen=True)
class Frame:
    """A row of copies as a picture shows it: the places of its blocks, and how often they come."""

    start: int
    period: int
    count: int
    aside: bool

    def copies(self, key: str) -> list[str]:
        """What a box in it stands for."""
        block, box = map(int, key.split())
        return [f"{block + copy * self.period} {box}" for copy in range(self.count)]


def rows(count: int, boxes: int, ways: Ways, kinds: int = 1) -> Drawing:
    """Two inputs, so many blocks of so many boxes, and what takes their values; `1 0` is the first of the second block.

    The classes of the blocks alternate.
    """
    scopes = [(Module("net", "Net"), Module(f"net.{block}", f"lib.B{block % kinds}")) for block in range(count)]
    inner = [
        Box(f"{block} {box}", f"op{box}", "shape", modules=scope)
        for block, scope in enumerate(scopes)
        for box in range(boxes)
    ]
    ends = [Box(key, key, "shape" if key in LAST[:2] else "io") for key in (*LAST, *RESULTS)]
    drawn = (*(Box(key, key, "io") for key in FIRST), *inner, *ends)
    place = {box.key: index for index, box in enumerate(drawn)}
    arrows = sorted(ways, key=lambda way: (place[way[1]], place[way[0]]))
    return Drawing(drawn, tuple(Arrow(one, other, "2×4 f32") for one, other in arrows))


KINDS = ("one", "all", "to all", "next", "second", "past one", "own", "own in another order")


@st.composite
def wirings(draw: st.DrawFn) -> tuple[int, int, Ways, int]:
    """Blocks in a chain or side by side, from the first to the last box of each, and arrows by chance."""
    count, boxes, chained = draw(st.integers(2, 7)), draw(st.integers(1, 3)), draw(st.booleans())
    ways = {(f"{block} {box}", f"{block} {box + 1}") for block in range(count) for box in range(boxes - 1)}
    ways |= {("x", "0 0"), (f"{count - 1} {boxes - 1}", "add")}
    ways |= {(f"{b} {boxes - 1}", f"{b + 1} 0") if chained else ("x", f"{b + 1} 0") for b in range(count - 1)}
    keys = [*FIRST, *(f"{block} {box}" for block in range(count) for box in range(boxes)), *LAST]
    for kind in draw(st.lists(st.sampled_from(KINDS), max_size=3)):
        box, other = draw(st.integers(0, boxes - 1)), draw(st.integers(0, boxes - 1))
        some, end = draw(st.sampled_from(FIRST)), draw(st.sampled_from(LAST[:2]))
        if kind == "one":
            one, two = sorted(draw(st.lists(st.sampled_from(range(len(keys))), min_size=2, max_size=2, unique=True)))
            ways |= {(keys[one], keys[two])}
        elif kind == "all":
            ways |= {(f"{block} {box}", end) for block in range(count)}
        elif kind == "to all":
            ways |= {(some, f"{block} {box}") for block in range(count)}
        elif kind == "own":
            ways |= {(f"{block} {box}", f"r{block}") for block in range(count)}
        elif kind == "own in another order":
            ways |= {(f"{block} {box}", f"r{count - 1 - block}") for block in range(count)}
        elif kind == "next":
            ways |= {(f"{block} {box}", f"{block + 1} {other}") for block in range(count - 1)}
        elif kind == "second":
            ways |= {(f"{block} {box}", end) for block in range(1, count, 2)}
        else:
            ways |= {(f"{block} {box}", f"{block + 2} {other}") for block in range(0, count - 2, 2)}
    given = dict[str, str]()  # a result is given by one
    ways = {way for way in sorted(ways) if way[1][0] not in "ry" or given.setdefault(way[1], way[0]) == way[0]}
    return count, boxes, {way for way in ways if way[0] not in LAST and way[1] not in FIRST}, draw(st.integers(1, 2))


def read(drawing: Drawing) -> Ways:
    """All arrows between the boxes that those of a picture stand for, as its frames, circles and words tell."""
    frames = {box.key: frame for box, frame in framed(drawing)}
    found: Ways = set()
    for arrow in drawing.arrows:
        found |= set(one_by_one(arrow, drawing, frames))
    for frame in {frame for frame in frames.values() if frame and not frame.aside}:
        found |= set(carried(frame, drawing, frames))
    return found


def framed(drawing: Drawing) -> Iterator[tuple[Box, Frame | None]]:
    inside: dict[tuple[Module, ...], list[Box]] = {}
    for box in drawing.boxes:
        inside.setdefault(box.modules[:2], []).append(box)
    for modules, boxes in inside.items():
        plain = [box for box in boxes if box.kind != "entry"]
        blocks = sorted({int(box.key.split()[0]) for box in plain}) if len(modules) > 1 else [0]
        many = modules[1] if len(modules) > 1 and modules[1].copies > 1 else None
        frame = Frame(blocks[0], len(blocks), many.copies, many.aside) if many else None
        yield from ((box, frame) for box in boxes)


Frames = dict[str, Frame | None]


def one_by_one(arrow: Arrow, drawing: Drawing, frames: Frames) -> Iterator[tuple[str, str]]:
    out, into = frames[arrow.source], frames[arrow.target]
    if drawing.box(arrow.target).kind == "entry":
        return  # told of by what leaves the circle
    if drawing.box(arrow.source).kind == "entry":
        (before,) = drawing.entering(arrow.source)
        assert into
        yield from ((source, into.copies(arrow.target)[0]) for source in given_by(before, drawing, frames))
    elif out is not None and out == into:
        yield from zip(out.copies(arrow.source), out.copies(arrow.target), strict=True)
    else:
        targets = into.copies(arrow.target) if into else [arrow.target]
        targets = targets if not into or into.aside or has_circle(into, drawing, frames) else targets[:1]
        yield from ((source, target) for source in given_by(arrow, drawing, frames) for target in targets)


def has_circle(frame: Frame, drawing: Drawing, frames: Frames) -> bool:
    return any(box.kind == "entry" and frames[box.key] == frame for box in drawing.boxes)


def given_by(arrow: Arrow, drawing: Drawing, frames: Frames) -> list[str]:
    """The boxes that an arrow out of a frame comes from."""
    frame = frames[arrow.source]
    if frame is None:
        return [arrow.source]
    found = frame.copies(arrow.source)
    results = [a.target for a in drawing.leaving(arrow.source) if a.target in RESULTS]
    if arrow.target in results:
        return [found[results.index(arrow.target)]] if len(results) == frame.count else found[-1:]
    return found if frame.aside or arrow.label.startswith(EACH) else found[-1:]


def carried(frame: Frame, drawing: Drawing, frames: Frames) -> Iterator[tuple[str, str]]:
    """What goes from copy to copy: what a block like it before it gives, or else what is given last behind the row."""
    mine = [key for key in frames if frames[key] == frame]
    circles = [key for key in mine if drawing.box(key).kind == "entry"]
    begins = [a for key in circles or mine for a in drawing.entering(key) if frames[a.source] != frame]
    last = [key for key in mine if any(frames[a.target] != frame for a in drawing.leaving(key))][-1:]
    for arrow in begins:
        targets = [a.target for a in drawing.leaving(arrow.target)] if circles else [arrow.target]
        for source in same_before(arrow.source, frame, frames) or last:
            for target in targets:
                yield from zip(frame.copies(source), frame.copies(target)[1:], strict=False)


def same_before(key: str, frame: Frame, frames: Frames) -> list[str]:
    """The box in a frame for which one in the block directly before it stands."""
    if not key[0].isdigit() or frames[key]:
        return []
    block, box = map(int, key.split())
    return [f"{block + frame.period} {box}"] if frame.start - frame.period <= block < frame.start else []


CHAIN = {("x", "0 0"), *((f"{block} 0", f"{block + 1} 0") for block in range(5)), ("5 0", "add")}


@given(wirings())
@example((6, 1, CHAIN | {("1 0", "add")}, 1))
@example((6, 1, CHAIN | {("3 0", "add")}, 1))
@example((6, 1, CHAIN | {("0 0", "4 0"), ("1 0", "5 0")}, 1))
def test_a_reader_of_the_folded_row_knows_the_wiring(wiring: tuple[int, int, Ways, int]) -> None:
    drawing = rows(*wiring)
    assert read(fold_repeats(drawing)) == wiring[2]
