"""Weights that were drawn by chance do not depend on what else was drawn."""

import pytest
import torch
from torch import nn

from nnviz_action.capture.chance import settle_chance
from nnviz_action.capture.recorder.recipes import listening

pytestmark = pytest.mark.torch


class Net(nn.Module):
    def __init__(self, more: int = 0, std: float = 0.0) -> None:
        super().__init__()
        self.more = nn.ModuleList(nn.Linear(3, 3) for _ in range(more))
        self.fc, self.norm = nn.Linear(4, 4), nn.LayerNorm(4)
        self.place = nn.Parameter(torch.randn(4) * 0.02)
        self.table = nn.Parameter(torch.eye(4), requires_grad=False)
        self.bound = nn.Parameter(torch.tensor(0.9))
        if std:
            nn.init.trunc_normal_(self.fc.weight, std=std)


def weights(more: int = 0, std: float = 0.0) -> dict[str, torch.Tensor]:
    with listening() as recipes:
        module = Net(more, std)
    settle_chance(module, recipes.by_chance)
    return {name: p for name, p in module.named_parameters() if not name.startswith("more")}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_neither_layers_before_nor_another_initialisation_matter() -> None:
    assert same(weights(), weights(more=2)) and same(weights(), weights(std=0.02))


def test_what_is_set_stays() -> None:
    found = weights()
    assert torch.equal(found["table"], torch.eye(4)) and found["bound"].item() == pytest.approx(0.9)
    assert torch.equal(found["norm.weight"], torch.ones(4))


def test_loaded_weights_stay() -> None:
    loaded = {"weight": torch.full((2, 2), 0.5), "bias": torch.arange(2.0)}
    with listening() as recipes:
        module = nn.Linear(2, 2)
        module.load_state_dict(loaded)
    settle_chance(module, recipes.by_chance)
    assert torch.equal(module.weight, loaded["weight"]) and torch.equal(module.bias, loaded["bias"])


def test_weights_of_no_elements_and_of_small_types_are_left_alone() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.none = nn.Parameter(torch.empty(0, 3).normal_())
            self.small = nn.Parameter(torch.randn(2, 2).to(torch.float8_e4m3fn), requires_grad=False)

    with listening() as recipes:
        module = Odd()
    before = module.small.detach().clone()
    settle_chance(module, lambda _: True)
    assert module.none.shape == (0, 3) and torch.equal(module.small.float(), before.float())
    settle_chance(module, recipes.by_chance)
