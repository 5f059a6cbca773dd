"""Shapes that cannot all be true are told, and drawn as the file has them."""

from pathlib import Path

import pytest
from adopting import model, taken

CASES = {
    "a declared output": (
        "net (float[2,4] x) => (float[2,5] y) { [act] y = Relu(x) }", "",
        "Relu 'act': inferred shape and existing shape differ in dimension 1: (4) vs (5)",
    ),
    "a product": (
        "net (float[2,4] x) => (float[2,3] y) { y = MatMul(x, w) }", "w 5×3",
        "MatMul: incompatible dimensions for matrix multiplication",
    ),
    "a product in an old opset": (
        "net (float[2,4] x) => (float[2,3] y) { y = MatMul(x, w) }", "w 5×3",
        "MatMul: incompatible dimensions for matrix multiplication",
    ),
    "the body of a branch": (
        "net (float[2,4] x, bool c) => (float[2,5] y) { y = If(c) <then_branch = t () => (float[2,5] a) { a = Neg(x) }, "
        "else_branch = e () => (float[2,5] b) { b = Abs(x) }> }", "",
        "Neg: inferred shape and existing shape differ in dimension 1: (4) vs (5)",
    ),
    "channels": (
        "net (float[1,4,9,9] x) => (float[1,6,7,7] y) { [stem] y = Conv<group = 2>(x, w) }", "w 6×3×3×3",
        "Conv 'stem': 4 channels come in, its weight is for 6",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_contradiction_is_told(case: str, tmp_path: Path) -> None:
    text, weights, said = CASES[case]
    graph, _, adopted = taken(model(text, 9 if "old" in case else 20, weights), tmp_path)
    assert adopted.notes[0] == f"its shapes contradict each other at {said}"
    assert graph.nodes, "and it is drawn"


def test_many_are_counted(tmp_path: Path) -> None:
    chain = " ".join(f"v{i + 1} = Add(v{i}, w)" for i in range(9))
    net = f"net (float[2,4] v0) => (float[2,4] v9) <float[2,4] v1, float[2,4] v2> {{ {chain} }}"
    notes = taken(model(net, 20, "w 5"), tmp_path)[2].notes
    assert len(notes) <= 4


@pytest.mark.parametrize(
    "text",
    [
        "net (float[n,4] x) => (float[m,4] y) { y = Relu(x) }",
        "net (float[n,4] x) => (float[2,4] y) { y = Relu(x) }",
        "net (float[2,4] x) => (float[2,4] y) { h = own.Thing(x)  y = Relu(h) }",
    ],
    ids=["names", "a name and a number", "an operator of nobody's"],
)
def test_what_may_be_true_is_not_told(text: str, tmp_path: Path) -> None:
    assert not taken(model(text, domains=', "own": 1'), tmp_path)[2].notes
