"""What a part receives otherwise than before."""

from dataclasses import replace

from graphs import g
from telling import told

from nnviz_action.graph.values import Function, Graph, Module, Node

AT = "x > Relu > Tanh > Abs > Add > y"


def wired(*inputs: str, op: str = "Add", names: str = "a b c sum") -> Graph:
    """Three functions in a row, and one that takes what it is told: `v0`, `v1` and `v2` are theirs."""
    graph = g(AT.replace("Add", op), names)
    last = graph.nodes[-1]
    return replace(graph, nodes=(*graph.nodes[:-1], replace(last, inputs=inputs)))


def test_another_source():
    assert told(wired("v2", "v0"), wired("v2", "v1")) == ["~ sum (Sum): receives b instead of a"]


def test_one_source_more_or_less():
    assert told(wired("v2", "v0"), wired("v2", "v0", "v1")) == ["~ sum (Sum): also receives b"]
    assert told(wired("v2", "v0", "v1"), wired("v2", "v0")) == ["~ sum (Sum): no longer receives b"]


def test_the_order_counts_unless_it_makes_no_difference():
    one, other = wired("v2", "v0", op="Sub"), wired("v0", "v2", op="Sub")
    assert told(one, other) == ["~ sum (Sum): receives a, c instead of c, a"]
    assert told(wired("v2", "v0"), wired("v0", "v2")) == []


def test_what_leads_past_a_removed_layer_is_no_change():
    old, new = g("x > Relu > Tanh > Abs > y", "a b c"), g("x > Relu > Abs > y", "a c")
    assert told(old, new) == ["- b (B)"]


def joining(*inputs: str) -> Graph:
    """The same with a function outside of any layer at the end."""
    graph = wired(*inputs)
    last = replace(graph.nodes[-1], modules=(), function=Function("add", "add"))
    return replace(graph, nodes=(*graph.nodes[:-1], last))


def test_a_function_that_joins_says_what():
    assert told(g("x > Relu > Tanh > Abs > y", "a b c"), joining("v2", "v0")) == ["+ add(): of c, a"]
    assert told(joining("v2", "v0"), joining("v2", "v1")) == ["~ add(): receives b instead of a"]


def test_what_comes_from_outside_of_a_block_is_its_input():
    inner, block = Module("b.f", "torch.nn.Tanh"), Module("b", "net.Block")
    layer = Node("t", "Tanh", "", ("x",), ("t",), modules=(block, inner), function=Function("tanh", "tanh"))
    add = Node("s", "Add", "", ("x", "t"), ("y",), modules=(block,), function=Function("add", "add"))
    old, new = Graph(("x",), ("y",), (replace(layer, outputs=("y",)),)), Graph(("x",), ("y",), (layer, add))
    assert told(old, new) == ["+ b.add(): of input, f"]
