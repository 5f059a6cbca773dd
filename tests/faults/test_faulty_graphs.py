"""A file that is damaged, merged or hostile is refused in words, quickly, and within little memory."""

import json
import time
import tracemalloc
from typing import Any

import pytest
from conftest import ROOT
from graphs import F32
from mutants import NASTY, mutants

from nnviz_action.errors import ModelError
from nnviz_action.graph.graph_file import graph_bytes, parse_graph_file
from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.values import Graph, Module, Node, Weight

LAYERS = 6
SECONDS = 5.0


def layers() -> Graph:
    """A small network with what a file may have: a repeat, weights, calls, lines."""
    nodes = [Node("cat", "cat", "torch", ("x",), ("v1",), (("dim", 1),), arguments=("tensors.0",), line="net.py:3")]
    weights = {}
    for layer in range(LAYERS):
        module = (Module("net", "n.Net"), Module(f"net.{layer}", "n.Linear"))
        name = f"net.{layer}.weight"
        weights[name] = Weight(name, F32, "parameter")
        nodes.append(
            Node(
                f"net.{layer}/linear",
                "linear",
                "torch",
                (f"v{layer + 1}", name),
                (f"v{layer + 2}",),
                modules=module,
                arguments=("input", "weight"),
                macs=8,
            )
        )
    nodes.append(Node("sum", "sum", "torch", (f"v{LAYERS + 1}",), ("y",), arguments=("input",), random=True))
    types = dict.fromkeys(["x", "y", *(f"v{n}" for n in range(1, LAYERS + 2))], F32) | {
        n: w.type for n, w in weights.items()
    }
    return Graph(("x",), ("y",), tuple(nodes), types, weights, sizes={"batch": 2}, unused={"frozen": 1})


SEED = graph_bytes(layers())
NODE: dict[str, Any] = {"op": "relu", "in": ["x"], "out": "y = 1 f32"}


def refused(data: bytes) -> str:
    """What is said of it."""
    started = time.process_time()
    with pytest.raises(ModelError) as error:
        parse_graph_file(data, "graph.json")
    assert time.process_time() - started < SECONDS
    error.value.message.encode()
    assert error.value.message.startswith("graph.json is no graph: ") and error.value.hint
    assert len(error.value.message) < 400 and error.value.message.isprintable()
    return error.value.message


def a_file(**changed: Any) -> bytes:
    return json.dumps({"nnviz_graph": 1, "inputs": ["x = 1 f32"], "nodes": [NODE], **changed}).encode()


def with_node(**changed: Any) -> bytes:
    return a_file(nodes=[{**NODE, **changed}])


def bodies(depth: int) -> list[Any]:
    return [["b", {"nodes": [{"op": "if", "out": [], "bodies": bodies(depth - 1)}]}]] if depth else []


