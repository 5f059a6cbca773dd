"""Which keys of an old state dict became which, held against torch's own `load_state_dict`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from loading import really_loads, written_function
from mutation import _record, positional, tensor
from torch import nn

from nnviz_action.comparison import diff
from nnviz_action.comparison.checkpoint import Checkpoint
from nnviz_action.graph.state_dict import remainder
from nnviz_action.graph.values import Graph
from nnviz_action.report.checkpoint_text import rows, summary

pytestmark = pytest.mark.torch
Make = Callable[[], nn.Module]
ROW, X = positional(tensor(2, 8)), torch.rand(2, 8)


class Layer(nn.Module):
    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names
        for name in names:
            setattr(self, name, nn.Linear(8, 8))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for name in self.names:
            x = getattr(self, name)(x).relu()
        return x


class Stack(nn.Module):
    """Equal layers, a norm that is used, a layer that is not, and a head."""

    def __init__(
        self,
        home: str = "layers",
        names: tuple[str, ...] = ("q", "k"),
        out: int = 4,
        spare: str = "spare",
        count: int = 3,
    ) -> None:
        super().__init__()
        self.home = home
        setattr(self, home, nn.ModuleList(Layer(*names) for _ in range(count)))
        self.norm = nn.BatchNorm1d(8)
        setattr(self, spare, nn.Linear(2, 2))
        self.head = nn.Linear(8, out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in getattr(self, self.home):
            x = layer(x)
        out: torch.Tensor = self.head(self.norm(x))
        return out


class Single(nn.Module):
    """A layer behind a factor that is a buffer or a parameter."""

    def __init__(self, layer: nn.Module, persistent: bool = True) -> None:
        super().__init__()
        self.layer = layer
        self.register_buffer("factor", torch.ones(8), persistent=persistent)

    def forward(self, x: torch.Tensor) -> Any:
        return self.layer(x * self.factor)


class Tied(nn.Module):
    def __init__(self, tied: bool) -> None:
        super().__init__()
        self.one, self.other = nn.Linear(8, 8), nn.Linear(8, 8)
        if tied:
            self.other.weight = self.one.weight

    def forward(self, x: torch.Tensor) -> Any:
        return self.other(self.one(x).relu())


class Extra(nn.Module):
    """Keeps something under a key that is no tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(8, 8)

    def forward(self, x: torch.Tensor) -> Any:
        return self.inner(x)

    def get_extra_state(self) -> Any:
        return {"step": 1}

    def set_extra_state(self, state: Any) -> None:
        assert state == {"step": 1}


class Scalar(nn.Module):
    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.ones(shape))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor


def graph(make: Make) -> Graph:
    return _record(make, ROW, "eval", {})


def checkpoint(old: Make, new: Make) -> Checkpoint:
    found = diff(graph(old), graph(new)).checkpoint
    assert found is not None
    return found


