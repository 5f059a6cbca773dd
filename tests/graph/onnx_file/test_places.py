"""Where an operator of a foreign file belongs: in its name, or between those that say so."""

import pytest
from graphs import scopes

from nnviz_action.graph.onnx_file.namespace import modules_in_name, place_of, placed_between


@pytest.mark.parametrize(
    ("named", "placed"),
    [
        ("a.b - a.c", "a.b a a.c"), ("a - a", "a a a"), ("a - b", "a - b"), ("- a - -", "- a - -"), ("- -", "- -"),
        ("a.b.c - - a.b.d", "a.b.c a.b a.b a.b.d"), ("a.b a.c - a.c.d", "a.b a.c a.c a.c.d"),
    ],
)  # fmt: skip
def test_what_says_nothing_stands_in_what_is_around_both_its_neighbours(named: str, placed: str) -> None:
    found = placed_between([scopes(path) for path in named.split()])
    assert [modules[-1].path if modules else "-" for modules in found] == placed.split()


def test_a_path_in_a_name() -> None:
    assert [m.path for m in modules_in_name("/encoder/layer.0/Add")] == ["encoder", "encoder.layer.0"]
    assert modules_in_name("Add_3") == ()


def test_a_namespace_may_tell_modules_and_no_function() -> None:
    modules, function = place_of("block: onnx.function.Block/block.0: net.Layer/: ")
    assert [(m.path, m.short_kind, m.is_function) for m in modules] == [
        ("block", "Block", True), ("block.0", "Layer", False),
    ]  # fmt: skip
    assert function is None
