"""What a layout consists of: cards of their own sizes, modules around them, labels with their room."""

import os
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from graphs import chain, row, scopes

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.render import style
from nnviz_action.render.card import cards_of
from nnviz_action.render.layout.pages import lay_out
from nnviz_action.render.layout.values import Layout, Rect
from nnviz_action.render.text import width


def inside(inner: Rect, outer: Rect) -> bool:
    return inner.x >= outer.x and inner.y >= outer.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def test_modules_are_nested_around_their_boxes() -> None:
    found = lay_out(chain("a.b.x", "a.y", "z"))
    (_, x), (_, y), (_, z) = found.cards
    outer, inner = found.clusters
    assert [(c.title, c.kind, c.depth) for c in found.clusters] == [("a", "A", 1), ("b", "B", 2)]
    assert inside(x, inner.place) and inside(inner.place, outer.place) and inside(y, outer.place)
    assert not inside(y, inner.place) and not inside(z, outer.place)
    assert all(inside(place, Rect(0, 0, found.width, found.height)) for _, place in found.cards)


def test_boxes_are_as_large_as_their_cards() -> None:
    drawing = row(Box("a", "conv", "convolution", "Conv2d", ("3×3, pad 1", "weight 8×3×3×3")), Box("b", "y", "io"))
    found, cards = lay_out(drawing), cards_of(drawing)
    assert [item for item, _ in found.cards] == list(cards.values())
    for item, place in found.cards:
        assert (place.width, place.height) == (item.width, item.height)


TWO = Drawing(
    (Box("a", "lstm", "recurrent"), Box("b", "y", "io"), Box("c", "h_n", "io")),
    (Arrow("a", "b", "2×5×64 f32"), Arrow("a", "c", "1×2×64 f32")),
)


@pytest.mark.parametrize("direction", ["down", "right"])
def test_what_a_box_gives_that_gives_several_things_stands_at_its_arrows(direction: str) -> None:
    found = lay_out(TWO, direction)
    assert [line.label for line in found.lines] == ["2×5×64", "1×2×64"]
    places = [line.place for line in found.lines if line.place]
    assert len(places) == 2
    for line, place in zip(found.lines, places, strict=True):
        assert place.width >= width(line.label, style.SMALL_SIZE)
        assert place.height >= style.SMALL_SIZE


def test_all_that_an_arrow_carries_stands_at_it() -> None:
    (line,) = lay_out(row(Box("a", "x", "io"), Box("b", "y", "io"), label="5×64 f32\nh_n 2×64 i64")).lines
    assert line.label == "5×64, h_n 2×64 i64" or line.label == "5×64 f32, h_n 2×64"


def test_a_value_that_goes_to_two_boxes_of_a_module_is_told_once() -> None:
    boxes = (
        Box("a", "lstm", "recurrent"),
        *(Box(k, k, "shape", modules=scopes("m")) for k in "bc"),
        Box("d", "y", "io"),
    )
    drawing = Drawing(boxes, (Arrow("a", "b", "2×5 f32"), Arrow("a", "c", "2×5 f32"), Arrow("a", "d", "3 f32")))
    assert sorted(line.label for line in lay_out(drawing).lines if line.label) == ["2×5", "3"]


def test_an_arrow_from_a_box_that_gives_one_thing_bears_no_label() -> None:
    assert [line.label for line in lay_out(chain("x", "y", "z")).lines] == ["", ""]


@pytest.mark.parametrize(("kind", "head"), [("solid", True), ("view", True), ("saved", False)])
def test_only_what_is_saved_has_no_head(kind: str, head: bool) -> None:
    boxes = (Box("a", "x", "io"), Box("b", "y", "io"))
    (line,) = lay_out(Drawing(boxes, (Arrow("a", "b", style=kind),))).lines
    assert line.head == head


