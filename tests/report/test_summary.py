"""The table in words, as it stands in `summary.md`."""

from dataclasses import replace

import pytest
from graphs import F32, row, traced

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.drawing.forward import draw
from nnviz_action.graph.numbers import Numbers, count
from nnviz_action.graph.values import Graph, Module, TensorType, Weight
from nnviz_action.report.summary import MOST_ROWS, summary


def told(graph: Graph, drawing: Drawing | None = None, name: str = "net") -> str:
    shown = drawing or draw(graph)
    return summary(name, graph, shown, count(graph, graph, shown.numbers.activations))


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")][2:]


def small() -> Graph:
    found = traced(
        "Gemm net: lib.Net/net.fc: torch.nn.Linear/linear: aten.linear", "Relu net: lib.Net/relu: aten.relu"
    )
    weights = {n: Weight(n, TensorType("f32", s), k) for n, s, k in (("net.fc.weight", (4, 4), "parameter"), ("net.fc.bias", (4,), "frozen"))}  # fmt: skip
    gemm = replace(found.nodes[0], inputs=("x", *weights), attributes=(("transB", 1),))
    types = found.types | {name: weight.type for name, weight in weights.items()}
    return replace(found, nodes=(gemm, found.nodes[1]), weights=weights, types=types, opset=20)


def test_a_small_model_as_text() -> None:
    assert (
        told(small())
        == """\
# net

- parameters: 20
- trainable: 16
- MACs: 32 (FLOPs: 64)
- activations: 64 bytes
- operators: Gemm 1, Relu 1
- input x: 2×4 f32
- output y: 2×4 f32

| module | class | details | output | parameters | MACs | activations, bytes |
|---|---|---|---|--:|--:|--:|
| **net** | Net |  | 2×4 f32 | 20 | 32 | 64 |
| net.fc | Linear | 4→4; weight 4×4 · frozen bias 4 | 2×4 f32 | 20 | 32 | 32 |
| net.relu |  |  | 2×4 f32 |  |  | 32 |
"""
    )


def test_sizes_and_unused_parameters_are_told() -> None:
    text = told(replace(small(), sizes={"batch": 4}, unused={"parameter": 1000, "frozen": 1}))
    assert "- parameters: 1,021, of which 1,001 are not used here\n- trainable: 1,016\n" in text
    assert "- counted for batch = 4\n" in text


def test_repeats_stand_once_with_the_numbers_of_all() -> None:
    boxes = [
        Box(f"{i} {op}", op, "linear", "Linear", modules=(Module("layers", "lib.List"), Module(f"layers.{i}", "lib.Block")), numbers=Numbers(10, 20, 30))
        for i in range(12)
        for op in ("up", "down")
    ]  # fmt: skip
    assert rows(told(small(), row(*boxes, Box("y", "y", "io")))) == [
        "| **layers** | List |  | 2×4 f32 | 240 | 480 | 720 |",
        "| **layers.0 … 11** | Block ×12 |  | 2×4 f32 | 240 | 480 | 720 |",
        "| layers.0 … 11.up | Linear |  | 2×4 f32 | 120 | 240 | 360 |",
        "| layers.0 … 11.down | Linear |  | 2×4 f32 | 120 | 240 | 360 |",
    ]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("a|b", "a\\|b"),
        ("<b>", "&lt;b>"),
        ("back\\slash", "back\\\\slash"),
        ("two\nlines", "two lines"),
        ("__init__", "\\_\\_init\\_\\_"),
        ("fc_1", "fc_1"),
    ],
)
def test_no_name_breaks_the_table(name: str, cell: str) -> None:
    drawing = row(Box("a", name, "linear", "Linear"), Box("y", "y", "io"))
    text = told(small(), drawing, name)
    assert text.startswith(f"# {cell}\n")
    assert rows(text) == [f"| {cell} | Linear |  | 2×4 f32 |  |  |  |"]


def test_a_thousand_layers_stay_a_short_table() -> None:
    boxes = [Box(f"{i} {kind}", kind, kind, kind) for i in range(1000) for kind in ("linear", "activation")]
    assert len(rows(told(small(), row(*boxes)))) < MOST_ROWS


def test_an_output_without_a_type() -> None:
    assert "- output y: ? ?\n" in told(replace(small(), types={"x": F32}))


def test_what_readers_should_know_of_the_graph_and_its_idle_work_are_told() -> None:
    graph = replace(small(), unused={"macs": 1024})
    text = summary("net", graph, draw(graph), count(graph, graph, 0), {}, ("the picture follows a | path",))
    assert "- the picture follows a \\| path" in text and ", and 1,024 of calls that lead to no result" in text
