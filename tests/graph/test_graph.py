"""The digest covers what a reader would call the architecture, and nothing else."""

from dataclasses import replace

import pytest
from graphs import F32, g

from nnviz_action.graph.digest import digest
from nnviz_action.graph.values import Graph, Module, Node, TensorType, Weight

WEIGHT = Weight("a.weight", F32, "parameter")
BASE = g("x > Conv > Relu > y", "a b", {"a.weight": WEIGHT})


def test_types_read_as_people_write_them() -> None:
    assert str(TensorType("f32", (2, "batch", None))) == "2×batch×? f32"
    assert str(TensorType("bool", ())) == "scalar bool"
    assert str(TensorType("f32", None)) == "? f32"


def test_full_means_every_dimension_has_a_number_or_a_name() -> None:
    assert TensorType("f32", (2, "batch")).is_full and TensorType("f32", ()).is_full
    assert not TensorType("f32", (2, None)).is_full and not TensorType("f32", None).is_full


def rename(graph: Graph) -> Graph:
    """The same graph under other names of inner values."""
    nodes = tuple(
        replace(n, name=f"z{n.name}", inputs=tuple(i.replace("v", "w") for i in n.inputs), outputs=tuple(o.replace("v", "w") for o in n.outputs))
        for n in graph.nodes
    )  # fmt: skip
    return replace(graph, nodes=nodes, types={k.replace("v", "w"): v for k, v in graph.types.items()})


def test_inner_names_do_not_count() -> None:
    graph = g("x > Relu > Tanh > y")
    assert digest(rename(graph)) == digest(graph)


def test_kinds_and_kept_values_of_weights_count() -> None:
    kept = replace(BASE, weights={"a.weight": replace(WEIGHT, value="changed")})
    assert digest(kept) != digest(BASE), "the value of a weight that the file keeps does count"
    assert digest(replace(BASE, weights={"a.weight": replace(WEIGHT, kind="buffer")})) != digest(BASE)


@pytest.mark.parametrize(
    "changed",
    [
        g("x > Conv > Tanh > y", "a b", {"a.weight": WEIGHT}),
        g("x > Conv > Relu > Relu > y", "a b b", {"a.weight": WEIGHT}),
        g("x > Conv > Relu > y", "a c", {"a.weight": WEIGHT}),
        g("image > Conv > Relu > y", "a b", {"a.weight": WEIGHT}),
        g("x > Conv > Relu > logits", "a b", {"a.weight": WEIGHT}),
        g("x > Conv > Relu > y", "a b"),
        replace(BASE, weights={"a.weight": replace(WEIGHT, type=TensorType("f32", (3, 4)))}),
        replace(BASE, types={**BASE.types, "v0": TensorType("f32", (2, 5))}),
        replace(BASE, types={**BASE.types, "v0": TensorType("f16", (2, 4))}),
        replace(BASE, nodes=(replace(BASE.nodes[0], attributes=(("group", 2),)), BASE.nodes[1])),
        replace(BASE, nodes=(replace(BASE.nodes[0], domain="other"), BASE.nodes[1])),
        replace(BASE, nodes=(replace(BASE.nodes[0], bodies=(("body", BASE),)), BASE.nodes[1])),
    ],
)
def test_what_counts(changed: Graph) -> None:
    assert digest(changed) != digest(BASE)


def test_wiring_counts() -> None:
    graph = g("x > Relu > Tanh > Add > y")
    add = replace(graph.nodes[2], inputs=("v1", "v0"))
    assert digest(replace(graph, nodes=(*graph.nodes[:2], add))) != digest(graph)


def two_branches(*order: int, add: tuple[str, str] = ("a", "b")) -> Graph:
    """`relu(x) + tanh(x)`, the functions called in this order."""
    nodes = [Node("relu", "relu", "torch", ("x",), ("a",)), Node("tanh", "tanh", "torch", ("x",), ("b",))]
    return Graph(("x",), ("y",), (*(nodes[i] for i in order), Node("add", "add", "torch", add, ("y",))))


def test_neither_the_order_of_branches_counts_nor_that_of_summands() -> None:
    same = {digest(two_branches(*order, add=add)) for order in ((0, 1), (1, 0)) for add in (("a", "b"), ("b", "a"))}
    assert len(same) == 1
    assert digest(two_branches(0, 1, add=("a", "a"))) not in same


def test_the_file_of_a_class_does_not_count_unless_it_is_torch() -> None:
    def layer(kind: str) -> str:
        node = replace(BASE.nodes[0], modules=(Module("fc", kind),))
        return digest(replace(BASE, nodes=(node, *BASE.nodes[1:])))

    assert layer("models.Block") == layer("models.blocks.Block") != layer("models.Other")
    assert layer("torch.nn.Linear") != layer("models.Linear")


def test_which_call_of_a_module_it_is_follows_from_what_is_in_it() -> None:
    def calls(*numbers: int) -> str:
        places = [(Module("fc", "Block", number),) for number in numbers]
        nodes = [Node(f"n{i}", "relu", "torch", (f"v{i}",), (f"v{i + 1}",), (), p) for i, p in enumerate(places)]
        return digest(Graph(("v0",), (f"v{len(nodes)}",), tuple(nodes)))

    assert calls(0, 1) != calls(0, 0)
    assert calls(0, 1, 1) != calls(0, 0, 1)


def test_values_of_bodies_are_seen_with_their_own_types() -> None:
    inner = g("x > Relu > y")
    outer = replace(BASE, nodes=(replace(BASE.nodes[0], bodies=(("body", inner),)), BASE.nodes[1]))
    assert [name for name, _ in outer.values()] == ["v0", "y", "y"]
    assert all(found is F32 for _, found in outer.values())


def test_omitted_outputs_are_no_value_that_others_use() -> None:
    """As of a recurrent layer of which the last state alone is wanted."""

    def graph(second: str) -> Graph:
        layers = [Node(f"l{i}", "LSTM", "", ("x",), ("", f"h{i}"), (("hidden_size", i),)) for i in range(3)]
        return Graph(("x",), ("y",), (*layers, Node("c", "Clip", "", ("x", "", second), ("y",))))

    assert len({digest(graph(second)) for second in ("", "h0", "h1", "h2")}) == 4
