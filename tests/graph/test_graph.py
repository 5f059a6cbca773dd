"""The digest covers what a reader would call the architecture, and nothing else."""

from dataclasses import replace

import pytest
from graphs import F32, g

from nnviz_action.graph.values import Graph, Node, TensorType, Weight, digest

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


def test_values_of_bodies_are_seen_with_their_own_types() -> None:
    inner = g("x > Relu > y")
    outer = replace(BASE, nodes=(replace(BASE.nodes[0], bodies=(("body", inner),)), BASE.nodes[1]))
    assert [name for name, _ in outer.values()] == ["v0", "y", "y"]
    assert all(found is F32 for _, found in outer.values())


def test_omitted_outputs_are_no_value_that_others_use() -> None:
    """As of a recurrent layer of which the last state alone is wanted."""

    def graph(second: str) -> Graph:
        layers = [Node(f"l{i}", "LSTM", "", ("x",), ("", f"h{i}")) for i in range(3)]
        return Graph(("x",), ("y",), (*layers, Node("c", "Clip", "", ("x", "", second), ("y",))))

    assert len({digest(graph(second)) for second in ("", "h0", "h1", "h2")}) == 4