@pytest.mark.parametrize("direction", ["down", "right"])
def test_a_wide_title_of_a_module_has_room(direction: str) -> None:
    name = "a_module_with_a_very_long_name_indeed" * 2
    found = lay_out(chain(f"{name}.x"), direction)
    assert found.clusters[0].place.width >= width(name, style.TEXT_SIZE, bold=True)


def test_a_shape_of_any_length_fits_on_a_sheet() -> None:
    label = f"{'(floor((n - 1)/2) + 1)*' * 16}×64 f32"
    assert lay_out(row(Box("a", "x", "io"), Box("b", "y", "io"), label=label)).width < style.WIDEST


def test_nothing_needs_no_room() -> None:
    assert lay_out(Drawing((), ())) == Layout((), (), (), 0, 0)


@pytest.mark.parametrize("direction", ["down", "right"])
def test_arrows_in_a_circle_come_to_an_end(direction: str) -> None:
    boxes = tuple(Box(f"b{i}", f"op{i}", "shape") for i in range(6))
    around = [*pairwise(boxes), (boxes[-1], boxes[0]), (boxes[4], boxes[1])]
    found = lay_out(Drawing(boxes, tuple(Arrow(a.key, b.key) for a, b in around)), direction)
    assert len(found.lines) == 7
    assert all(len(line.points) >= 2 for line in found.lines)


def test_the_same_drawing_is_laid_out_the_same() -> None:
    drawing = chain(*(f"m{i // 3}.op{i}" for i in range(60)))
    assert lay_out(drawing) == lay_out(drawing)


ALL_OF_IT = """
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.graph.values import Module
from nnviz_action.render.layout.pages import lay_out
modules = [(), (Module("a", "A"),), (Module("a", "A"), Module("a.b", "B"))]
boxes = tuple(Box(f"b{i}", f"op{i}", "shape", modules=modules[i % 3]) for i in range(24))
arrows = [Arrow(f"b{i}", f"b{j}", f"{i % 4} f32") for i in range(24) for j in (i + 1, i + 5, i * 2) if i < j < 24]
print(lay_out(Drawing(boxes, tuple(dict.fromkeys(arrows)))))
"""


def test_the_order_of_sets_moves_nothing() -> None:
    """Python orders sets of texts anew in each process."""
    said = set()
    for seed in ("0", "1", "4242"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", ALL_OF_IT]
        said.add(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)
    assert len(said) == 1 and "Rect" in said.pop()


def test_two_thousand_boxes_in_one_body_take_seconds() -> None:
    boxes = tuple(Box(f"b{i}", f"op{i}", "shape") for i in range(2000))
    arrows = [Arrow(a.key, b.key) for a, b in pairwise(boxes)]
    arrows += [Arrow(f"b{i}", f"b{i + 7}") for i in range(0, 1990, 10)]
    start = time.process_time()
    found = lay_out(Drawing(boxes, tuple(arrows)))
    assert time.process_time() - start < 20
    assert len(found.cards) == 2000


def test_a_module_with_sixty_inputs() -> None:
    inputs = tuple(Box(f"x{i}", f"x{i}", "io") for i in range(60))
    inner = tuple(Box(f"b{i}", f"op{i}", "shape", modules=scopes("m")) for i in range(60))
    join = Box("join", "cat", "shape", modules=scopes("m"))
    arrows = [Arrow(x.key, b.key, "2 f32") for x, b in zip(inputs, inner, strict=True)]
    arrows += [Arrow(b.key, "join", "2 f32") for b in inner]
    found = lay_out(Drawing((*inputs, *inner, join), tuple(arrows)))
    (frame,) = (cluster.place for cluster in found.clusters)
    assert sum(inside(place, frame) for _, place in found.cards) == 61
    entries = [x for line in found.lines[:60] for (x, y1), (_, y2) in pairwise(line.points) if y1 <= frame.y < y2]
    assert len(set(entries)) == 60, "each comes in at a place of its own"
