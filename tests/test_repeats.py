"""Equal blocks in a row stand once, with their number."""

from dataclasses import replace
from itertools import pairwise

from graphs import chain
from hypothesis import given
from hypothesis import strategies as st

from nnviz_action.drawing import Arrow, Box, Drawing
from nnviz_action.graph import Module, own_name
from nnviz_action.repeats import fold_repeats


def net(*blocks: str) -> Drawing:
    """A chain of blocks directly in `net`; each word is `kind:op,op`, the number of a block is its name."""
    boxes = [Box("in", "x", "io")]
    for index, block in enumerate(blocks):
        kind, ops = block.split(":")
        scope = (Module("net", "Net"), Module(f"net.{index}", f"lib.{kind}"))
        boxes += [Box(f"{index} {i}", op, "shape", modules=scope) for i, op in enumerate(ops.split(","))]
    boxes.append(Box("out", "y", "io"))
    arrows = [Arrow(a.key, b.key, "2×4 f32") for a, b in pairwise(boxes)]
    return Drawing(tuple(boxes), tuple(arrows))


def shown(drawing: Drawing) -> list[str]:
    """Each box with the title and kind of its innermost module."""
    rows = []
    for box in drawing.boxes:
        where = f"{own_name(box.modules)} {box.modules[-1].short_kind}: " if box.modules else ""
        rows.append(f"{where}{box.title}")
    return rows


def test_equal_blocks_fold() -> None:
    folded = fold_repeats(net(*["Block:norm,conv"] * 12))
    assert shown(folded) == ["x", "0 … 11 Block ×12: norm", "0 … 11 Block ×12: conv", "y"]
    assert [(a.source, a.target) for a in folded.arrows] == [("in", "0 0"), ("0 0", "0 1"), ("0 1", "out")]


def test_what_differs_in_anything_stays() -> None:
    for other in ("Block:norm,relu", "Layer:norm,conv", "Block:norm,conv,conv"):
        drawing = net("Block:norm,conv", other)
        assert fold_repeats(drawing) == drawing
    drawing = net("Block:a,b", "Block:a,b")
    arrows = tuple(replace(a, label="2×8 f32") if a.source == "1 0" else a for a in drawing.arrows)
    assert fold_repeats(replace(drawing, arrows=arrows)).boxes == drawing.boxes


def test_runs_are_told_apart_by_what_stands_between() -> None:
    folded = fold_repeats(net("B:a", "B:a", "Down:d", "B:a", "B:a", "B:a"))
    assert shown(folded) == ["x", "0 … 1 B ×2: a", "2 Down: d", "3 … 5 B ×3: a", "y"]


def test_alternating_kinds_fold_as_a_group() -> None:
    folded = fold_repeats(net(*["Plain:a,b", "Shifted:a,roll,b"] * 3))
    assert shown(folded)[1:-1] == [
        "0 … 4, every 2nd Plain ×3: a", "0 … 4, every 2nd Plain ×3: b",
        "1 … 5, every 2nd Shifted ×3: a", "1 … 5, every 2nd Shifted ×3: roll", "1 … 5, every 2nd Shifted ×3: b",
    ]  # fmt: skip
    assert len(folded.arrows) == 6, "the way back from the last of a group to the first of the next is not drawn"


def test_nested_repeats_fold() -> None:
    paths = [f"s{s}.b{b}.op" for s in range(4) for b in range(3)]
    boxes = []
    for box in chain(*paths).boxes:
        stage, block = (replace(m, kind=k) for m, k in zip(box.modules, ("Stage", "Block"), strict=True))
        boxes.append(replace(box, modules=(stage, block)))
    (box,) = fold_repeats(replace(chain(*paths), boxes=tuple(boxes))).boxes
    assert [own_name(box.modules[:1]), own_name(box.modules)] == ["s0 … s3", "b0 … b2"]
    assert [m.short_kind for m in box.modules] == ["Stage ×4", "Block ×3"]


def test_calls_of_one_module_are_no_instances() -> None:
    scope = Module("net", "Net"), Module("net.act", "lib.Act")
    boxes = [Box(f"{i}", "relu", "shape", modules=(scope[0], replace(scope[1], call=i))) for i in range(3)]
    drawing = Drawing(tuple(boxes), (Arrow("0", "1"), Arrow("1", "2")))
    assert shown(fold_repeats(drawing)) == ["act Act ×3 calls: relu"]


def test_a_block_in_several_pieces_is_left_alone() -> None:
    drawing = net("B:a", "B:a", "B:a")
    boxes = drawing.boxes
    scattered = replace(drawing, boxes=(*boxes[:3], *boxes[1:2], *boxes[3:]))
    pieces = tuple(replace(box, key=f"{box.key} {i}") for i, box in enumerate(scattered.boxes))
    folded = fold_repeats(Drawing(pieces, ()))
    assert [row for row in shown(folded) if "×" in row] == []


blocks = st.lists(st.sampled_from(["A:x", "A:x,y", "B:x"]), min_size=1, max_size=14)


@given(blocks)
def test_every_arrow_keeps_its_ends(names: list[str]) -> None:
    once = fold_repeats(net(*names))
    keys = {box.key for box in once.boxes}
    assert all(a.source in keys and a.target in keys for a in once.arrows)
    assert {"in", "out"} <= keys
