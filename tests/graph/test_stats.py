"""Multiply-accumulates and sizes, each operator against a figure worked out by hand, and a few against torch's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphs import F32

from nnviz_action.graph.numbers import macs, total_macs
from nnviz_action.graph.sizes import bytes_of, elements, evaluate
from nnviz_action.graph.values import Graph, Node, TensorType

SIZES = {"batch": 3, "length": 10, "h": 7}


def shape(text: str) -> tuple[int | str | None, ...] | None:
    """`2 batch ?` as (2, "batch", None); `?` alone is an unknown rank, `-` a scalar."""
    if text in ("?", "-"):
        return () if text == "-" else None
    return tuple(int(word) if word.isdigit() else None if word == "?" else word for word in text.split())


def call(op: str, inputs: str, output: str, domain: str = "", **attributes: object) -> Graph:
    """One operator: `call("MatMul", "2 3, 3 4", "2 4")`; an input without text is omitted."""
    given = {f"i{n}": text.strip() for n, text in enumerate(inputs.split(","))}
    names = tuple(name if text else "" for name, text in given.items())
    outputs = {f"o{n}": text.strip() for n, text in enumerate(output.split(","))}
    types = {name: TensorType("f32", shape(text)) for name, text in (given | outputs).items() if text}
    node = Node("n", op, domain, names, tuple(outputs), tuple(attributes.items()))
    return Graph(names, tuple(outputs), (node,), types)


def around(op: str, *bodies: Graph, inputs: str = "2", output: str = "2", **attributes: object) -> Graph:
    """A control-flow operator with these bodies."""
    outer = call(op, inputs, output, **attributes)
    (node,) = outer.nodes
    named = tuple((f"body{n}", body) for n, body in enumerate(bodies))
    return Graph(
        outer.inputs,
        outer.outputs,
        (Node("n", op, "", node.inputs, node.outputs, node.attributes, bodies=named),),
        outer.types,
    )


SMALL, LARGE = call("MatMul", "2 3, 3 4", "2 4"), call("MatMul", "2 5, 5 4", "2 4")
OPERATORS = {
    "convolution": (call("Conv", "1 3 8 8, 16 3 5 5", "1 16 4 4"), 16 * 4 * 4 * 3 * 25),
    "convolution in groups": (call("Conv", "1 16 8 8, 16 1 3 3, 16", "1 16 8 8", group=16), 16 * 64 * 9),
    "convolution along a line": (call("Conv", "batch 4 length, 6 4 3", "batch 6 length-2"), 3 * 6 * 8 * 4 * 3),
    "convolution of volumes": (call("Conv", "1 2 4 4 4, 3 2 3 3 3", "1 3 2 2 2"), 3 * 8 * 2 * 27),
    "convolution of integers": (call("ConvInteger", "1 3 8 8, 16 3 5 5", "1 16 4 4"), 16 * 4 * 4 * 3 * 25),
    "quantised convolution": (call("QLinearConv", "1 3 8 8, -, -, 16 3 5 5, -, -, -, -", "1 16 4 4"), 16 * 16 * 75),
    "deformable convolution": (call("DeformConv", "1 3 8 8, 16 3 5 5, 1 50 4 4", "1 16 4 4"), 16 * 16 * 75),
    "transposed convolution": (call("ConvTranspose", "1 8 4 4, 8 6 2 2", "1 6 8 8"), 8 * 16 * 6 * 4),
    "transposed in groups": (call("ConvTranspose", "2 8 4 4, 8 1 2 2", "2 8 8 8", group=8), 2 * 8 * 16 * 4),
    "product": (call("MatMul", "2 3, 3 4", "2 4"), 2 * 3 * 4),
    "product with a symbol": (call("MatMul", "batch 2*length 8, 8 4", "batch 2*length 4"), 3 * 20 * 8 * 4),
    "product, batch broadcast": (call("MatMul", "5 1 2 3, 7 3 4", "5 7 2 4"), 35 * 2 * 3 * 4),
    "vector times matrix": (call("MatMul", "3, 3 4", "4"), 12),
    "matrix times vector": (call("MatMul", "4 3, 3", "4"), 12),
    "vector times vector": (call("MatMul", "3, 3", "-"), 3),
    "product of integers": (call("MatMulInteger", "2 3, 3 4", "2 4"), 24),
    "quantised product": (call("QLinearMatMul", "2 3, -, -, 3 4, -, -, -, -", "2 4"), 24),
    "gemm": (call("Gemm", "2 3, 4 3, 4", "2 4", transB=1), 24),
    "gemm, first transposed": (call("Gemm", "3 2, 3 4", "2 4", transA=1), 24),
    "einsum, product": (call("Einsum", "2 3, 3 4", "2 4", equation="ij, jk -> ik"), 24),
    "einsum, implicit result": (call("Einsum", "2 3, 3 4", "2 4", equation="ij,jk"), 24),
    "einsum, batch": (call("Einsum", "batch 2 3, batch 4 3", "batch 2 4", equation="bik,bjk->bij"), 72),
    "einsum, ellipsis": (call("Einsum", "5 1 2 3, 7 3 4", "5 7 2 4", equation="...ij,...jk->...ik"), 35 * 24),
    "einsum, ellipsis, 1 behind 7": (call("Einsum", "7 3 4, 5 1 2 3", "5 7 2 4", equation="...jk,...ij->...ik"), 35 * 24),
    "einsum, trace before": (call("Einsum", "9 9 3, 3 4", "4", equation="iij,jk"), 12),
    "einsum, element-wise": (call("Einsum", "2 3, 2 3", "2 3", equation="ij,ij->ij"), 0),
    "einsum, outer": (call("Einsum", "2, 3", "2 3", equation="i,j->ij"), 0),
    "einsum, summed before": (call("Einsum", "9 3, 3 4", "4", equation="ij,jk->k"), 12),
    "einsum, one factor": (call("Einsum", "2 3", "3 2", equation="ij->ji"), 0),
    "einsum, three factors": (call("Einsum", "2 3, 3 4, 4 5", "2 5", equation="ij,jk,kl->il"), 24 + 40),
    "lstm": (call("LSTM", "10 batch 8, 1 24 8, 1 24 6", "10 1 batch 6"), 30 * (24 * 8 + 24 * 6)),
    "gru, both ways": (call("GRU", "10 2 8, 2 18 8, 2 18 6", "10 2 2 6"), 20 * 2 * (18 * 8 + 18 * 6)),
    "rnn, batch first": (call("RNN", "2 10 8, 1 6 8, 1 6 6", "2 10 1 6", layout=1), 20 * (48 + 36)),
    "attention": (call("Attention", "2 4 5 8, 2 4 7 8, 2 4 7 6", "2 4 5 6"), 2 * 4 * 5 * 7 * (8 + 6)),
    "attention, shared heads": (call("Attention", "2 4 5 8, 2 1 7 8, 2 1 7 8", "2 4 5 8"), 2 * 4 * 5 * 7 * 16),
    "attention, heads packed": (call("Attention", "2 5 32, 2 7 16, 2 7 16", "2 5 32", q_num_heads=4), 2 * 5 * 7 * 64),
    "attention, past keys": (call("Attention", "1 4 1 8, 1 4 1 8, 1 4 1 8,, 1 4 9 8, 1 4 9 8", "1 4 1 8"), 4 * 10 * 16),
    "attention, opaque": (call("scaled_dot_product_attention", "2 3 4 5 8, 2 3 4 7 8, 2 3 4 7 8", "2 3 4 5 8", "nnviz.opaque"), 24 * 5 * 7 * 16),
    "groups of rows, opaque": (call("_grouped_mm", "20 8, 4 8 6, 4", "20 6", "nnviz.opaque"), 20 * 8 * 6),
    "the dearest branch": (around("If", SMALL, LARGE), 40),
    "a loop that stacks": (around("Loop", SMALL, inputs="-, -, 2 3", output="2 3, 6 2 4"), 6 * 24),
    "a loop of any number": (around("Loop", SMALL, inputs="-, -, 2 3", output="2 3"), 24),
    "a loop that stacks by name": (around("Loop", SMALL, inputs="-, -", output="batch 2 4"), 3 * 24),
    "a scan": (around("Scan", SMALL, inputs="4, 9 4", output="4", num_scan_inputs=1), 9 * 24),
    "a scan of another axis": (around("Scan", SMALL, inputs="4, 9 5", output="4", num_scan_inputs=1, scan_input_axes=(1,)), 120),
    "a loop in a branch": (around("If", around("Loop", SMALL, inputs="-, -", output="6 2 4"), LARGE), 144),
    "no product": (call("Relu", "2 3", "2 3"), 0),
    "somebody else's MatMul": (call("MatMul", "2 3, 3 4", "2 4", "com.example"), 0),
    "ONNX's own, by its other name": (call("MatMul", "2 3, 3 4", "2 4", "ai.onnx"), 24),
    "unknown dimension": (call("MatMul", "? 3, 3 4", "? 4"), 12),
    "unknown rank": (call("MatMul", "?, 3 4", "?"), 0),
    "ill-fitting shapes": (call("Einsum", "2 3", "2 3", equation="ijk->ijk"), 0),
    "missing operand": (call("Conv", "1 3 8 8", "1 16 4 4"), 0),
}  # fmt: skip


@pytest.mark.parametrize("case", OPERATORS)
def test_macs(case: str) -> None:
    graph, wanted = OPERATORS[case]
    assert macs(graph.nodes[0], graph, SIZES) == wanted


@pytest.mark.parametrize(
    ("dim", "wanted"),
    [
        (4, 4),
        (None, 1),
        ("batch", 3),
        ("unheard_of", 1),
        ("2*batch + 1", 7),
        ("((length - 1)//2) + 1", 5),
        ("Max(1, batch)", 3),
        ("Min(batch, length, 2)", 2),
        ("floor(h/2)", 3),
        ("ceiling(h/2)", 4),
        ("2*(h/2)", 7),
        ("0.5*length", 5),
        ("Mod(length, batch)", 1),
        ("length % h", 3),
        ("FloorDiv(length, batch)", 3),
        ("CeilToInt(IntTrueDiv(length, batch))", 4),
        ("batch**2", 9),
        ("-batch + length", 7),
        ("batch - length", 0),
        (" batch", 3),
        ("batch length", 1),
        ("", 1),
        ("9**9**9", 1),
        ("((((((9**16)**16)**16)**16)**16)**16)**16", 1),
        ("batch**length", 3**10),
        ("batch**0.5", 1),
        ("h/0", 1),
        ("__import__('os').getcwd()", 1),
        ("nothing(3)", 1),
        ("Max(1, key=2)", 1),
        ("'text'*3", 1),
        ("(" * 300 + "1" + ")" * 300, 1),
        ("1" + "+1" * 5000, 1),
    ],
)
def test_the_value_of_a_dimension(dim: int | str | None, wanted: int) -> None:
    assert evaluate(dim, SIZES) == wanted


def test_a_name_may_look_like_an_expression() -> None:
    assert evaluate("batch-size", {"batch-size": 5, "batch": 2}) == 5


@pytest.mark.parametrize(
    ("dtype", "wanted"),
    [
        ("f32", 60), ("f64", 120), ("bf16", 30), ("i64", 120), ("u8", 15), ("bool", 15), ("c128", 240),
        ("float8e4m3fn", 15), ("uint4", 8), ("float4e2m1", 8), ("str", 0), ("?", 0),
    ],
)  # fmt: skip
def test_bytes(dtype: str, wanted: int) -> None:
    assert bytes_of(TensorType(dtype, ("batch", 5)), SIZES) == wanted


def test_elements() -> None:
    assert elements(TensorType("f32", ("batch", 2, None)), SIZES) == 6
    assert elements(TensorType("f32", ()), SIZES) == 1
    assert elements(TensorType("f32", None), SIZES) == elements(None, SIZES) == 0
    assert elements(F32, {}) == 8


TORCH: dict[str, tuple[Callable[[Any], Any], tuple[int, ...]]] = {
    "convolutions": (lambda nn: nn.Sequential(nn.Conv2d(4, 8, 3, 2, groups=2), nn.ConvTranspose2d(8, 4, 2, 2)), (2, 4, 17, 17)),
    "attention": (lambda nn: nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), (2, 5, 32)),
    "recurrent": (lambda nn: nn.LSTM(8, 6, num_layers=2, bidirectional=True), (5, 2, 8)),
}  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("case", TORCH)
def test_torch_counts_the_same(case: str, tmp_path: Path) -> None:
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    from nnviz_action.graph.onnx_file import read_graph

    make, size = TORCH[case]
    module, x = make(torch.nn).eval(), torch.randn(size)
    torch.onnx.export(module, (x,), tmp_path / "model.onnx", dynamo=True, verbose=False)
    graph = read_graph(tmp_path / "model.onnx")
    counter = FlopCounterMode(display=False)
    # As one operator, attention and LSTM have no formula in torch's counter.
    with torch.backends.mkldnn.flags(enabled=False), sdpa_kernel(SDPBackend.MATH), counter:
        module(x)
    assert 2 * total_macs(graph, {}) == counter.get_total_flops() > 0
