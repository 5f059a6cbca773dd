"""Folding to a budget."""

from dataclasses import replace

import pytest
from graphs import chain, row, scopes
from hypothesis import given
from hypothesis import strategies as st

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.fold import EVERYTHING, Opening, fold, open_single
from nnviz_action.drawing.repeats import fold_repeats
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module, own_name


def titles(drawing: Drawing) -> list[str]:
    return [box.title for box in drawing.boxes]


def test_a_small_drawing_is_shown_whole() -> None:
    drawing = chain("a.x", "a.y", "z")
    assert fold(drawing, 10) == drawing


def test_the_largest_module_opens_first() -> None:
    drawing = chain(*(f"big.c{i}" for i in range(6)), *(f"small.d{i}" for i in range(3)))
    assert titles(fold(drawing, 7)) == ["c0", "c1", "c2", "c3", "c4", "c5", "small"]


def test_a_closed_module_says_what_it_holds() -> None:
    (box,) = fold(chain("a.x", "a.x", "a.y"), 1).boxes
    assert (box.title, box.kind, box.subtitle) == ("a", "module", "A")
    assert box.rows == ("x ×2 · y",)
    assert box.numbers == Numbers(3)


def test_arrows_between_closed_modules_keep_their_labels() -> None:
    (arrow,) = fold(chain("a.x", "a.y", "b.x", "b.y"), 2).arrows
    assert arrow.label == "2×4 f32"


def test_a_long_chain_without_modules_is_grouped() -> None:
    folded = fold(chain(*(f"op{i}" for i in range(5000))), 60)
    assert len(folded.boxes) <= 60
    assert sum(box.numbers.parameters for box in folded.boxes) == 5000
    assert folded.boxes[0].title.startswith("op0 …") or folded.boxes[0].title == "op0"


@pytest.mark.parametrize("budget", [1, 5, 20])
def test_nested_modules_keep_to_the_budget(budget: int) -> None:
    drawing = chain(*(f"net.stage{s}.block{b}.op{o}" for s in range(4) for b in range(6) for o in range(5)))
    assert len(fold(drawing, budget).boxes) <= budget


NET = chain("net.stem", *(f"net.{stage}.{block}.{op}" for stage in "ab" for block in "cd" for op in "xyz"), "out")


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        (EVERYTHING, "stem a b out"),
        (Opening(depth=0), "net out"),
        (Opening(depth=1), "stem a b out"),
        (Opening(depth=2), "stem c d c d out"),
        (Opening(depth=3), "stem x y z x y z x y z x y z out"),
        (Opening(expand=("net.a",)), "stem c d b out"),
        (Opening(expand=("net.a.c",)), "stem x y z d b out"),
        (Opening(expand=("*.c",)), "stem x y z d x y z d out"),
        (Opening(expand=("nothing",)), "stem a b out"),
        (Opening(depth=0, expand=("net.a.c",)), "stem x y z d b out"),
        (Opening(collapse=("net",)), "net out"),
        (Opening(depth=3, collapse=("net.a",)), "stem a x y z x y z out"),
        (Opening(expand=("net.a.*",), collapse=("*.d",)), "stem x y z d b out"),
    ],
    ids=repr,
)
def test_what_the_user_says_is_open_counts_more_than_the_budget(opening: Opening, expected: str) -> None:
    assert " ".join(titles(fold(NET, 4, opening))) == expected


def test_collapse_counts_also_where_there_is_room() -> None:
    assert titles(fold(NET, 100, Opening(collapse=("net.?",)))) == ["stem", "a", "b", "out"]


def blocks(*sizes: int) -> Drawing:
    """Modules of one class in a row, with so many boxes each."""
    names = [f"m.{i}.op{j}" for i, size in enumerate(sizes) for j in range(size)]
    boxes = [replace(b, modules=(replace(b.modules[1], kind="net.Block"),)) for b in chain(*names).boxes]
    return replace(chain(*names), boxes=tuple(boxes))


def test_modules_of_one_class_open_all() -> None:
    drawing = blocks(4, 4, 4)
    assert titles(fold(drawing, 12)) == ["op0", "op1", "op2", "op3"] * 3


def test_where_there_is_room_for_one_the_first_opens_as_an_example() -> None:
    folded = fold(blocks(4, 4, 4), 11)
    assert titles(folded) == ["op0", "op1", "op2", "op3", "m.1", "m.2"]
    assert [box.rows for box in folded.boxes[4:]] == [("built like m.0",)] * 2
    assert titles(fold(blocks(4, 4, 4), 5)) == ["m.0", "m.1", "m.2"]


