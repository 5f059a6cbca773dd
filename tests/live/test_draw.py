"""A live model is drawn as its config would have it drawn, and is the same model afterwards."""

import random
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy
import pytest
import torch
from torch import nn

from nnviz_action.live import Options, draw

EXAMPLES = Path(__file__).parents[2] / "examples"
DIAGRAMS = EXAMPLES / "diagrams"


class Net(nn.Module):
    """A layer, a loop, and what many models have beside layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm, self.drop = nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5)
        self.blocks = nn.ModuleList(nn.Linear(8, 8) for _ in range(3))
        self.seen: list[int] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """N × 4 → N × 8."""
        self.seen.append(len(x))
        x = self.drop(self.norm(self.first(x)))
        for block in self.blocks:
            x = block(x) + x
        return x


class Counter(nn.Module):
    """It writes to its buffers, to its parameters, and asks for values."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """N × 4 → N × 4."""
        self.calls += 1
        with torch.no_grad():
            self.linear.weight.mul_(0.5)
        return self.linear(x + torch.rand(())) if x.sum() > 0 else x


class Uncopied(nn.Module):
    """It holds what cannot be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.lock, self.library = nn.Linear(4, 4), threading.Lock(), numpy
        self.numbers = (number for number in range(3))
        self.computed = self.linear.weight * 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """N × 4 → N × 4."""
        with self.lock:
            return self.linear(x) @ self.computed


def _hooked() -> nn.Module:
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    model[0].register_forward_hook(lambda *_: None)
    model[1].register_full_backward_hook(lambda *_: None)
    return model


def _weighted() -> nn.Module:
    old = nn.utils.spectral_norm(nn.Linear(4, 4))
    return nn.Sequential(old, nn.utils.parametrizations.weight_norm(nn.Linear(4, 4)))


def _trained() -> nn.Module:
    model = Net()
    model(torch.ones(2, 4)).sum().backward()
    model.first.weight.requires_grad_(False)
    return model


KINDS: dict[str, Callable[[], nn.Module]] = {
    "plain": Net,
    "writes": Counter,
    "uncopied": Uncopied,
    "hooked": _hooked,
    "weights of weights": _weighted,
    "trained": _trained,
    "compiled": lambda: torch.compile(Net()),  # type: ignore[dict-item, return-value]
    "scripted": lambda: torch.jit.script(nn.Sequential(nn.Linear(4, 4), nn.ReLU())),
    "parallel": lambda: nn.DataParallel(Net()),
}


