"""What training keeps: the bytes that autograd's own hooks hear of, by the module that saves them."""

import pytest
import torch
from torch import nn

from nnviz_action.capture.build import build
from nnviz_action.capture.built import Built
from nnviz_action.capture.inputs import Inputs
from nnviz_action.capture.saved import gradient_bytes, saved_bytes, workspace_notes

pytestmark = pytest.mark.torch


TENSOR = {"kind": "tensor", "shape": [5, 2, 8], "dtype": "float32"}


def built(module: nn.Module, *shape: int) -> Built:
    return Built(module, Inputs((torch.randn(shape, requires_grad=True),), {}), None)


def test_each_module_has_what_its_own_calls_save() -> None:
    found = saved_bytes(built(nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 2)), 3, 4))
    # The input, the input of GELU, and what GELU gives: 3×4, 3×8 and 3×8 floats.
    assert found == {"0": 48, "1": 96, "2": 96}


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mask", torch.ones(5))
        self.scale = nn.Parameter(torch.ones(5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x * x * self.mask).sin() * self.scale


def test_memory_counts_once_and_never_that_of_parameters_and_buffers() -> None:
    # x; what sin takes; what sin gives, which its product with the scale saves.
    assert saved_bytes(built(Twice(), 2, 5)) == {"": 3 * 2 * 5 * 4}


def test_a_view_counts_as_the_memory_that_it_keeps_alive() -> None:
    class Part(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (x + 1)[:, 0].exp() * (x + 1)[:, 0].detach()

    # What exp gives, 2 floats, and the whole of x + 1, of which one column is used.
    assert saved_bytes(built(Part(), 2, 5)) == {"": 2 * 4 + 2 * 5 * 4}


def test_frozen_parameters_have_no_gradients() -> None:
    module = nn.Linear(4, 2)
    module.bias.requires_grad_(False)
    assert gradient_bytes(built(module, 1, 4)) == 4 * 2 * 4


def test_the_workspace_of_an_lstm_is_not_counted_and_that_is_told() -> None:
    request = {"args": [], "kwargs": {}, "folder": ".", "fake": "auto", "dims": {}, "weights": "none"}
    request |= {"model": "torch.nn:LSTM", "args": [8, 8], "inputs": {"kind": "positional", "items": [TENSOR]}}
    found = {way: build(request, way, True) for way in ("meta", "real")}
    told = {way: workspace_notes(one) for way, one in found.items()}
    assert "without the workspace of LSTM" in told["meta"][0]
    assert told["real"] == []
    assert saved_bytes(found["meta"]) != saved_bytes(found["real"])
    assert workspace_notes(build(request | {"model": "torch.nn:GRU"}, "meta", True)) == []
