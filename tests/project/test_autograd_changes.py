"""What changed in training alone is told: functions, and parameters that receive no gradient."""

from collections.abc import Callable
from pathlib import Path

import pytest
from repository import Repository

from nnviz_action.comparison.backward import MOST, backward_changes

Cli = Callable[..., tuple[int, str, str]]
NET = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.rows = nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        x = self.stem(x)
        if self.training:
            {edit}
        return self.head(self.rows(x))
"""
CONFIG = "models:\n  net:\n    model: net:Net\n    inputs: [[2, 4]]\n    export: never\n    theme: light\n"


@pytest.mark.torch
def test_what_changed_in_training_alone(tmp_path: Path, cli: Cli) -> None:
    work = Repository(tmp_path / "work")
    work.write({"net.py": NET.format(edit="pass"), "nnviz.yaml": CONFIG})
    assert cli(work, "generate")[0] == 0
    work.commit("as it was")
    work.write({"net.py": NET.format(edit="x = x.detach().requires_grad_() * 2")})
    assert cli(work, "generate")[0] == 0
    code, out, _ = cli(work, "diff")
    assert code == 1
    assert "net  the autograd graph changed, the forward graph did not" in out
    assert "  - stem.weight: no longer receives a gradient\n" in out
    assert "  - stem.bias: no longer receives a gradient\n" in out
    assert "  - stem: AddmmBackward\n" in out
    assert "  + the top: MulBackward\n" in out
    assert "rows" not in out
    assert "\n- − stem.weight: no longer receives a gradient\n" in cli(work, "diff", "--format", "markdown")[1]
    assert '"backward": [' in cli(work, "diff", "--format", "json")[1]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"a Relu": 2}, {"a Relu": 1}, ("~ a: Relu 2 → 1",)),
        ({"a Relu": 2}, {}, ("- a: Relu ×2",)),
        ({" Mul": 1}, {" Mul": 1, " Sum": 1}, ("+ the top: Sum",)),
        (
            {"b.* Relu": 1, "b.*.w gradient": 3}, {"b.* Relu": 2, "b.*.w gradient": 2},
            ("~ b.*.w: 3 → 2 receive a gradient", "~ b.*: Relu 1 → 2"),
        ),
        ({"w gradient": 1}, {"w gradient": 1}, ("the same functions, wired otherwise, or of other sizes",)),
    ],
)  # fmt: skip
def test_counts_in_words(old: dict[str, int], new: dict[str, int], told: tuple[str, ...]) -> None:
    assert backward_changes(old, new) == told


def test_what_is_too_much_is_counted() -> None:
    told = backward_changes({}, {f"{name} Relu": 1 for name in "abcdefghijk"})
    assert (len(told), told[-1]) == (MOST + 1, "3 more")