PAIRS: dict[str, tuple[Make, Make, str]] = {
    "nothing": (Stack, Stack, "all 21 keys load as they are"),
    "head": (Stack, lambda: Stack(out=5), "2 keys reshaped: load_state_dict fails; 19 load as they are"),
    "home": (Stack, lambda: Stack(home="blocks"), "12 keys renamed: load_state_dict fails; 9 load as they are"),
    "names": (
        Stack, lambda: Stack(names=("query", "key")), "12 keys renamed: load_state_dict fails; 9 load as they are",
    ),
    "unused": (
        Stack, lambda: Stack(spare="rest"), "2 keys gone, 2 new: load_state_dict fails; 19 load as they are",
    ),
    "fewer": (Stack, lambda: Stack(count=2), "4 keys gone: load_state_dict fails; 17 load as they are"),
    "double": (
        lambda: nn.Sequential(nn.ReLU(), Scalar(8)), lambda: nn.Sequential(nn.ReLU(), Scalar(8)).double(),
        "1 key retyped: load_state_dict casts it",
    ),
    "unsaved": (
        lambda: Single(nn.Linear(8, 8)), lambda: Single(nn.Linear(8, 8), persistent=False),
        "1 key gone: load_state_dict fails; 2 load as they are",
    ),
    "compiled": (
        lambda: Single(nn.Linear(8, 8)), lambda: Single(torch.compile(nn.Linear(8, 8))),  # type: ignore[arg-type]
        "2 keys renamed: load_state_dict fails; 1 loads as it is",
    ),
    "weight norm": (
        lambda: Single(nn.Linear(8, 8)), lambda: Single(nn.utils.parametrizations.weight_norm(nn.Linear(8, 8))),
        "1 key gone, 2 new: load_state_dict fails; 2 load as they are",
    ),
    "no bias": (
        lambda: Single(nn.Linear(8, 8)), lambda: Single(nn.Linear(8, 8, bias=False)),
        "1 key gone: load_state_dict fails; 2 load as they are",
    ),
    "untied": (
        lambda: Tied(True), lambda: Tied(False),
        "all 4 keys load as they are; 2 keys that were one load the same values",
    ),
    "tied": (
        lambda: Tied(False), lambda: Tied(True),
        "all 4 keys load as they are; 2 keys become one: of the old values that of other.weight stays",
    ),
    "still tied": (lambda: Tied(True), lambda: Tied(True), "all 4 keys load as they are"),
    "lazy": (lambda: Single(nn.Linear(8, 8)), lambda: Single(nn.LazyLinear(8)), "all 3 keys load as they are"),
    "extra": (lambda: Single(Extra()), lambda: Single(Layer("inner")), "1 key gone: load_state_dict fails; 3 load as they are"),
    "scalar of one": (lambda: Scalar(1), lambda: Scalar(), "the one key loads as it is"),
    "scalar of eight": (lambda: Scalar(8), lambda: Scalar(), "1 key reshaped: load_state_dict fails; none loads"),
    "one of scalar": (lambda: Scalar(), lambda: Scalar(1), "1 key reshaped: load_state_dict fails; none loads"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_becomes_of_the_keys_is_what_torch_says(name: str) -> None:
    old, new, told = PAIRS[name]
    found = checkpoint(old, new)
    assert summary(found) == told
    assert found.loads == really_loads(old, new, X)
    assert checkpoint(new, old).loads == really_loads(new, old, X)
    assert sorted(found.old) == sorted(old().state_dict())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Stack, lambda: Stack(home="blocks")),
        (Stack, lambda: Stack(names=("query", "key"))),
        (lambda: Stack(count=9), lambda: Stack(home="blocks", names=("query", "key"), count=9)),
        (lambda: Single(nn.Linear(8, 8)), lambda: Single(torch.compile(nn.Linear(8, 8)))),
    ],
)
def test_the_written_function_moves_the_weights(old: Make, new: Make) -> None:
    before, after = old().eval(), new().eval()
    move = written_function(checkpoint(old, new))
    after.load_state_dict(move(before.state_dict()), strict=True)
    assert torch.equal(before(X), after(X))


def test_the_function_leaves_out_what_it_is_not_sure_of() -> None:
    new = Stack(home="blocks", out=5, spare="rest")
    found = checkpoint(Stack, lambda: Stack(home="blocks", out=5, spare="rest"))
    moved = written_function(found)(Stack().state_dict())
    missing, unexpected = new.load_state_dict(moved, strict=False)
    assert sorted(missing) == ["head.bias", "head.weight", "rest.bias", "rest.weight"]
    assert unexpected == []


def test_of_keys_that_become_one_the_last_value_stays() -> None:
    old, new = Tied(False), Tied(True)
    found = checkpoint(lambda: Tied(False), lambda: Tied(True))
    new.load_state_dict(old.state_dict(), strict=True)
    ((_, last),) = found.tied
    assert torch.equal(new.state_dict()["one.weight"], old.state_dict()[last])
    assert (found.loads, found.is_safe) == (True, False)
    assert [(row.state, row.key, row.now) for row in rows(found)] == [("tied", "one.weight", "other.weight")]


def test_keys_that_were_one_load_the_same_value() -> None:
    old, new = Tied(True), Tied(False)
    found = checkpoint(lambda: Tied(True), lambda: Tied(False))
    new.load_state_dict(old.state_dict(), strict=True)
    assert found.untied == (("one.weight", "other.weight"),)
    assert torch.equal(new.one.weight, new.other.weight)
    assert found.is_safe


