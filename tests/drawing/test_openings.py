"""What opens: classes, not single modules; what matters first; one as an example where there is no room for all."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from graphs import row
from hypothesis import given
from hypothesis import strategies as st

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.fold import fold, plan_of
from nnviz_action.drawing.likeness import difference
from nnviz_action.drawing.scopes import Scope, tree
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module


def net(*lines: str, parameters: int = 1, kind: str = "pooling") -> list[Box]:
    """Boxes: `enc:Stack enc.0:Block a b` is two of them in module enc.0, whose class is Block, in enc."""
    boxes: list[Box] = []
    for line in lines:
        words = line.split()
        modules = tuple(Module(path, f"net.{name}") for path, _, name in (w.partition(":") for w in words) if name)
        for title in (word for word in words if ":" not in word):
            key = f"b{len(boxes)} {line}"
            boxes.append(Box(key, title, kind, modules=modules, numbers=Numbers(parameters)))
    return boxes


def shown(drawing: Drawing, budget: int) -> list[str]:
    return [" ".join((box.title, *box.rows)) for box in fold(drawing, budget).boxes]


TWO_STACKS = row(
    *net("enc:Stack enc.0:Block p q r s", "enc:Stack enc.1:Block p q r s"),
    *net("dec:Stack dec.0:Block p q r s", "dec:Stack dec.1:Block p q r s z"),
)


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (17, ["p", "q", "r", "s", "p", "q", "r", "s", "p", "q", "r", "s", "p", "q", "r", "s", "z"]),
        (
            16,
            ["p", "q", "r", "s", "p", "q", "r", "s", "p", "q", "r", "s", "1 built like enc.0, with z"],
        ),
        (7, ["p", "q", "r", "s", "1 built like enc.0", "0 built like enc.0", "1 built like enc.0, with z"]),
        (4, ["0 p · q · r · s", "1 p · q · r · s", "0 p · q · r · s", "1 p · q · r · s · 1 more"]),
    ],
)
def test_a_class_is_open_everywhere_or_once_in_both_stacks(budget: int, expected: Sequence[str]) -> None:
    assert shown(TWO_STACKS, budget) == expected


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("p q r s", ""),
        ("p q r", ", without s"),
        ("p p q r s", ", with p"),
        ("p q r r r s", ", with r ×2"),
        ("q p r s", ", in another order"),
        ("p q t u s v w", ", with t, u, 2 more, without r"),
    ],
)
def test_what_a_closed_module_has_more_or_less_is_told_with_its_number(other: str, told: str) -> None:
    drawing = row(*net("m.0:Block p q r s", f"m.1:Block {other}"))
    assert shown(drawing, 5)[-1] == f"m.1 built like m.0{told}"


def test_modules_that_differ_are_told_by_what_is_in_them() -> None:
    first = net("m.0:Block z", "m.0:Block m.0.a:Inner p q r")
    drawing = row(*first, *net("m.1:Block z", "m.1:Block m.1.a:Inner p q"))
    one, other = (child for child in tree(drawing).children if isinstance(child, Scope))
    assert difference(other, one, drawing) == ", without r"
    drawing = row(*first, *net("m.1:Block z", "m.1:Block m.1.a:Inner p q r", "m.1:Block m.1.b:Inner p q r"))
    one, other = (child for child in tree(drawing).children if isinstance(child, Scope))
    assert difference(other, one, drawing) == ", with Inner"


def test_what_is_wired_otherwise_is_not_the_same() -> None:
    drawing = row(*net("m.0:Block p q r s", "m.1:Block p q r s"))
    one, other = drawing.boxes[4].key, drawing.boxes[7].key
    skip = replace(drawing, arrows=(*drawing.arrows, Arrow(one, other)))
    assert shown(skip, 5)[-1] == "m.1 built like m.0, wired in another way"


def test_what_follows_on_a_card_counts() -> None:
    lines = ("then BatchNorm2d then ReLU", "then BatchNorm2d")
    boxes = [replace(box, rows=(lines[box.modules[0].path == "m.1"],)) for box in net("m.0:B p q", "m.1:B p q")]
    assert shown(row(*boxes), 3)[-1] == "m.1 built like m.0, without ReLU ×2"


def test_what_has_the_parameters_opens_before_what_has_the_boxes() -> None:
    heavy = net("heavy:Heavy a b c", parameters=1000)
    drawing = row(*net("light:Light a b c d e f"), *heavy)
    assert shown(drawing, 7) == ["light a · b · c · d · 2 more", "a", "b", "c"]


def test_multiply_accumulates_count_as_parameters_do() -> None:
    busy = [replace(box, numbers=Numbers(0, 1000)) for box in net("busy:Busy a b c")]
    assert shown(row(*net("light:Light a b c d e f", parameters=0), *busy), 7)[1:] == ["a", "b", "c"]


def test_what_changed_opens_before_all_else() -> None:
    changed = net("small:Small a b", parameters=0, kind="changed")
    drawing = row(*net("large:Large a b c d", parameters=1000), *changed)
    assert shown(drawing, 3) == ["large a · b · c · d", "a", "b"]


def test_a_mere_list_is_not_like_another_of_other_things() -> None:
    lists = net("one:One a b", "two:Two c d e f g")
    modules = {b.key: (replace(b.modules[0], kind="torch.nn.modules.container.Sequential"),) for b in lists}
    drawing = row(*(replace(b, modules=modules[b.key]) for b in lists))
    assert shown(drawing, 3) == ["a", "b", "two c · d · e · f · 1 more"]


def test_index_arithmetic_stays_closed_also_where_there_is_room() -> None:
    glue = net("mask:mask arange ge expand to", parameters=0, kind="shape")
    frame = Module("mask", "4 functions", title="mask")
    drawing = row(*(replace(b, modules=(frame,)) for b in glue), *net("net:Net a b"))
    first = fold(drawing, 60).boxes[0]
    assert (first.title, first.subtitle, first.rows) == ("mask", "4 functions", ())


def test_functions_in_a_row_share_a_box_where_a_module_would_not_fit() -> None:
    functions = net(*["attn:Attention " + " ".join(f"f{i}" for i in range(30))], parameters=0, kind="shape")
    drawing = row(*net("attn:Attention q k"), *functions, *net("attn:Attention o"))
    folded = fold(drawing, 6)
    assert [(b.title, b.subtitle) for b in folded.boxes] == [
        ("q", ""), ("k", ""), ("f0 … f29", "30 functions"), ("o", ""),
    ]  # fmt: skip


def test_a_heavy_class_is_not_left_closed_for_what_is_told_already() -> None:
    first = net(*(f"a.{i}:A x y z" for i in range(4)), parameters=10)
    drawing = row(*first, *net("b:B p q r s t u v", parameters=9))
    folded = fold(drawing, 14)
    assert [b.title for b in folded.boxes if b.kind == "module"] == ["a.1", "a.2", "a.3"]


names = st.sampled_from([f"{s}:S{s} {s}.{b}:{k}" for s in "ab" for b, k in zip("0123", "PPQQ", strict=True)])


@given(
    st.lists(st.tuples(names, st.sampled_from(["u v", "u v w", "u"])), min_size=1, max_size=30), st.integers(1, 40)
)
def test_no_class_is_open_here_and_closed_there_without_a_mark(lines: list[tuple[str, str]], budget: int) -> None:
    drawing = row(*net(*(f"{place} {boxes}" for place, boxes in lines)))
    plan = plan_of(drawing, budget)
    kinds = {scope.kind for scope in plan.open_scopes() if scope.is_own}
    marks = {b.key: b.rows[0].startswith("built like") for b in fold(drawing, budget).boxes if b.kind == "module"}
    closed = [s for s in plan.shown() if isinstance(s, Scope) and s.module and s.is_own]
    assert all(marks[f"m {s.module.path} {next(s.boxes()).key}"] == (s.kind in kinds) for s in closed if s.module)


def test_an_example_goes_by_a_name_that_begins_with_no_number() -> None:
    lines = [f"net:Net net.0:Stage net.0.{i}:Block p q r s t" for i in range(3)]
    assert [b.rows for b in fold(row(*net(*lines)), 8).boxes if b.kind == "module"] == [("built like net.0.0",)] * 2
