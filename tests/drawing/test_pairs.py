"""A normalisation and the activation behind it in one box."""

from graphs import row

from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.followers import join_followers
from nnviz_action.drawing.pairs import join_pairs
from nnviz_action.graph.numbers import Numbers

CONV = Box("c", "conv", "convolution", "Conv2d", ("3×3, 3→8",), numbers=Numbers(216, 5))
NORM = Box("n", "bn", "normalisation", "BatchNorm2d", ("eps 0.001", "weight, bias 8"), numbers=Numbers(16))
RELU = Box("r", "relu", "activation")


def test_both_are_told_also_where_the_activation_is_a_function() -> None:
    first, pair = join_pairs(row(CONV, NORM, RELU)).boxes
    assert (first, pair.title, pair.subtitle) == (CONV, "bn · relu", "BatchNorm2d · relu")
    assert (pair.rows, pair.numbers) == (NORM.rows, NORM.numbers)


def test_none_is_lost_on_the_card_of_the_layer_before() -> None:
    (only,) = join_followers(join_pairs(row(CONV, NORM, RELU))).boxes
    assert only.rows[-1] == "then BatchNorm2d · relu"


def test_an_activation_with_a_line_of_its_own_stays_a_box() -> None:
    slope = Box("r", "act", "activation", "LeakyReLU", ("slope 0.2",))
    assert len(join_pairs(row(CONV, NORM, slope)).boxes) == 3
