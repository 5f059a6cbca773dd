"""One arrow more or less is another drawing, also where blocks in blocks, or single boxes, are folded."""

from collections.abc import Callable, Iterator

from hypothesis import assume, given
from hypothesis import strategies as st

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.repeats import fold_leaves, fold_repeats
from nnviz_action.graph.values import Module

Way = tuple[str, str]
ENDS = [Box("add", "add", "arithmetic"), Box("cat", "cat", "shape")]


@st.composite
def stages(draw: st.DrawFn) -> tuple[list[Box], set[Way], Way]:
    """Stages of blocks of boxes, in a chain or side by side, with arrows by chance; and one arrow that may change."""
    sizes = draw(st.tuples(*(st.integers(1, most) for most in (4, 4, 2))))
    boxes = [Box("x", "x", "io"), Box("z", "z", "io"), *_inner(*sizes, loose=draw(st.booleans())), *ENDS]
    keys = [box.key for box in boxes]
    pairs = st.lists(st.integers(0, len(keys) - 1), min_size=2, max_size=2, unique=True).map(sorted)
    some = [(keys[one], keys[other]) for one, other in draw(st.lists(pairs, min_size=1, max_size=3))]
    ways = set(_chains(*sizes, chained=draw(st.booleans()), residual=draw(st.booleans()))) | set(some[1:])
    box = draw(st.integers(0, sizes[2] - 1))
    inner = [key for key in keys if key.endswith(f" {box}")]
    ways |= {(key, "cat") for key in inner if key.split()[1] == "0"} if draw(st.booleans()) else set()
    ways |= {("z", key) for key in inner} if draw(st.booleans()) else set()
    return boxes, {way for way in ways if way[1] != "z"}, some[0]


def _inner(stages: int, blocks: int, boxes: int, loose: bool) -> Iterator[Box]:
    for stage in range(stages):
        for block in range(blocks):
            scope = (Module(f"s{stage}", "net.Stage"), Module(f"s{stage}.b{block}", "net.Block"))
            for box in range(boxes):
                yield Box(f"{stage} {block} {box}", f"op{box}", "shape", modules=scope[: 1 if loose else 2])


def _chains(stages: int, blocks: int, boxes: int, chained: bool, residual: bool) -> Iterator[Way]:
    before = "x"
    for stage in range(stages):
        entry = one = before if chained else "x"
        for block in range(blocks):
            for box in range(boxes):
                key = f"{stage} {block} {box}"
                yield one, key
                one = key
            if residual:
                yield entry, one
            entry = before = one
        if not chained or stage == stages - 1:
            yield before, "add"


def _drawn(boxes: list[Box], ways: set[Way]) -> Drawing:
    place = {box.key: index for index, box in enumerate(boxes)}
    arrows = sorted(ways, key=lambda way: (place[way[1]], place[way[0]]))
    return Drawing(tuple(boxes), tuple(Arrow(one, other, "2×4 f32") for one, other in arrows))


@given(stages(), st.sampled_from([fold_repeats, fold_leaves]))
def test_one_arrow_more_is_another_drawing(
    net: tuple[list[Box], set[Way], Way], fold: Callable[[Drawing], Drawing]
) -> None:
    boxes, ways, way = net
    assume(way[1] != "z")
    assert fold(_drawn(boxes, ways)) != fold(_drawn(boxes, ways ^ {way}))
