"""How much of a drawing a picture shows: the budget and the paper."""

from itertools import product

import pytest
from graphs import chain, row, scopes
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.fold import EVERYTHING, Opening
from nnviz_action.errors import ModelError
from nnviz_action.graph.number_text import short, short_bytes, short_macs
from nnviz_action.render import style
from nnviz_action.render.picture import Drawn, draw_sheet
from nnviz_action.render.review import contrast, faint, flaws
from nnviz_action.render.sheet import Heading

HEADING = Heading("net", ("facts",))


def titles(drawn: Drawn) -> list[str]:
    return [card.box.title for card, _ in drawn.sheet.layout.cards]


def test_an_empty_drawing_is_a_sheet_too() -> None:
    drawn = draw_sheet(Drawing((), ()), HEADING)
    assert titles(drawn) == []
    assert drawn.sheet.width > 0 and drawn.sheet.height > 0


def test_a_small_drawing_is_shown_whole_and_without_a_note() -> None:
    drawn = draw_sheet(chain("a.x", "a.y", "z"), HEADING)
    assert titles(drawn) == ["x", "y", "z"]
    assert drawn.notes == ()


def test_the_budget_is_kept() -> None:
    drawing = chain(*(f"m{i}.op{i}{j}" for i in range(6) for j in range(4)))
    assert len(titles(draw_sheet(drawing, HEADING, 12))) <= 12


def test_what_the_user_opens_is_open() -> None:
    drawing = chain(*(f"m{i}.op{i}{j}" for i in range(6) for j in range(4)))
    found = titles(draw_sheet(drawing, HEADING, 8, Opening(expand=("m3",))))
    assert found == ["m0", "m1", "m2", "op30", "op31", "op32", "op33", "m4", "m5"]


def test_a_thousand_layers_without_a_module_are_one_pair() -> None:
    boxes = [Box(f"{i} {kind}", kind, kind, subtitle=kind) for i in range(1000) for kind in ("linear", "activation")]
    assert titles(draw_sheet(row(*boxes), HEADING)) == ["linear", "activation"]


def crowded(fan: int) -> Drawing:
    """Twelve layers of five boxes, two in a module; from each box go `fan` arrows to the next layer."""
    boxes = tuple(Box(f"b{i}", f"op{i}", "shape", modules=scopes(f"m{i // 10}")) for i in range(60))
    ways = [(i, i - i % 5 + 5 + (i + step) % 5) for i in range(55) for step in range(fan)]
    return Drawing(boxes, tuple(Arrow(f"b{i}", f"b{j}", "2 f32") for i, j in ways))


@pytest.mark.parametrize(("fan", "whole"), [(2, True), (3, False), (5, False)])
def test_a_drawing_with_too_many_arrows_is_folded_further(fan: int, whole: bool) -> None:
    drawn = draw_sheet(crowded(fan), HEADING)
    assert (len(titles(drawn)) == 60) == whole
    assert flaws(drawn.sheet, 60) == []


def test_a_drawing_too_wide_for_a_sheet_is_folded_further() -> None:
    boxes = [Box(f"b{i}", f"op{i}", "shape", modules=scopes(f"m{i // 10}")) for i in range(50)]
    arrows = [Arrow("x", box.key, "2 f32") for box in boxes]
    drawn = draw_sheet(Drawing((Box("x", "x", "io"), *boxes), tuple(arrows)), HEADING)
    assert drawn.sheet.width <= style.WIDEST
    assert "m4" in titles(drawn)


def test_a_drawing_too_large_to_paint_is_told() -> None:
    rows = tuple(f"line {i}" for i in range(300))
    boxes = [Box(f"b{i}", f"{i} is a name" * 40, "linear", rows=rows) for i in range(20)]
    arrows = tuple(Arrow("x", box.key, "2 f32") for box in boxes)
    with pytest.raises(ModelError, match="too large to paint") as told:
        draw_sheet(Drawing((Box("x", "x", "io"), *boxes), arrows), HEADING, 1000)
    assert "max_nodes" in str(told.value.hint)


def test_inputs_and_outputs_that_are_all_joined_are_drawn_all_the_same() -> None:
    inputs, outputs = ([Box(f"{end}{i}", f"{end}{i}", "io") for i in range(7)] for end in ("x", "y"))
    layers = [Box(f"b{i}", f"op{i}", "linear", "Linear") for i in range(2)]
    ways = [(a.key, b.key) for a in inputs for b in layers] + [(a.key, b.key) for a in layers for b in outputs]
    drawing = Drawing((*inputs, *layers, *outputs), tuple(Arrow(a, b, "2 f32") for a, b in ways))
    assert len(titles(draw_sheet(drawing, HEADING, 8))) == 16


names = st.sampled_from(["x", "net.x", "net.a.x", "net.b.c.y", "deep.er.and.deep.er.z"])


@settings(max_examples=25, deadline=None)
@given(st.lists(names, min_size=1, max_size=120), st.integers(8, 60), st.sampled_from([EVERYTHING, Opening(depth=1)]))
@example(["x", "x", "net.x", "x", "x", "deep.er.and.deep.er.z", "x", "x", "net.x", "x"], 8, EVERYTHING)
def test_no_sheet_has_a_flaw(paths: list[str], budget: int, opening: Opening) -> None:
    drawn = draw_sheet(chain(*paths), HEADING, budget, opening)
    assert [flaw for flaw in flaws(drawn.sheet, budget) if not (opening.depth and "allowed" in flaw)] == []


def test_every_text_can_be_read_on_its_ground() -> None:
    assert faint() == []
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


def test_no_kind_looks_like_another() -> None:
    shown = {name: kind for name, kind in style.KINDS.items() if kind.name and name not in ("entry", "function")}
    for (one, kind), (other, other_kind) in product(shown.items(), repeat=2):
        if one < other:
            assert (kind.mark, kind.light[1]) != (other_kind.mark, other_kind.light[1]), (one, other)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 0 B 0 MACs"), (999, "999 999 B 999 MACs"), (1000, "1.00 k 1.00 kB 1.00 kMACs"),
        (9408, "9.41 k 9.41 kB 9.41 kMACs"), (999_499, "999 k 999 kB 999 kMACs"), (999_500, "1.00 M 1.00 MB 1.00 MMACs"),
        (11_689_512, "11.7 M 11.7 MB 11.7 MMACs"), (8_030_261_248, "8.03 B 8.03 GB 8.03 GMACs"),
        (405_000_000_000, "405 B 405 GB 405 GMACs"), (3 * 10**15, "3000 T 3000 TB 3000 TMACs"),
    ],
)  # fmt: skip
def test_numbers_read_at_a_glance(count: int, expected: str) -> None:
    assert f"{short(count)} {short_bytes(count)} {short_macs(count)}" == expected