def test_what_all_this_begins_with_is_read() -> None:
    assert parse_graph_file(SEED, "graph.json") == layers()
    assert b'"repeat": 6' in SEED
    assert parse_graph_file(a_file(), "graph.json").nodes[0].op == "relu"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "line 1 is no JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[" * 200_000, "brackets without end"),
        (b"[]", "which version"),
        (b'{"nnviz_graph": true}', "which version"),
        (b'{"nnviz_graph": 2, "anything": 1}', "version 2"),
        (b'{"nnviz_graph": 1, "nnviz_graph": 1}', "twice"),
        (b'{"nnviz_graph": 1, "opset": NaN}', "NaN is no number"),
        (b'{"nnviz_graph": 1, "opset": 1e999}', "no number"),
        (b'{"nnviz_graph": 1, "opset": ' + b"9" * 9000 + b"}", "digits"),
        (SEED.replace(b"\n", b"\n<<<<<<< ours\n", 1), "conflict markers"),
        (b" " * 16_000_001, "larger than 16 MB"),
        (a_file(more=1), "'more', which is none of this version"),
        (a_file(nodes={}), "nodes is"),
        (a_file(nodes=[[]]), "a node is"),
        (a_file(opset=True), "opset is True"),
        (a_file(sizes={"b": -1}), "sizes is -1"),
        (a_file(unused={"frozen": 1.0}), "unused is 1.0"),
        (a_file(domain=3), "domain is 3"),
        (a_file(inputs=["x = 1 f32", "x = 1 f32"]), "'x' is made twice"),
        (a_file(inputs=["1 f32"]), "no name"),
        (a_file(inputs=["x = -1 f32", ""]), "no name"),
        (a_file(inputs=[{"name": "x", "type": {"dtype": "f32", "shape": [-1]}}]), "a tensor of -1"),
        (a_file(inputs=["x = 1000000000×1000000000 f32"]), "a tensor of"),
        (a_file(inputs=[{"name": "x", "type": {"dtype": "f32", "shape": [True]}}]), "no shape"),
        (a_file(inputs=["a\0 = 1 f32"]), "no text"),
        (a_file(inputs=["\ud800 = 1 f32"]), "no text"),
        (a_file(inputs=["x" * 1_000_000]), "a text of 1000000 characters"),
        (a_file(outputs=["z"]), "nothing before it gives 'z'"),
        (a_file(outputs=["<"]), "nothing before it gives '<'"),
        (a_file(weights=["w = 1 f32", "w = 1 f32"]), "made twice"),
        (a_file(weights=["x"]), "no weight"),
        (a_file(weights=[{"name": "w", "new": {"type": "1 f32", "kind": 1}}]), "no weight"),
        (a_file(modules=[["a", "A"], ["a", "B"]]), "twice"),
        (a_file(modules=[["a", 1]]), "no class"),
        (a_file(types={"x": 1}), "no type"),
        (a_file(lines=[]), "fewer lines"),
        (a_file(lines=["a", "b"]), "more lines"),
        (a_file(lines=[1]), "a line is 1"),
        (with_node(op=None), "op is None"),
        (with_node(out=3), "no output"),
        (a_file(nodes=[{"op": "relu"}]), "out is missing"),
        (with_node(out="x = 1 f32"), "'x' is made twice"),
        (with_node(out=["y = 1 f32", "y = 1 f32"]), "'y' is made twice"),
        (with_node(**{"in": ["y"]}), "nothing before it gives 'y'"),
        (with_node(**{"in": ["<"]}), "nothing before it gives '<'"),
        (with_node(**{"in": ["relu"]}), "nothing before it gives 'relu'"),
        (with_node(**{"in": ["+ relu", "x"]}), "no earlier node is 'relu'"),
        (with_node(**{"in": [{"name": "z"}]}), "nothing before it gives 'z'"),
        (with_node(**{"in": [{"name": 1}]}), "no input"),
        (with_node(args=["input: x"]), "args beside in"),
        (a_file(nodes=[{"op": "a", "args": ["x"], "out": []}]), "names no argument"),
        (with_node(at="nowhere"), "not among the modules"),
        (with_node(at=[{"path": "a", "kind": "A", "call": True}]), "no module"),
        (with_node(macs=True), "macs is True"),
        (with_node(macs=-1), "macs is -1"),
        (with_node(macs="{i}"), "macs is"),
        (with_node(random=1), "random is 1"),
        (with_node(function=["a"]), "function"),
        (with_node(**{"with": {"a": {"float": "1"}}}), "no attribute"),
        (with_node(**{"with": {"a": [[1]]}}), "list within a list"),
        (with_node(**{"with": {"a": None}}), "no attribute"),
        (with_node(bodies=[["b"]]), "no body"),
        (with_node(bodies=[["b", {"sizes": {}}]]), "'sizes'"),
        (with_node(bodies=[["b", {"nodes": [], "types": {"q": "1 f32"}}]]), "none of its own"),
        (with_node(bodies=[["b", {"nodes": [], "types_of": "all"}]]), "types_of"),
        (with_node(bodies=bodies(33)), "more than 32 bodies"),
        (with_node(bodies=[["b", {}]] * 1001), "more than 1000 in all"),
        (a_file(
            nodes=[{"op": "if", "out": [], "bodies": [["b", {"nodes": [{"op": "a", "out": "1 f32"}]}]]}, {"op": "b", "in": ["a"], "out": []}]
        ), "nothing before it gives 'a'"),
    ],
)  # fmt: skip
def test_refused(data: bytes, why: str) -> None:
    assert why in refused(data)


def repeat(times: object, *rows: object) -> dict[str, object]:
    return {"repeat": times, "rows": list(rows)}


