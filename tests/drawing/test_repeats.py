"""Equal blocks in a row stand once, with their number."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from graphs import chain, row
from hypothesis import given
from hypothesis import strategies as st

from nnviz_action.drawing.boxes import EACH, Arrow, Box, Drawing
from nnviz_action.drawing.repeats import fold_leaves, fold_repeats
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module, own_name

Fold = Callable[[Drawing], Drawing]


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
    """Each box with the modules around it, but for `net`."""
    rows = []
    for box in drawing.boxes:
        scopes = [box.modules[: i + 1] for i in range(len(box.modules)) if box.modules[i].path != "net" or i]
        words = [" ".join(filter(None, (own_name(s), s[-1].short_kind, s[-1].times))) for s in scopes]
        rows.append(": ".join([" / ".join(words), box.title]) if words else box.title)
    return rows


def ways(drawing: Drawing) -> list[tuple[str, str]]:
    return [(a.source, a.target) for a in drawing.arrows]


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
        "0 … 5 ×3 / 0 Plain: a", "0 … 5 ×3 / 0 Plain: b",
        "0 … 5 ×3 / 1 Shifted: a", "0 … 5 ×3 / 1 Shifted: roll", "0 … 5 ×3 / 1 Shifted: b",
    ]  # fmt: skip
    assert len(folded.arrows) == 6, "the way back from the last of a group to the first of the next is not drawn"


def test_nested_repeats_fold() -> None:
    paths = [f"s{s}.b{b}.op" for s in range(4) for b in range(3)]
    boxes = []
    for box in chain(*paths).boxes:
        stage, block = (replace(m, kind=k) for m, k in zip(box.modules, ("Stage", "Block"), strict=True))
        boxes.append(replace(box, modules=(stage, block)))
    assert shown(fold_repeats(replace(chain(*paths), boxes=tuple(boxes)))) == [
        "s0 … s3 Stage ×4 / b0 … b2 Block ×3: op"
    ]


def test_calls_of_one_module_are_no_instances() -> None:
    scope = Module("net", "Net"), Module("net.act", "lib.Act")
    boxes = [
        Box(
            f"{i}",
            "relu",
            "shape",
            modules=(scope[0], replace(scope[1], call=i)),
            numbers=Numbers(0 if i else 7, 7, 7),
        )
        for i in range(3)
    ]
    (box,) = fold_repeats(row(*boxes)).boxes
    assert shown(Drawing((box,), ())) == ["act Act 3 calls: relu"]
    assert (box.numbers, box.shares) == (Numbers(7, 21, 21), 1)


def residual(count: int, sources: tuple[str, ...] = ("x",)) -> Drawing:
    """Blocks of a function whose result is added to what came in."""
    boxes, arrows, before = [Box(x, x, "io") for x in sources], [], list(sources)
    for i in range(count):
        scope = (Module(f"{i}", "lib.Block"),)
        boxes += [Box(f"{i} f", "f", "shape", modules=scope), Box(f"{i} +", "+", "arithmetic", modules=scope)]
        arrows += [Arrow(b, f"{i} {to}", "2 f32") for b in before for to in ("f", "+")]
        arrows.append(Arrow(f"{i} f", f"{i} +", "2 f32"))
        before = [f"{i} +"]
    return Drawing((*boxes, Box("y", "y", "io")), (*arrows, Arrow(*before, "y", "2 f32")))


def test_what_the_copy_before_gives_begins_at_one_place() -> None:
    folded = fold_repeats(residual(4))
    assert [box.kind for box in folded.boxes] == ["io", "entry", "shape", "arithmetic", "io"]
    entry = folded.boxes[1]
    assert entry.modules == folded.boxes[2].modules
    assert ways(folded) == [("x", entry.key), (entry.key, "0 f"), (entry.key, "0 +"), ("0 f", "0 +"), ("0 +", "y")]


def test_a_chain_needs_no_entry() -> None:
    assert "entry" not in {box.kind for box in fold_repeats(net(*["B:a,b"] * 3)).boxes}


def test_a_first_block_that_takes_more_than_the_others_stays_apart() -> None:
    folded = fold_repeats(residual(4, ("x", "z")))
    assert [box.modules[0].times for box in folded.boxes if box.kind == "shape"] == ["", "×3"]


def test_a_value_for_all_copies_is_told_from_what_goes_from_copy_to_copy() -> None:
    drawing = net(*["B:a,b"] * 3)
    steady = tuple(Arrow("in", f"{i} 1", "2×4 f32") for i in range(3))
    assert ways(fold_repeats(replace(drawing, arrows=(*drawing.arrows, *steady)))) == [
        ("in", "entry 0 0 0"), ("entry 0 0 0", "0 0"), ("0 0", "0 1"), ("0 1", "out"), ("in", "0 1"),
    ]  # fmt: skip


def aside(count: int, kind: str = "lib.Head", depth: int = 1) -> Drawing:
    """Blocks side by side, from one value to one."""
    scopes = [(Module(f"{i}", kind),) * depth for i in range(count)]
    inner = [Box(f"h{i}", "fc", "linear", subtitle="Linear", modules=scope) for i, scope in enumerate(scopes)]
    arrows = [arrow for box in inner for arrow in (Arrow("x", box.key), Arrow(box.key, "y"))]
    return Drawing((Box("x", "x", "io"), *inner, Box("y", "cat", "shape")), tuple(arrows))


def test_blocks_of_other_sizes_are_others() -> None:
    blocks = [
        Box(f"{i}", "conv", "convolution", modules=(Module(f"{i}", "lib.Down"),), numbers=Numbers(9, 64 >> i, 8 >> i))
        for i in range(3)
    ]
    assert fold_repeats(row(*blocks)).boxes == tuple(blocks)


def skipping(*ends: tuple[str, str]) -> Drawing:
    """Six blocks in a chain, and more arrows."""
    drawing = net(*["B:a,b"] * 6)
    return replace(drawing, arrows=(*drawing.arrows, *(Arrow(one, other, "2×4 f32") for one, other in ends)))


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([("1 1", "out")], ["0 … 1 B ×2", "2 … 5 B ×4"]),
        ([("3 1", "out")], ["0 … 3 B ×4", "4 … 5 B ×2"]),
        ([("0 1", "4 0"), ("1 1", "5 1")], ["0 B", "1 B", "2 … 3 B ×2", "4 B", "5 B"]),
        ([("in", "3 1")], ["0 … 2 B ×3", "3 B", "4 … 5 B ×2"]),
        ([(f"{i} 0", f"{i + 2} 1") for i in (0, 2)], ["0 B", "1 B", "2 … 5 ×2"]),
    ],
)
def test_a_copy_whose_values_go_elsewhere_ends_a_row(ends: list[tuple[str, str]], expected: list[str]) -> None:
    folded = fold_repeats(skipping(*ends))
    lines = [line.partition(":")[0].partition(" / ")[0] for line in shown(folded)[1:-1]]
    assert list(dict.fromkeys(lines)) == expected


def test_what_each_copy_gives_says_so() -> None:
    folded = fold_repeats(skipping(*((f"{i} 0", "out") for i in range(6))))
    assert [a.label for a in folded.arrows if a.target == "out"] == ["2×4 f32", f"{EACH}\n2×4 f32"]


def test_a_state_that_the_row_would_not_tell_is_seen_from_the_first_copy() -> None:
    """The first box of each block hands on, the second gives the result."""
    drawing = net(*["B:a,b"] * 4)
    arrows = [a for a in drawing.arrows if a.source[0] == a.target[0] or "in" in a.source or "out" in a.target]
    arrows += [Arrow(f"{i} 0", f"{i + 1} 0", "2×4 f32") for i in range(3)]
    folded = fold_repeats(replace(drawing, arrows=tuple(arrows)))
    assert [box.modules[1].times for box in folded.boxes[1:-1]] == ["", "", "×3", "×3"]
    assert ("0 0", "1 0") in ways(folded)


def test_side_by_side_is_told_from_a_chain() -> None:
    (box,) = (b for b in fold_repeats(aside(3)).boxes if b.kind == "linear")
    assert box.modules[0].times == "×3 side by side"


@pytest.mark.parametrize(("count", "left"), [(2, 2), (3, 1), (12, 1)])
def test_blocks_side_by_side_fold_from_three_on(count: int, left: int) -> None:
    assert sum(box.kind == "linear" for box in fold_repeats(aside(count)).boxes) == left


def layers(number: int) -> Drawing:
    """A layer and a function, a thousand times, without a module around them."""
    pairs = [
        (Box(f"l{i}", f"{i}", "linear", subtitle="Linear", numbers=Numbers(4)), Box(f"f{i}", "relu", "activation"))
        for i in range(number)
    ]
    return row(Box("x", "x", "io"), *(box for pair in pairs for box in pair), Box("y", "y", "io"))


def test_a_thousand_layers_and_functions_are_one_pair() -> None:
    folded = fold_leaves(layers(1000))
    assert [(box.title, [m.times for m in box.modules]) for box in folded.boxes] == [
        ("x", []), ("0", ["×1000"]), ("relu", ["×1000"]), ("y", []),
    ]  # fmt: skip
    assert total(folded) == total(layers(1000))


def test_equal_layers_in_a_row_are_one() -> None:
    boxes = [Box(f"{i}", f"fc{i}", "linear", subtitle="Linear") for i in range(5)]
    (box,) = fold_leaves(row(*boxes)).boxes
    assert shown(Drawing((box,), ()))[0].startswith("fc0 … fc4 Linear ×5")


def test_two_equal_layers_stay_two() -> None:
    drawing = row(*(Box(f"{i}", f"fc{i}", "linear", subtitle="Linear") for i in range(2)))
    assert fold_leaves(drawing) == drawing


def test_leaves_side_by_side_do_not_fold() -> None:
    drawing = aside(6, depth=0)
    assert fold_leaves(drawing) == drawing


def test_a_block_in_several_pieces_is_left_alone() -> None:
    drawing = net("B:a", "B:a", "B:a")
    boxes = drawing.boxes
    scattered = replace(drawing, boxes=(*boxes[:3], *boxes[1:2], *boxes[3:]))
    pieces = tuple(replace(box, key=f"{box.key} {i}") for i, box in enumerate(scattered.boxes))
    folded = fold_repeats(Drawing(pieces, ()))
    assert [row for row in shown(folded) if "×" in row] == []


blocks = st.lists(st.sampled_from(["A:x", "A:x,y", "B:x"]), min_size=1, max_size=14)


def total(drawing: Drawing) -> Numbers:
    return sum((box.numbers for box in drawing.boxes), Numbers())


@given(blocks, st.sampled_from([fold_repeats, fold_leaves]))
def test_every_arrow_keeps_its_ends_and_no_number_is_lost(names: list[str], fold: Fold) -> None:
    drawing = net(*names)
    weighed = replace(drawing, boxes=tuple(replace(b, numbers=_weight(b)) for b in drawing.boxes))
    once = fold(weighed)
    keys = {box.key for box in once.boxes}
    assert all(a.source in keys and a.target in keys for a in once.arrows)
    assert {"in", "out"} <= keys
    assert total(once) == total(weighed)


def _weight(box: Box) -> Numbers:
    return Numbers(3, 5, 7) if box.title == "x" else Numbers(11, 13, 17)


def test_single_boxes_that_give_to_others_stay_apart() -> None:
    """A query and a key are each viewed and transposed, and then rotated: two rotations, each of one of them."""
    names = "q view1 swap1 k view2 swap2 v view3 swap3".split()
    boxes = [Box("in", "x", "io")]
    for name in names:
        plain = name.rstrip("123")
        scope = (Module(f"net.{name}", "torch.nn.Linear"),) if len(name) == 1 else ()
        boxes.append(Box(name, "weight" if scope else plain, "function", modules=scope))
    boxes += [Box(f"turn{n}", "turn", "function") for n in (1, 2)] + [Box("attend", "attend", "function")]
    ends = [("in", "q"), ("q", "view1"), ("view1", "swap1"), ("in", "k"), ("k", "view2"), ("view2", "swap2")]
    ends += [("in", "v"), ("v", "view3"), ("view3", "swap3"), ("swap1", "turn1"), ("swap2", "turn2")]
    ends += [("turn1", "attend"), ("turn2", "attend"), ("swap3", "attend")]
    drawing = Drawing(tuple(boxes), tuple(Arrow(a, b) for a, b in ends))
    folded = fold_leaves(drawing)
    assert ("swap1", "turn1") in ways(folded) and ("swap1", "turn2") not in ways(folded)
