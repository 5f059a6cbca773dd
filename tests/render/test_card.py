"""What a card says, and what it leaves out because something else says it."""

import pytest
from graphs import row

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.render import style
from nnviz_action.render.card import Card, cards_of
from nnviz_action.render.text import width


def said(card: Card) -> list[str]:
    return [text for pair in card.rows for text in pair if text]


def cards(*boxes: Box, label: str = "2×4 f32") -> list[Card]:
    return list(cards_of(row(*boxes, label=label)).values())


END = Box("end", "y", "io")


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("convolution", ("7×7, 3→64", "weight 64×3×7×7 · bias 64")),
        ("linear", ("4→4", "weight, bias 4×4")),
        ("attention", ("4 heads", "in_proj_weight 12×4 · in_proj_bias 12 · out_proj.weight 4×4 · out_proj.bias 4")),
    ],
)
def test_weights_that_follow_from_the_rest_are_left_out(kind: str, rows: tuple[str, ...]) -> None:
    assert said(cards(Box("a", "layer", kind, rows=rows), END)[0]) == [rows[0], "→ 2×4"]


def test_a_normalisation_is_all_in_one_line() -> None:
    card = cards(Box("a", "bn", "normalisation", "BatchNorm2d", ("weight, bias 64",)), END)[0]
    assert card.is_pill and (card.title, card.subtitle) == ("≡ bn", "BatchNorm2d")


@pytest.mark.parametrize(
    ("kind", "row_"),
    [
        ("convolution", "mask 3×3"),
        ("convolution", "shared weight 64×3×7×7"),
        ("shape", "weight 4×4"),
        ("linear", "weight 4×4"),
    ],
)
def test_weights_that_tell_something_stay(kind: str, row_: str) -> None:
    rows = ("3→64", row_) if kind == "convolution" else (row_,)
    card = cards(Box("a", "layer", kind, "Class", rows), END)[0]
    assert row_ in (*said(card), card.subtitle.removeprefix("Class "))


def test_the_type_of_most_values_is_said_at_no_box() -> None:
    boxes = [Box(f"b{i}", f"op{i}", "shape") for i in range(4)]
    arrows = (Arrow("b0", "b1", "2×4 f32"), Arrow("b1", "b2", "2×8 f32"), Arrow("b2", "b3", "2 i64"))
    assert [card.gives for card in cards_of(Drawing(tuple(boxes), arrows)).values()] == [
        "→ 2×4",
        "→ 2×8",
        "→ 2 i64",
        "",
    ]


def test_a_shape_that_stays_as_it_came_is_not_said_again() -> None:
    assert [card.gives for card in cards(*(Box(f"b{i}", f"op{i}", "shape") for i in range(4)))] == [
        "→ 2×4",
        "",
        "",
        "",
    ]


def test_an_input_and_an_output_say_their_own_shapes() -> None:
    assert [card.gives for card in cards(Box("x", "x", "io"), Box("a", "a", "shape"), END)] == ["2×4", "", "2×4"]


def test_inputs_in_one_box_say_a_shape_only_where_it_is_that_of_all() -> None:
    boxes = (Box("in", "x, y", "io"), Box("b", "add", "arithmetic"))
    found = [
        cards_of(Drawing(boxes, (Arrow("in", "b", text),)))["in"].gives for text in ("2×4 f32", "2×4 f32\n8 i64")
    ]
    assert found == ["2×4", ""]


def test_a_box_that_gives_several_things_leaves_them_to_its_arrows() -> None:
    arrows = (Arrow("a", "b", "2×4 f32"), Arrow("a", "c", "3 f32"))
    found = cards_of(Drawing((Box("a", "lstm", "recurrent"), Box("b", "b", "shape"), Box("c", "c", "shape")), arrows))
    assert found["a"].gives == ""


@pytest.mark.parametrize("kind", ["io", "shape", "linear", "normalisation"])
def test_a_shape_of_any_length_is_told_in_full_in_lines_of_their_own(kind: str) -> None:
    label = f"{'×'.join(f'(floor((n{i} - 1)/2) + 1)' for i in range(16))} f32"
    card = cards(Box("a", "x", kind), END, label=label)[0]
    assert card.width < style.LONGEST_TEXT + 40
    assert "".join(said(card)).removeprefix("→ ") == label.removesuffix(" f32")
    assert max(width(text, style.SMALL_SIZE) for text in said(card)) <= style.LONGEST_TEXT


def test_a_name_and_a_class_that_are_one_word_are_said_once() -> None:
    assert cards(Box("a", "relu", "activation", "ReLU"), END)[0].subtitle == ""
    assert cards(Box("a", "bn · relu", "normalisation", "BatchNorm2d · ReLU"), END)[0].subtitle == "BatchNorm2d"
