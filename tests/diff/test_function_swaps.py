"""Functions in place of others."""

from graphs import traced
from telling import told

A, B = "Conv a: net.Conv/conv: aten.conv2d", "Conv b: net.Conv/conv: aten.conv2d"
RELU, TANH, ABS = "Relu relu: aten.relu", "Tanh tanh: aten.tanh", "Abs abs: aten.abs"


def test_one_for_another():
    assert told(traced(A, RELU, B), traced(A, TANH, B)) == ["~ the top: relu() → tanh()"]


def test_several_for_one():
    assert told(traced(A, RELU, B), traced(A, TANH, ABS, B)) == ["~ the top: relu() → tanh(), abs()"]
    assert told(traced(A, TANH, ABS, B), traced(A, RELU, B)) == ["~ the top: tanh(), abs() → relu()"]


def test_what_came_and_went_in_different_places_is_no_replacement():
    assert told(traced(A, RELU, B), traced(A, B, TANH)) == ["- relu()", "+ tanh()"]


def test_a_module_in_place_of_a_function_that_does_the_same():
    module = "Relu act: torch.nn.ReLU/relu: aten.relu"
    assert told(traced(A, RELU, B), traced(A, module, B)) == ["~ act (ReLU): relu() → ReLU"]
    assert told(traced(A, module, B), traced(A, RELU, B)) == ["~ relu(): ReLU → relu()"]


def test_views_that_came_together():
    turn, back = "Transpose transpose: aten.transpose", "Transpose transpose_1: aten.transpose"
    assert told(traced(A, B), traced(A, turn, back, B)) == ["~ the top: transpose() ×2 added"]