def _state(model: nn.Module) -> list[object]:
    """All that a forward pass could leave in a model, and in the process."""
    tensors = [*model.named_parameters(), *model.named_buffers()]
    weights = [(name, id(t), t._version, t.requires_grad, t.tolist(), t.grad is None) for name, t in tensors]
    plain = (int, float, str, bool, list, tuple)
    modules = [
        (name, m.training, sorted(vars(m)), len(m._forward_hooks), len(m._forward_pre_hooks), "forward" in vars(m))
        + tuple(repr(value) for value in vars(m).values() if isinstance(value, plain))
        for name, m in model.named_modules()
    ]
    chance = (torch.get_rng_state().tolist(), random.getstate(), numpy.random.get_state()[1].tolist())
    return [weights, modules, chance, torch.compile, torch.is_grad_enabled(), torch.get_default_dtype()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("view", ["forward", "autograd"])
def test_a_model_is_left_as_it_was(kind: str, view: str) -> None:
    model = KINDS[kind]()
    before = _state(model)
    picture = draw(model, torch.ones(2, 4), options={"view": view})
    assert picture.svg().startswith("<svg")
    assert _state(model) == before


def test_it_trains_on_as_if_nothing_had_been() -> None:
    torch.manual_seed(1)
    model, x = Net(), torch.ones(2, 4)
    copy = Net()
    copy.load_state_dict(model.state_dict())
    state = torch.get_rng_state()
    draw(model, x)
    model(x).sum().backward()
    torch.set_rng_state(state)
    copy(x).sum().backward()
    assert torch.equal(model.first.weight.grad, copy.first.weight.grad)
    assert model.seen == copy.seen == [2]


@pytest.mark.parametrize("view", ["forward", "overview", "autograd"])
def test_it_is_the_picture_of_the_config(view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    from three_layers import Net as Example  # it lies where the examples do

    picture = draw(Example(), torch.randn(5, 8), options=Options(view=view, name="three_layers"))
    assert picture.png() == (DIAGRAMS / "three_layers" / f"{view}.png").read_bytes()
    if view == "forward":
        assert picture.summary() == (DIAGRAMS / "three_layers" / "summary.md").read_text()


def test_lazy_layers_learn_their_sizes_in_the_picture_alone() -> None:
    model = nn.Sequential(nn.LazyLinear(8), nn.LazyBatchNorm1d(), nn.Linear(8, 2))
    picture = draw(model, torch.ones(3, 5))
    assert picture.numbers["parameters"] == 5 * 8 + 8 + 2 * 8 + 8 * 2 + 2
    assert isinstance(model[0].weight, nn.UninitializedParameter)


def test_inputs_may_be_anything_that_forward_takes() -> None:
    class Nested(nn.Module):
        def forward(self, batch: dict[str, list[torch.Tensor]], *, scale: float, flag: bool = False) -> torch.Tensor:
            return batch["x"][0] * scale + batch["x"][1]

    one = torch.ones(2, 3)
    picture = draw(Nested(), {"x": [one, torch.zeros(2, 3)]}, scale=0.5)
    assert picture.graph.inputs == ("batch.x.0", "batch.x.1")
    assert torch.equal(one, torch.ones(2, 3))


@pytest.mark.parametrize("within", [torch.no_grad, torch.inference_mode])
def test_it_counts_the_same_whatever_the_caller_has_switched_off(
    within: Callable[[], AbstractContextManager[None]],
) -> None:
    model, x = Net(), torch.ones(2, 4)
    plain = draw(model, x)
    with within():
        assert draw(model, x).numbers == plain.numbers


class Keeping(nn.Module):
    """What it computed stays in a dict, in a list, and in an object."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.kept, self.states = nn.Linear(4, 4), {}, []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """N × 4 → N × 4."""
        self.kept["last"] = self.linear(x)
        self.states.append(self.kept["last"])
        return self.kept["last"] * 2


def test_what_calls_left_in_it_stays() -> None:
    model, x = Keeping(), torch.ones(2, 4)
    model(x)
    last = model.kept["last"]
    draw(model, x)
    assert model.kept["last"] is last
    assert model.states == [last]


class Batch:
    """An input that is no list, tuple or dict."""

    def __init__(self, x: torch.Tensor) -> None:
        self.x = x


class Overwriting(nn.Module):
    """It changes what it is given."""

    def forward(self, batch: Batch) -> torch.Tensor:
        """The batch's own tensor, N × 4, twice as large."""
        batch.x = batch.x * 2
        return batch.x


def test_inputs_stay_as_they_are() -> None:
    batch = Batch(torch.ones(2, 4))
    draw(Overwriting(), batch)
    assert torch.equal(batch.x, torch.ones(2, 4))


def test_an_error_is_the_models_own() -> None:
    with pytest.raises(RuntimeError, match="shape"):
        draw(Net(), torch.ones(2, 5))


def test_it_is_saved_by_the_ending_of_its_name(tmp_path: Path) -> None:
    picture = draw(Net(), torch.ones(2, 4))
    assert picture.save(tmp_path / "net.png").read_bytes().startswith(b"\x89PNG")
    assert picture.save(tmp_path / "net.svg", theme="dark").read_text() == picture.svg("dark")
    assert picture._repr_svg_() == picture.svg()
    with pytest.raises(ValueError, match=r"net\.gif: a picture ends with \.png, \.svg"):
        picture.save(tmp_path / "net.gif")


def test_it_is_drawn_otherwise_without_another_run() -> None:
    model = Net()
    picture = draw(model, torch.ones(2, 4))
    closed = picture.with_options(depth=0, color="parameters")
    assert closed.svg() != picture.svg()
    assert closed.graph is picture.graph
    assert picture.with_options(view="overview").drawn.sheet.height <= 900
    for options in ({"view": "autograd"}, {"mode": "train"}):
        with pytest.raises(ValueError, match="needs another run of the model"):
            picture.with_options(**options)


@pytest.mark.parametrize("options", [{"depth": -1}, {"view": "sideways"}, {"no": 1}, {"direction": "up"}])
def test_options_that_make_no_sense_are_told(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        draw(Net(), torch.ones(2, 4), options=options)


def test_a_module_that_cannot_be_drawn_alone_is_told_with_others() -> None:
    for focus, why in (("first", "is a single box"), ("nosuch", "is no module that is drawn")):
        with pytest.raises(ValueError, match=f"focus='{focus}' {why}"):
            draw(Net(), torch.ones(2, 4), options={"focus": focus}).svg()
