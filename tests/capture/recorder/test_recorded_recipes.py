"""How buffers and constants are made."""

import copy

import numpy as np
import pytest
import torch
from recorded import recorded
from torch import nn
from torch.overrides import handle_torch_function

from nnviz_action.capture.built import Built
from nnviz_action.capture.inputs import Inputs
from nnviz_action.capture.recorder import record
from nnviz_action.capture.recorder.legacy import legacy_constructors
from nnviz_action.capture.recorder.recipes import listening
from nnviz_action.graph.digest import digest

pytestmark = pytest.mark.torch


class Angles(nn.Module):
    def __init__(self, theta=10000.0):
        super().__init__()
        self.register_buffer("turns", 1.0 / theta ** (torch.arange(0, 8, 2).float() / 8))

    def forward(self, x):
        return x * self.turns


def recipe(make, device="cpu"):
    with listening() as recipes, torch.device(device):
        module = make()
        recipes.name(module)
    return recipes.named


def buffer(function):
    class Holder(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("held", function())

    return recipe(Holder)["held"]


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_the_calls_and_numbers_of_a_buffer(device):
    assert recipe(Angles, device) == {"turns": "1 / (10000 ** (arange(0, 8, 2) / 8))"}


def graph_of(theta):
    with listening() as recipes:
        module = Angles(theta)
        recipes.name(module)
    built = Built(module.eval(), Inputs((torch.ones(2, 4),), {}), None)
    built.recipes = recipes
    return record(built, {"dims": {}, "folder": "."}).graph


def test_another_number_is_another_digest():
    assert digest(graph_of(10000.0)) != digest(graph_of(500000.0))
    assert digest(graph_of(10000.0)) == digest(graph_of(10000.0))
    assert graph_of(10000.0).weights["turns"].recipe == "1 / (10000 ** (arange(0, 8, 2) / 8))"


def test_a_table_that_is_filled_in_parts():
    def table():
        made = torch.zeros(4, 8)
        made[:, 0::2] = torch.sin(torch.arange(4)[:, None] / 3)
        made[0].mul_(2)
        return made

    part = "zeros; [:, ::2] = sin(arange(4)[:, None] / 3)"
    assert buffer(table) == f"{part}; ({part})[0] * 2"


def test_methods_operators_and_casts_say_the_same():
    assert buffer(lambda: torch.arange(4).float().mul(2).contiguous()) == buffer(
        lambda: torch.mul(torch.arange(4), 2)
    )
    assert buffer(lambda: torch.empty(3).fill_(2.0)) == buffer(lambda: torch.zeros(3).fill_(2.0)) == "full(2)"


def test_numbers_that_torch_did_not_make():
    assert buffer(lambda: torch.from_numpy(np.arange(3.0))) == "tensor([0,1,2])"


def test_a_long_recipe_is_a_hash():
    def long():
        made = torch.arange(4)
        for number in range(500):
            made = made * number + made
        return made

    assert len(buffer(long)) == 16


def test_old_constructors_take_no_memory_on_the_meta_device():
    with legacy_constructors(), torch.device("meta"):
        made = [torch.Tensor(100_000, 100_000), torch.FloatTensor(100_000, 100_000), torch.LongTensor([1, 2])]
    assert [m.is_meta for m in made] == [True, True, True]
    assert [m.dtype for m in made] == [torch.float32, torch.float32, torch.int64]
    assert torch.Tensor(2, 3).shape == (2, 3)
    assert isinstance(torch.zeros(1), torch.FloatTensor)
    assert recorded(lambda x: x + torch.Tensor([1.0, 2.0]), torch.ones(2)).graph.nodes[0].op == "tensor"


def test_a_copy_is_made_as_what_it_is_copied_from():
    with listening() as recipes:
        module = copy.deepcopy(nn.Sequential(Angles(500.0), Angles()))
        recipes.name(module)
    made = "(arange(0, 8, 2) / 8)"
    assert recipes.named == {"0.turns": f"1 / (500 ** {made})", "1.turns": f"1 / (10000 ** {made})"}


def test_the_sizes_of_what_is_joined():
    def mask(ones):
        return buffer(lambda: torch.cat([torch.ones(ones), torch.zeros(8 - ones)]))

    assert mask(3) == "cat([ones, zeros], sizes=[3, 5])" != mask(4)
    blocks = [buffer(lambda n=n: torch.block_diag(torch.ones(n, n), torch.ones(5 - n, 5 - n))) for n in (2, 3)]
    assert blocks[0] != blocks[1]


class Odd(torch.Tensor):
    """Of a library whose functions take anything."""

    def apply_options(self, options):
        return handle_torch_function(Odd._scaled, (self,), self, options)

    def _scaled(self, options):
        return self * 2


def test_functions_that_are_given_what_nobody_expects():
    def made():
        return torch.arange(3).as_subclass(Odd).to(torch.float32).apply_options({"by": torch.ones(2)}) + 1

    assert buffer(made)
