"""docs/graph-format.md and its schema say what is written: the example is the code's, the fields are all told."""

import json
import re
import sys
from typing import Any

import jsonschema
import pytest
from conftest import ROOT
from doc_blocks import Block, of

from nnviz_action.graph.graph_file import graph_bytes, parse_graph_file
from nnviz_action.graph.graph_file.read import _KEYS
from nnviz_action.graph.graph_file.read_rows import _BODY, _NODE
from nnviz_action.graph.onnx_file import read_graph
from nnviz_action.graph.values import Graph, Module, Node, TensorType, Weight

sys.path.insert(0, str(ROOT / "tests" / "faults"))
import test_faulty_graphs as faulty

PAGE = ROOT / "docs" / "graph-format.md"
SCHEMA = json.loads(PAGE.with_name("graph.schema.json").read_text(encoding="utf-8"))
FITS = jsonschema.Draft202012Validator(SCHEMA).is_valid
LAYERS = 12


def example() -> Graph:
    """Twelve layers, each added to what it takes."""
    hidden = TensorType("f32", (1, 64))
    nodes, weights = [], {}

    def call(op: str, *given: str, at: tuple[Module, ...], out: str, **more: Any) -> str:
        label = f"{at[-1].path}/{op}"
        nodes.append(Node(label, op, "torch", given, (out,), modules=at, **more))
        return out

    value = "x"
    for layer in range(LAYERS):
        block = Module(f"blocks.{layer}", "mlp.Block")
        path = f"blocks.{layer}.fc"
        for name, kind in (
            (f"{path}.weight", TensorType("f32", (64, 64))),
            (f"{path}.bias", TensorType("f32", (64,))),
        ):
            weights[name] = Weight(name, kind, "parameter")
        fc = (block, Module(path, "torch.nn.modules.linear.Linear"))
        number = 3 * layer
        inner = call(
            "linear",
            value,
            f"{path}.weight",
            f"{path}.bias",
            at=fc,
            out=f"v{number + 1}",
            arguments=("input", "weight", "bias"),
            macs=4096,
            line="mlp.py:9",
        )
        inner = call(
            "leaky_relu",
            inner,
            at=(block,),
            out=f"v{number + 2}",
            arguments=("input",),
            attributes=(("negative_slope", 0.2),),
            line="mlp.py:9",
        )
        last = layer == LAYERS - 1
        value = call(
            "add",
            value,
            inner,
            at=(block,),
            out="output" if last else f"v{number + 3}",
            arguments=("input", "other"),
            line="mlp.py:9",
        )
    types = dict.fromkeys(["x", *(node.outputs[0] for node in nodes)], hidden) | {
        name: w.type for name, w in weights.items()
    }
    return Graph(("x",), ("output",), tuple(nodes), types, weights)


@pytest.mark.parametrize("block", of("json"), ids=str)
def test_the_example_is_what_is_written(block: Block) -> None:
    assert block.text == graph_bytes(example()).decode()
    assert parse_graph_file(block.text.encode(), "graph.json") == example()


def test_the_page_tells_every_key() -> None:
    told = set(re.findall(r"^\| `(\w+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert told == _KEYS | _BODY | _NODE | {"repeat", "rows"}


def test_the_schema_knows_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"].keys() == _KEYS
    assert SCHEMA["$defs"]["node"]["properties"].keys() == _NODE
    assert SCHEMA["$defs"]["body"]["properties"].keys() == _BODY


def test_what_is_written_fits_the_schema() -> None:
    files = sorted(ROOT.glob("examples/**/model.onnx"))
    for graph in (example(), faulty.layers(), *map(read_graph, files)):
        jsonschema.validate(json.loads(graph_bytes(graph)), SCHEMA)


@pytest.mark.parametrize(
    "wrong",
    [
        {"nnviz_graph": 2}, {"more": 1}, {"nodes": {}}, {"nodes": [{"op": "a"}]}, {"nodes": [{"out": []}]}, {"lines": [1]}, {"opset": -1},
        {"nodes": [{"op": "a", "out": [], "macs": -1}]}, {"nodes": [{"op": "a", "out": [], "args": [], "in": []}]}, {"modules": [["a"]]},
        {"nodes": [{"op": "a", "out": [], "bodies": [["b", {"sizes": {}}]]}]}, {"nodes": [{"repeat": 1, "rows": ["x"]}]}, {"unused": {"frozen": 1.5}},
        {"nodes": [{"op": "a", "out": [], "with": {"k": None}}]}, {"types": {"x": 1}}, {"inputs": [{"name": ""}]}, {"sizes": {"b": True}},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_refused_does_not_fit(wrong: dict[str, Any]) -> None:
    document = {"nnviz_graph": 1, "nodes": []}
    assert FITS(document) and not FITS({**document, **wrong})
    faulty.refused(json.dumps({**document, **wrong}).encode())
