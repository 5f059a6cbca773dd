"""What is written is read back as it was, and is the same for equal graphs."""

import json
import math
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from any_graph import graphs, inherited
from conftest import ROOT
from graphs import F32, g, scopes, traced
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnviz_action.errors import ModelError
from nnviz_action.graph.digest import digest
from nnviz_action.graph.graph_file import graph_bytes, parse_graph_file
from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.values import Graph, Module, Node, TensorType, Weight

MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
FILES = sorted(ROOT.glob("examples/**/model.onnx"))


def back(graph: Graph, lines: bool = True) -> Graph:
    return parse_graph_file(graph_bytes(graph, lines), "graph.json")


def call(op: str, *inputs: str, out: str, path: str = "-", **more: object) -> Node:
    return Node(out, op, "torch", inputs, (out,), modules=scopes(path), **more)  # type: ignore[arg-type]


@MANY
@given(st.one_of(graphs(), inherited()))
def test_any_graph(graph: Graph) -> None:
    data = graph_bytes(graph)
    assert parse_graph_file(data, "graph.json") == graph
    said = [[repr(node.attributes) for node in one.walk()] for one in (graph, back(graph))]
    assert said[0] == said[1], "1, 1.0 and True are equal, and are not the same"
    assert digest(back(graph)) == digest(graph)


@MANY
@given(graphs(), st.integers(0, 99))
def test_the_order_of_mappings_does_not_show(graph: Graph, seed: int) -> None:
    def shuffled(mapping: dict[str, object]) -> dict[str, object]:
        keys = sorted(mapping)
        Random(seed).shuffle(keys)
        return {key: mapping[key] for key in keys}

    fields = ("types", "weights", "sizes", "unused")
    other = replace(graph, **{name: shuffled(getattr(graph, name)) for name in fields})
    assert other == graph and graph_bytes(other) == graph_bytes(graph)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_graphs_of_onnx_files(path: Path) -> None:
    graph = read_graph(path)
    data = graph_bytes(graph)
    assert parse_graph_file(data, "graph.json") == graph
    assert b"\r" not in data and data.endswith(b"]\n}\n") and len(data) < 3 * path.stat().st_size


def test_there_are_files_to_read() -> None:
    assert len(FILES) > 3


def test_values_of_attributes_are_told_apart() -> None:
    values = (
        True,
        1,
        1.0,
        -0.0,
        1e-5,
        1e22,
        math.inf,
        -math.inf,
        2**63,
        "1",
        (),
        (1, 2),
        (1.0, math.inf),
        ("a", "{i}"),
    )
    attributes = tuple((f"a{place}", value) for place, value in enumerate(values))
    graph = Graph(("x",), ("y",), (call("relu", "x", out="y", attributes=attributes),), {"x": F32})
    assert repr(back(graph)) == repr(graph)


def test_nan_is_read_back() -> None:
    graph = Graph((), ("y",), (call("full", out="y", attributes=(("value", math.nan), ("many", (math.nan, 1.0)))),))
    (_, one), (_, many) = back(graph).nodes[0].attributes
    assert isinstance(one, float) and math.isnan(one) and repr(many) == "(nan, 1.0)"


def test_it_is_json_that_any_parser_takes() -> None:
    graph = Graph((), ("y",), (call("full", out="y", attributes=(("value", math.inf),)),))
    assert json.loads(graph_bytes(graph), parse_constant=pytest.fail)["nnviz_graph"] == 1


def test_lines_of_code_stand_apart_and_may_be_left_out() -> None:
    def at(line: int) -> Graph:
        nodes = (call("relu", "x", out="v1", line="net.py:8"), call("tanh", "v1", out="y", line=f"net.py:{line}"))
        return Graph(("x",), ("y",), nodes, dict.fromkeys(("x", "v1", "y"), F32))

    one, other = (graph_bytes(at(line)).decode().splitlines() for line in (9, 12))
    assert [row for row in one if row not in other] == [' "net.py:9"']
    assert graph_bytes(at(9), lines=False) == graph_bytes(at(12), lines=False)
    assert {node.line for node in back(at(9), lines=False).nodes} == {""}


def test_helpers_graphs() -> None:
    weight = {"a.weight": Weight("a.weight", F32, "parameter")}
    for graph in (
        g("x > Relu > y"),
        g("x > Conv > Relu > y", "a b", weight),
        traced("Relu act: torch.nn.ReLU/relu: aten.relu"),
    ):
        assert back(graph) == graph


@pytest.mark.parametrize(
    ("graph", "why"),
    [
        (g("x > Conv > y"), "nothing gives 'w'"),
        (Graph(("x",), ("z",), ()), "nothing gives 'z'"),
        (Graph(("x", "x"), (), ()), "'x' is made twice"),
        (Graph(("x",), (), (call("relu", "x", out="x"),)), "'x' is made twice"),
        (Graph(("x",), ("y",), (call("add", "y", out="z"), call("relu", "x", out="y"))), "nothing gives 'y'"),
        (Graph((), (), (call("a", out="x", attributes=(("k", 1), ("k", 2))),)), "an attribute twice"),
        (Graph((), (), (), weights={"w": Weight("v", F32)}), "another name"),
        (Graph(("a\0b",), (), ()), "no text"),
        (Graph(("\ud800",), (), ()), "no text"),
        (Graph(("x" * 200_000,), (), ()), "200"),
        (Graph(("x",), (), (), {"x": TensorType("f32", (-1,))}), "a tensor of -1"),
        (Graph((), (), (call("a", out="x", macs=-1),)), "macs is -1"),
    ],
)
def test_what_could_not_be_read_is_not_written(graph: Graph, why: str) -> None:
    with pytest.raises(ModelError, match=why):
        graph_bytes(graph)


def test_modules_as_calls_and_out_of_line() -> None:
    chain = (Module("a", "n.A", 2), Module("other", "n.B"), Module("a.b", "n.C", 1, "0 … 3", 4, shared=True))
    graph = Graph(
        ("x",), ("y",), (call("relu", "x", out="v1"), Node("n", "relu", "", ("v1",), ("y",), modules=chain))
    )
    assert back(graph) == graph
