"""Which part is which: in the order of execution, by name, and elsewhere."""

from graphs import g, traced
from telling import row, told


def test_what_was_inserted_shifts_indices_and_nothing_else():
    old, new = row("Conv", "Relu", "Conv"), row("Conv", "Tanh", "Relu", "Conv")
    assert told(old, new) == ["+ s.1 (Tanh)"]
    assert told(new, old) == ["- s.1 (Tanh)"]


def test_of_equal_layers_the_last_came():
    assert told(row("Relu", "Relu"), row("Relu", "Relu", "Relu")) == ["+ s.2 (Relu)"]


def test_a_run_that_went_keeps_the_names_before_it():
    old, new = row("Conv", "Relu", "Conv", "Tanh", "Relu", "Abs"), row("Conv", "Relu", "Abs")
    assert told(old, new) == ["- s.2 (Conv)", "- s.3 (Tanh)", "- s.4 (Relu)"]


def test_another_layer_in_a_place_is_no_other_place():
    assert told(row("Conv", "Relu", "Conv"), row("Conv", "Tanh", "Conv")) == ["~ s.1 (Tanh): Relu → Tanh"]


def test_another_name_is_a_new_name():
    old, new = (
        traced(f"Conv {name}: net.Conv/conv: aten.conv2d", "Relu act: net.Act/r: aten.relu")
        for name in ("stem", "first")
    )
    assert told(old, new) == ["~ first (Conv): was stem"]


def test_a_module_renamed_is_one_change_whatever_is_in_it():
    old = g("x > Conv > Relu > Conv > y", "body.a body.b body.c")
    new = g("x > Conv > Relu > Conv > y", "trunk.a trunk.b trunk.c")
    assert told(old, new) == ["~ trunk (Trunk): was body", "~ trunk (Trunk): Body → Trunk"]


def test_swapped_layers_are_one_move():
    old = g("x > Conv > Relu > y", "s.a s.b")
    new = g("x > Relu > Conv > y", "s.b s.a")
    assert len(told(old, new)) == 1


def test_what_moved_into_another_module_is_one_move():
    old = g("x > Conv > Relu > Tanh > Abs > y", "a b c d")
    new = g("x > Conv > Relu > Tanh > Abs > y", "h.a h.b h.c h.d")
    assert told(old, new) == ["~ h (H): put around a, b, c and d"]
    assert told(new, old) == ["~ the top: a, b, c and d taken out of h (H)"]


def test_of_many_that_moved_together_the_first_are_named():
    old = g("x > Conv > Relu > Tanh > Abs > Exp > y", "a b c d e")
    new = g("x > Conv > Relu > Tanh > Abs > Exp > y", "h.a h.b h.c h.d h.e")
    assert told(old, new) == ["~ h (H): put around a, b, c and 2 more"]


def test_a_function_elsewhere_in_the_same_module_moved():
    a, b = "Relu relu: aten.relu", "Tanh tanh: aten.tanh"
    assert told(traced(a, b), traced(b, a)) in (
        ["~ relu(): moved behind tanh()"],
        ["~ tanh(): moved to the beginning"],
    )


def test_a_second_call_is_said_to_be_one():
    old = traced("Relu act: net.Act/relu: aten.relu", "Abs abs: aten.abs")
    new = traced("Relu act: net.Act/relu: aten.relu", "Abs abs: aten.abs", "Relu act: net.Act/relu_1: aten.relu")
    assert told(old, new) == ["+ act (Act): called once more"]
    assert told(new, old) == ["- act (Act): called once less"]


def test_an_output_by_another_name_is_the_same_where_all_else_is():
    assert told(g("x > Relu > y"), g("x > Relu > logits")) == ["~ logits (output): was y"]
    assert told(g("x > Relu > y"), g("image > Relu > y")) == ["~ image (input): was x"]


def test_long_rows_of_anything_end():
    old = g(" > ".join(["x", *["Relu", "Tanh", "Abs"] * 300, "y"]))
    new = g(" > ".join(["x", *["Tanh", "Exp", "Relu", "Log"] * 300, "y"]))
    assert told(old, new)
