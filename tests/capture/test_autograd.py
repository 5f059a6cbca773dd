"""torchviz's graph, kept as values."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import nn

from nnviz_action.capture.autograd import draw
from nnviz_action.capture.built import Built
from nnviz_action.capture.inputs import Inputs
from nnviz_action.drawing.boxes import Box, Drawing, digest
from nnviz_action.errors import ModelError

pytestmark = pytest.mark.torch
PLAIN = {"show_attrs": False, "show_saved": False, "max_attr_chars": 50}
ALL = {"show_attrs": True, "show_saved": True, "max_attr_chars": 50}


def drawn(module: nn.Module, options: dict[str, Any] = PLAIN, shape: tuple[int, ...] = (2, 4)) -> Drawing:
    return draw(Built(module, Inputs((torch.randn(shape),), {}), None), options)


def boxes(drawing: Drawing, kind: str) -> list[Box]:
    return [box for box in drawing.boxes if box.kind == kind]


class Chain(nn.Module):
    def __init__(self, length: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(length))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = layer(x).relu()
        return x


class Sums(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x * self.w).sum(-1)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there is no distutils")
def test_the_model_s_code_finds_the_distutils_of_its_python() -> None:
    """torchviz gets a stand-in, which has nothing but what torchviz wants of it."""
    program = "import nnviz_action.capture.run; from distutils.util import strtobool; import distutils.version as v; v.StrictVersion"
    subprocess.run([sys.executable, "-W", "error::UserWarning", "-c", program], check=True)


def test_the_same_model_gives_the_same_drawing() -> None:
    assert digest(drawn(Chain(3), ALL)) == digest(drawn(Chain(3), ALL)) != digest(drawn(Chain(4), ALL))


def test_keys_come_from_position_and_nothing_shows_an_address() -> None:
    drawing = drawn(Chain(2), ALL)
    assert [box.key for box in drawing.boxes] == [f"n{i}" for i in range(len(drawing.boxes))]
    assert "0x7" not in str(drawing)


def test_a_network_of_any_depth_is_drawn() -> None:
    assert len(boxes(drawn(Chain(3000)), "leaf")) == 6000


def test_a_saved_weight_and_the_weight_are_two_boxes() -> None:
    drawing = drawn(nn.Conv2d(3, 5, 3), ALL, (1, 3, 8, 8))
    assert {(b.title, b.rows) for b in boxes(drawing, "leaf")} == {("weight", ("(5, 3, 3, 3)",)), ("bias", ("(5)",))}
    assert ("weight", ("(5, 3, 3, 3)",)) in {(b.title, b.rows) for b in boxes(drawing, "saved")}


def test_functions_belong_to_the_module_that_ran_them() -> None:
    drawing = drawn(nn.Sequential(nn.Linear(4, 3), nn.Sequential(nn.Tanh(), nn.Linear(3, 2))))
    where = {(b.title, b.modules[-1].path if b.modules else "") for b in boxes(drawing, "function")}
    assert {
        ("AddmmBackward0", "0"),
        ("TanhBackward0", "1.0"),
        ("AddmmBackward0", "1.1"),
        ("MeanBackward0", ""),
    } <= where
    leaves = {b.title: [m.path for m in b.modules] for b in boxes(drawing, "leaf")}
    assert leaves["1.1.weight"] == ["1", "1.1"]


def test_each_call_of_a_shared_module_is_told_apart() -> None:
    act = nn.Tanh()
    drawing = drawn(nn.Sequential(nn.Linear(4, 4), act, nn.Linear(4, 4), act))
    calls = [b.modules[-1].call for b in boxes(drawing, "function") if b.title == "TanhBackward0"]
    assert sorted(calls) == [0, 1]


class Stack(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers[1](self.layers[0](x))


def test_a_parameter_lies_where_its_function_does() -> None:
    drawing = drawn(nn.Sequential(Stack()))
    assert {tuple(m.path for m in b.modules) for b in drawing.boxes if b.modules} == {
        ("0", "0.layers.0"),
        ("0", "0.layers.1"),
    }


class Twice(Sums):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.w * x * self.w.sin()).sum(-1)


def test_a_tensor_saved_twice_keeps_both_names() -> None:
    drawing = drawn(Twice(), ALL)
    ends = {b.key: b for b in drawing.boxes}
    saved = {(ends[a.source].title, ends[a.target].title) for a in drawing.arrows if a.style == "saved"}
    assert {("self", "SinBackward0"), ("other", "MulBackward0")} <= saved


def test_attributes_are_shown_as_torch_names_them() -> None:
    (function,) = [b for b in boxes(drawn(nn.Linear(4, 2), ALL), "function") if "Addmm" in b.title]
    assert "mat1_sym_sizes: (2, 4)" in function.rows and "alpha: 1" in function.rows


def test_a_negative_dim_reads_as_one() -> None:
    (function,) = [b for b in boxes(drawn(Sums(), ALL), "function") if "Sum" in b.title]
    assert "dim: (-1,)" in function.rows


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return 2 * ctx.saved_tensors[0] * grad


class Custom(Sums):
    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        y = Square.apply(x * self.w)
        return {"squared": y, "raw": x * self.w, "index": y.argmax()}


def test_custom_functions_and_several_outputs() -> None:
    drawing = drawn(Custom())
    assert [b.title for b in boxes(drawing, "output")] == ["squared.mean()", "raw.mean()"]
    assert "SquareBackward" in {b.title for b in boxes(drawing, "function")}
    ends = {b.key: b for b in drawing.boxes}
    saved = [(ends[a.source].kind, ends[a.target].title) for a in drawing.arrows if a.style == "saved"]
    assert saved == [("saved", "SquareBackward")]


def test_nothing_to_draw_is_an_error() -> None:
    with pytest.raises(ModelError, match="no output depends on a parameter"):
        drawn(nn.ReLU())
