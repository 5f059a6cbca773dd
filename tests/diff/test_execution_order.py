"""What was executed in another order for no reason stays where it was."""

from dataclasses import replace

from telling import told

from nnviz_action.comparison.execution_order import in_one_order
from nnviz_action.graph.values import Graph, Module, Node


def chain(names: str, source: str = "x", module: str = "", call: int = 0) -> list[Node]:
    """Functions one after the other, each called as its result is."""
    place = (Module(module, "net.Branch", call),) if module else ()
    nodes = []
    for name in names.split():
        nodes.append(Node(f"{module}/{name}", name.rstrip("0123456789"), "torch", (source,), (name,), (), place))
        source = name
    return nodes


def joined(*branches: list[Node], op: str = "cat") -> Graph:
    ends = sorted(branch[-1].outputs[0] for branch in branches)
    nodes = [node for branch in branches for node in branch]
    return Graph(("x",), ("y",), (*nodes, Node("end", op, "torch", tuple(ends), ("y",))))


def names(graph: Graph) -> list[str]:
    return [node.outputs[0] for node in graph.nodes]


A, B = chain("exp1 relu1"), chain("sin2 tanh2")


def test_branches_follow_the_order_of_the_other_graph():
    old, new = in_one_order(joined(A, B), joined(B, A))
    assert names(new) == names(old) == ["exp1", "relu1", "sin2", "tanh2", "y"]
    assert told(joined(A, B), joined(B, A)) == []


def test_the_same_order_stays_as_it_is():
    graph = joined(B, A)
    assert in_one_order(graph, graph)[1] == graph


def test_what_is_new_follows_what_it_follows_now():
    longer = chain("sin2 abs2 tanh2")
    assert names(in_one_order(joined(A, B), joined(longer, A))[1]) == ["exp1", "relu1", "sin2", "abs2", "tanh2", "y"]
    assert told(joined(A, B), joined(longer, A)) == ["+ abs()"]


def test_what_depends_on_another_stays_behind_it():
    swapped = joined(chain("relu1 exp1"), B)
    assert names(in_one_order(joined(A, B), swapped)[1])[:2] == ["relu1", "exp1"]


def test_calls_of_a_module_are_counted_anew():
    first, second = chain("exp1", module="m"), chain("exp2", "relu2", module="m", call=1)
    relu = chain("relu2")
    old = joined(first, [*relu, *second])
    early = [replace(node, modules=tuple(replace(m, call=0) for m in node.modules)) for node in second]
    late = [replace(node, modules=tuple(replace(m, call=1) for m in node.modules)) for node in first]
    new = in_one_order(old, joined([*relu, *early], late))[1]
    assert new.nodes == old.nodes


def test_graphs_of_operators_are_left_alone():
    one = replace(joined(A, B), nodes=tuple(replace(node, domain="") for node in joined(A, B).nodes))
    other = replace(joined(B, A), nodes=tuple(replace(node, domain="") for node in joined(B, A).nodes))
    assert in_one_order(one, other) == (one, other)


def test_modules_whose_calls_are_entwined_lose_nothing():
    outer, inner = (chain(name, module=name[0]) for name in ("a1", "b1"))
    back = chain("a2", source="b1", module="a")
    inner = [replace(node, inputs=("a1",)) for node in inner]
    entwined = joined(outer, inner, back)
    assert sorted(names(in_one_order(joined(A, B), entwined)[1])) == sorted(names(entwined))