def test_views_of_one_memory_that_do_not_lie_on_each_other_are_not_tied() -> None:
    class Halves(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            whole = torch.ones(16)
            self.register_buffer("one", whole[:8])
            self.register_buffer("other", whole[8:])

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.one + self.other

    assert graph(Halves).tied == {}


def test_keys_of_equal_shapes_that_change_places_load_into_other_layers_and_that_is_told() -> None:
    def old() -> nn.Module:
        return nn.Sequential(nn.LayerNorm(8), nn.GroupNorm(2, 8), nn.Linear(8, 8))

    def new() -> nn.Module:
        return nn.Sequential(nn.GroupNorm(2, 8), nn.LayerNorm(8), nn.Linear(8, 8))

    found = checkpoint(old, new)
    assert really_loads(old, new, X)
    assert found.loads
    assert not found.is_safe
    assert summary(found) == "4 keys renamed among themselves: load_state_dict passes, and gives them to other layers"
    assert {(row.key, row.now) for row in rows(found)} == {("0.…", "1.…"), ("1.…", "0.…")}


class Own(nn.Module):
    """One or two parameters of its own, and what it does with them."""

    def __init__(self, *names: str, call: Callable[..., torch.Tensor]) -> None:
        super().__init__()
        self.call, self.names = call, names
        for name in names:
            setattr(self, name, nn.Parameter(torch.ones(8)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.call(x, *(getattr(self, name) for name in self.names))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (lambda: Own("bias", call=torch.add), lambda: Own("gamma", call=torch.mul)),
        (lambda: Own("mean", call=torch.sub), lambda: Own("std", call=torch.div)),
        (
            lambda: Own("weight", "bias", call=lambda x, a, b: x * a + b),
            lambda: Own("weight", "scale", call=lambda x, a, b: x * a * b.exp()),
        ),
    ],
)
def test_a_weight_that_does_something_else_is_no_other_by_another_name(old: Make, new: Make) -> None:
    assert checkpoint(old, new).renames == {}


def test_the_only_weight_of_a_function_may_have_another_name() -> None:
    found = checkpoint(lambda: Own("gamma", call=torch.mul), lambda: Own("scale", call=torch.mul))
    assert found.renames == {"gamma": "scale"}


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_the_hook_of_the_new_weight_norm_is_known() -> None:
    def old() -> nn.Module:
        return Single(nn.utils.weight_norm(nn.Linear(8, 8)))

    def new() -> nn.Module:
        return Single(nn.utils.parametrizations.weight_norm(nn.Linear(8, 8)))

    assert checkpoint(old, new).loads
    assert really_loads(old, new, X)
    assert not checkpoint(new, old).loads
    assert not really_loads(new, old, X)


class Aside(nn.Module):
    """A layer, compiled, that is kept in a list beside."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Linear(8, 8)
        self.fast = [torch.compile(self.net)]

    def forward(self, x: torch.Tensor) -> Any:
        return self.fast[0](x)


class Shared(nn.Module):
    """One layer under two names."""

    def __init__(self, is_compiled: bool) -> None:
        super().__init__()
        layer = nn.Linear(8, 8)
        self.a = self.b = torch.compile(layer) if is_compiled else layer

    def forward(self, x: torch.Tensor) -> Any:
        return self.b(self.a(x))


def test_what_is_compiled_beside_the_model_leaves_its_keys_unknown() -> None:
    assert graph(Aside).state is None


def test_a_compiled_layer_under_two_names_has_the_wrapper_in_both() -> None:
    old, new = (lambda: Shared(False)), (lambda: Shared(True))
    assert sorted(graph(new).state or ()) == sorted(new().state_dict())
    assert len(checkpoint(old, new).renames) == 4


def test_what_goes_alike_is_one_row() -> None:
    found = checkpoint(lambda: Stack(count=12), lambda: Stack(home="blocks", count=12))
    (row,) = rows(found)
    assert (row.key, row.now, row.count) == ("layers.…", "blocks.…", 48)


def test_a_state_dict_that_fails_leaves_the_graph() -> None:
    class Odd(nn.Linear):
        def state_dict(self, *_: Any, **__: Any) -> Any:
            raise OSError("no state here")

    assert graph(lambda: Odd(8, 8)).state is None
    assert diff(graph(lambda: Odd(8, 8)), graph(lambda: nn.Linear(8, 8))).checkpoint is None


def test_keys_that_weights_tell_are_not_written_twice() -> None:
    found = remainder(graph(Stack))
    assert found is not None
    assert list(found.keys) == ["norm.num_batches_tracked", "spare.weight", "spare.bias"]
    assert found.unsaved == ()


def test_of_keys_that_one_side_does_not_know_nothing_is_told() -> None:
    new = graph(Stack)
    old = replace(new, state=None)
    assert (diff(old, new).changes, diff(new, old).changes) == ((), ())
    assert diff(old, new).checkpoint is None
