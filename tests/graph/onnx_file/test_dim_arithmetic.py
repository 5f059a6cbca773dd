"""Expressions over names: true for every size, and as short as they can be read."""

from random import Random

import pytest

from nnviz_action.graph.onnx_file.dim_arithmetic import ARITHMETIC, minus, modulo, over, plus, times
from nnviz_action.graph.onnx_file.dims import Dim
from nnviz_action.graph.sizes import evaluate

WORK = {
    "Add": lambda a, b: a + b, "Sub": lambda a, b: a - b, "Mul": lambda a, b: a * b, "Div": lambda a, b: a // b,
    "Mod": lambda a, b: a % b,
}  # fmt: skip


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (plus("n", 1), "n + 1"), (plus("n + 1", 2), "n + 3"), (plus("n + 1", -1), "n"), (plus("a", "b"), "a + b"),
        (plus(0, "n"), "n"), (minus("n", 3), "n - 3"), (minus("n + 2", "n"), 2), (minus(5, "n"), "0 - n + 5"),
        (times("n", 4), "4*n"), (times(2, "4*n"), "8*n"), (times("a", "b"), "a*b"), (times("n + 1", 2), "2*(n + 1)"),
        (times("n", 0), 0), (over("n", 2), "n//2"), (over("n//2", 2), "n//4"), (over("(n - 1)//2", 4), "(n - 1)//8"),
        (over("4*n", 2), "2*n"), (over("2*(n + 1)", 2), "n + 1"), (over("n", "n"), 1), (over("n", 0), None),
        (modulo("n", 7), "n % 7"), (modulo("n", 1), 0), (plus(None, 1), None), (times("n" * 61, 2), None),
    ],
)  # fmt: skip
def test_what_it_comes_to(found: Dim, shown: Dim) -> None:
    assert found == shown


@pytest.mark.parametrize("seed", range(20))
def test_it_is_true_at_every_size(seed: int) -> None:
    random = Random(seed)
    for _ in range(300):
        sizes = {"h": random.randint(1, 70), "w": random.randint(1, 70)}
        dim: Dim = random.choice(["h", "w", random.randint(1, 9)])
        for _ in range(random.randint(1, 6)):
            name = random.choice(list(WORK))
            other: Dim = random.choice(
                ["h", "w", 1, 2, 3, 4, "h - 1"] if name in ("Add", "Sub") else ["w", 1, 2, 3, 4]
            )
            value = WORK[name](evaluate(dim, sizes), evaluate(other, sizes))
            dim = ARITHMETIC[name](dim, other)
            if dim is None or value < 0:  # a dimension is none: evaluating one gives 0
                break
            assert evaluate(dim, sizes) == value, (dim, sizes)