@pytest.mark.parametrize(
    ("nodes", "why"),
    [
        ([repeat(-1, NODE)], "no repeat"),
        ([repeat(0, NODE)], "no repeat"),
        ([repeat(True, NODE)], "no repeat"),
        ([repeat(2.0, NODE)], "no repeat"),
        ([repeat("2", NODE)], "no repeat"),
        ([repeat(2)], "a repeat of nothing"),
        ([repeat(2, NODE) | {"more": 1}], "no repeat"),
        ([repeat(2, NODE)], "'y' is made twice"),
        ([repeat(2, {"op": "a{1-i}", "out": []}), repeat(3, {"op": "a{1-i}", "out": []})], "is -1 in one of the copies"),
        ([repeat(10**9, {"op": "a", "out": []})], "it unfolds into"),
        ([repeat(10**100, {"op": "a", "out": []})], "it unfolds into"),
        ([repeat(10**5, repeat(10**5, {"op": "a", "out": []}))], "it unfolds into"),
        ([repeat(2, repeat(2, repeat(2, repeat(2, {"op": "a", "out": []}))))], "more than 3 repeats"),
        ([repeat(10**5, {"op": "a" * 5000, "out": []})], "it unfolds into"),
        ([{"op": "a", "out": [], "bodies": [["b", {"nodes": [repeat(10**9, {"op": "a", "out": []})]}]]}], "it unfolds into"),
    ],
)  # fmt: skip
def test_repeats_that_are_none_or_too_many(nodes: list[object], why: str) -> None:
    assert why in refused(a_file(nodes=nodes))


def test_lists_that_grow_without_end() -> None:
    first = {"op": "cat", "in": ["x"] * 3, "out": []}
    rows = repeat(50_000, {"op": "cat", "in": ["+ cat |i + cat#{1+i}", "x"], "out": []})
    assert "inputs and types" in refused(a_file(nodes=[first, rows]))


def test_types_that_bodies_inherit_without_end() -> None:
    many = {f"v{place}": "1 f32" for place in range(3000)}
    inner = [["b", {"types_of": "outer"}]] * 999
    assert "inputs and types" in refused(a_file(types=many, nodes=[{"op": "if", "out": [], "bodies": inner}]))


def test_a_small_file_takes_little_time() -> None:
    started = time.process_time()
    most = a_file(nodes=[repeat(150_000, {"op": "a", "out": []})])
    assert len(parse_graph_file(most, "graph.json").nodes) == 150_000
    refused(a_file(nodes=[repeat(250_000, {"op": "a", "out": []})]))
    assert time.process_time() - started < 3 * SECONDS


def test_and_little_memory() -> None:
    tracemalloc.start()
    parse_graph_file(a_file(nodes=[repeat(30_000, {"op": "a", "out": []})]), "graph.json")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000


def read(data: bytes) -> bool:
    """Whether it is a graph; then it is written as it was read."""
    started = time.process_time()
    try:
        graph = parse_graph_file(data, "graph.json")
    except ModelError as error:
        error.message.encode()
        return False
    finally:
        assert time.process_time() - started < SECONDS
    assert parse_graph_file(graph_bytes(graph), "graph.json") == graph
    return True


WORDS = (
    *NASTY,
    b'"<"',
    b'"repeat": 2',
    b'"repeat": 1000000000',
    b"{i}",
    b"{1+i}",
    b"{i-9}",
    b" |i ",
    b"+ ",
    b"@",
    b" = ",
    b": ",
    b"input: ",
    b"1 f32",
    b'"args"',
    b'"in"',
    b'"out"',
)
ONNX = graph_bytes(read_graph(sorted(ROOT.glob("examples/**/model.onnx"))[0]))


@pytest.mark.parametrize("seed", range(6))
def test_mutants(seed: int) -> None:
    found = [read(data) for data in mutants([SEED, ONNX], seed, 250, WORDS)]
    assert not all(found)


def odd_values(value: Any, odd: Any, path: int) -> Any:
    """The JSON with its n-th place replaced."""
    count = -1

    def changed(item: Any) -> Any:
        nonlocal count
        count += 1
        if count == path:
            return odd
        if isinstance(item, dict):
            return {key: changed(inner) for key, inner in item.items()}
        return [changed(inner) for inner in item] if isinstance(item, list) else item

    return changed(value)


ODD = (
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "x",
    "{i}",
    "<",
    "a = b",
    [],
    ["x"],
    [[]],
    {},
    {"repeat": 2, "rows": ["x"]},
    {"name": "x"},
    {"float": "nan"},
)


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_each_place_with_another_kind_of_value(odd: object) -> None:
    document = json.loads(SEED)
    for place in range(1, 130):
        read(json.dumps(odd_values(document, odd, place)).encode())
