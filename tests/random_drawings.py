"""Drawings by chance: boxes of all sizes in nested modules, arrows in every direction, several values of a box."""

from hypothesis import strategies as st

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module

PATHS = ("", "", "a", "a.b", "a.b.c", "a.d", "e", "e.f", "a_module_with_a_long_name")
KINDS = ("convolution", "shape", "arithmetic", "io", "entry", "module", "normalisation")
LABELS = ("1×64×56×56 f32", "2×4 f32", "3 i64", "")


def modules(path: str) -> tuple[Module, ...]:
    parts = path.split(".") if path else []
    return tuple(Module(".".join(parts[: i + 1]), f"net.{parts[i].title()}") for i in range(len(parts)))


@st.composite
def drawings(draw: st.DrawFn, most: int = 14, back: bool = False) -> Drawing:
    """Up to so many boxes; arrows go down in the order of the boxes, and where `back` is true also up."""
    count = draw(st.integers(1, most))
    paths = draw(st.lists(st.sampled_from(PATHS), min_size=count, max_size=count))
    if not draw(st.booleans()) and not back:
        paths = sorted(paths)
    boxes = []
    for index, path in enumerate(paths):
        kind, wide = draw(st.sampled_from(KINDS)), draw(st.integers(1, 30))
        rows = ("7×7, stride 2",) * draw(st.integers(0, 3))
        numbers = Numbers(draw(st.sampled_from((0, 100))))
        boxes.append(Box(f"b{index}", "n" * wide, kind, "Kind", rows, modules(path), numbers))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    arrows = []
    for one, other in draw(st.lists(pairs, max_size=2 * count)):
        source, target = (one, other) if back else (min(one, other), max(one, other))
        if source != target:
            label, style = draw(st.sampled_from(LABELS)), draw(st.sampled_from(("solid", "solid", "saved")))
            arrows.append(Arrow(f"b{source}", f"b{target}", label, style))
    return Drawing(tuple(boxes), tuple(dict.fromkeys(arrows)))