def copied(path: str, copies: int, *titles: str) -> list[Box]:
    (module,) = scopes(path)
    scope = (replace(module, copies=copies),)
    numbers = Numbers(2 * copies, 3 * copies, 5 * copies)
    return [Box(f"{path} {t}", t, "shape", modules=scope, numbers=numbers, shares=copies) for t in titles]


def test_copies_count_when_the_largest_is_chosen() -> None:
    drawing = row(*copied("once", 1, "a", "b"), *copied("often", 12, "x", "y"))
    assert titles(fold(drawing, 3)) == ["once", "x", "y"]


def test_a_closed_module_tells_what_its_copies_hold() -> None:
    outer = Module("net", "lib.Net")
    inner = [replace(b, modules=(outer, *b.modules)) for b in copied("layers", 12, "x", "y")]
    (box,) = fold(row(Box("stem", "stem", "shape", modules=(outer,), numbers=Numbers(1)), *inner), 1).boxes
    assert (box.subtitle, box.rows) == ("Net", ("Layers ×12 · stem",))
    assert (box.numbers, box.shares) == (Numbers(49, 72, 120), 1)


def test_a_closed_module_stands_for_its_own_copies() -> None:
    (box,) = fold(row(*copied("layers", 12, "x", "y")), 1).boxes
    assert (box.subtitle, box.shares, box.numbers) == ("Layers ×12", 12, Numbers(48, 72, 120))
    (module,) = scopes("act")
    calls = [replace(b, modules=(replace(module, copies=3, shared=True),)) for b in copied("act", 1, "x", "y")]
    (box,) = fold(row(*calls), 1).boxes
    assert (box.subtitle, box.shares) == ("Act 3 calls", 1)


def test_groups_of_folded_blocks_count_all_copies() -> None:
    drawing = row(*(box for i in range(80) for box in copied(f"m{i}", 3, "x")))
    assert sum(box.numbers.parameters for box in fold(drawing, 25).boxes) == 480


def test_a_module_that_holds_one_box_becomes_part_of_it() -> None:
    found = open_single(chain("net.fc.op", "net.block.a", "net.block.b"))
    assert [(b.title, b.subtitle, [own_name(b.modules[: i + 1]) for i in range(len(b.modules))]) for b in found.boxes] == [
        ("op", "fc", ["net"]), ("a", "", ["net", "block"]), ("b", "", ["net", "block"]),
    ]  # fmt: skip


def test_a_box_that_has_its_words_keeps_its_module() -> None:
    drawing = row(*(replace(b, subtitle="Linear") for b in chain("fc.op").boxes))
    assert open_single(drawing) == drawing


paths = st.lists(st.sampled_from(["x", "a.x", "a.b.x", "a.c.y", "d.x", "d.e.f.z"]), min_size=1, max_size=80)


@given(paths, st.integers(6, 40))
def test_nothing_is_lost_and_every_arrow_has_its_ends(names: list[str], budget: int) -> None:
    drawing = chain(*names)
    folded = fold(drawing, budget)
    keys = {box.key for box in folded.boxes}
    assert len(keys) == len(folded.boxes)
    assert all(a.source in keys and a.target in keys and a.source != a.target for a in folded.arrows)
    assert sum(box.numbers.parameters for box in folded.boxes) == len(names)


@given(st.lists(st.sampled_from(["m0", "m1", "m2.a", "m2.b"]), min_size=1, max_size=20), st.integers(1, 12))
def test_repeats_and_budget_together_lose_no_parameter(names: list[str], budget: int) -> None:
    drawing = chain(*(f"{name}.{i}.{op}" for i, name in enumerate(names) for op in "xy"))
    folded = fold(fold_repeats(drawing), budget)
    assert sum(box.numbers.parameters for box in folded.boxes) == len(drawing.boxes)


def test_more_inputs_than_a_small_budget_admits_are_shown_all_the_same() -> None:
    inputs = [Box(f"x{i}", f"x{i}", "io") for i in range(20)]
    layers = [Box(f"b{i}", f"op{i}", "shape") for i in range(9)]
    arrows = [Arrow(f"x{i}", f"b{i % 9}", "2 f32") for i in range(20)]
    found = fold(Drawing((*inputs, *layers), tuple(arrows)), 8, widest=4)
    assert {box.key for box in inputs} <= {box.key for box in found.boxes}
