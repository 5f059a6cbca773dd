"""What no layer and no function tells is told where the graphs differ."""

from dataclasses import replace

from graphs import g
from telling import told, weight

from nnviz_action.graph.digest import digest
from nnviz_action.graph.values import Graph, Node, TensorType, Weight

OLD = g("x > Relu > y", "a")


def test_example_sizes():
    assert told(replace(OLD, sizes={"n": 2}), replace(OLD, sizes={"n": 4})) == ["~ the top: example size of n 2 → 4"]


def test_unused_parameters():
    assert told(OLD, replace(OLD, unused={"parameter": 12})) == ["~ the top: unused parameters 0 → 12"]


def test_the_name_of_a_weight():
    old, new = (g("x > Conv > y", "a", weight(f"a.{name}", 4, 4)) for name in ("weight", "kernel"))
    assert told(old, new)
    old, new = (g("x > Conv > y", "a", weight(f"other.{name}.w", 4, 4)) for name in ("b", "c"))
    assert (told(old, new) == []) == (digest(old) == digest(new))


def test_an_operator_that_no_layer_shows():
    shape = Node("s", "Shape", "", ("x",), ("s",))
    new = replace(OLD, nodes=(shape, *OLD.nodes))
    assert told(OLD, new) == ["~ the top: told by no layer: none → Shape"]


def test_buffers_of_integers():
    old, new = (
        replace(OLD, nodes=(replace(OLD.nodes[0], inputs=("x", "ids")),), weights={"ids": Weight("ids", t, "buffer")})
        for t in (replace(OLD.types["x"], dtype="i64", shape=(n,)) for n in (8, 16))
    )
    assert told(old, new) == ["~ the top: ids 8 i64 buffer → 16 i64 buffer"]


def test_nothing_where_nothing_differs():
    assert told(OLD, replace(OLD, opset=18)) == []


def made(**recipes: str) -> Graph:
    return replace(
        OLD, weights={n: Weight(n, TensorType("f32", (8,)), "buffer", recipe=r) for n, r in recipes.items()}
    )


def test_of_a_long_recipe_what_differs_is_told_and_of_those_that_changed_alike_once():
    begins, ends = "cat([outer(arange(64), 1 / (", " ** (arange(0, 64, 2) / 64))), sin], dim=-1)"
    old, new = (made(cos=f"{begins}{n}{ends}", sin=f"{begins}{n}{ends}") for n in ("10000", "500000"))
    assert told(old, new) == [
        "~ the top: buffers cos, sin …e(64), 1 / (10000 ** (ara… → …e(64), 1 / (500000 ** (ara…"
    ]
    assert told(made(turns="arange(4)"), made(turns="arange(8)")) == ["~ the top: buffer turns arange(4) → arange(8)"]
