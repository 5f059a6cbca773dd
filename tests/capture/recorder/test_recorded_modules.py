"""Where in the tree of modules a call happens."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from recorded import Plain, calls, places, recorded
from torch import nn
from torch.nn.utils import parametrizations, spectral_norm
from torch.utils.checkpoint import checkpoint

pytestmark = pytest.mark.torch
X = torch.ones(2, 4)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.act = nn.Linear(4, 4), nn.GELU()

    def forward(self, x):
        return x + self.act(self.fc(x))


class Net(nn.Module):
    def __init__(self, call):
        super().__init__()
        self.blocks, self.head, self.call = nn.ModuleList([Block(), Block()]), nn.Linear(4, 2), call

    def forward(self, x):
        for block in self.blocks:
            x = self.call(block, x)
        return self.head(x)


def under(context):
    def call(block, x):
        with context():
            return block(x)

    return call


PLAIN = [
    f"blocks.{i}{inner}" for i in (0, 1) for inner in (f" blocks.{i}.fc: linear", f" blocks.{i}.act: gelu", ": add")
] + ["head: linear"]


@pytest.mark.parametrize(
    "call",
    [
        lambda block, x: block(x),
        lambda block, x: block.forward(x),
        under(torch.no_grad),
        under(lambda: torch.autocast("cpu", torch.bfloat16, enabled=False)),
        lambda block, x: checkpoint(block, x, use_reentrant=True),
        lambda block, x: checkpoint(block, x, use_reentrant=False),
        lambda block, x: torch.jit.wait(torch.jit.fork(block, x)),
    ],
    ids=["called", "forward", "no_grad", "autocast", "reentrant", "checkpoint", "fork"],
)
def test_modules_however_they_are_called(call):
    assert places(recorded(Net(call), X).graph) == PLAIN


def test_the_class_with_its_package():
    node = recorded(Net(lambda block, x: block(x)), X).graph.nodes[0]
    assert [m.kind for m in node.modules] == ["test_recorded_modules.Block", "torch.nn.modules.linear.Linear"]


def test_calls_are_numbered():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def forward(self, x):
            return self.fc(self.fc(x))

    assert places(recorded(Twice(), X).graph) == ["fc: linear", "fc@1: linear"]


def test_layers_in_a_plain_list_are_found_and_told():
    class Listed(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(4, 4), nn.ReLU()]

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    found = recorded(Listed(), X)
    assert places(found.graph) == ["layers.0: linear", "layers.1: relu"]
    assert list(found.graph.weights) == ["layers.0.weight", "layers.0.bias"]
    assert any("2 layers are in a plain list" in note for note in found.notes)


def test_a_module_made_on_the_way():
    assert places(recorded(lambda x: nn.ReLU()(x), X).graph) == ["ReLU: relu"]


def test_what_hooks_do_is_around_their_layer_and_not_in_it():
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    model[0].register_forward_pre_hook(lambda module, given: (given[0].sin(),))
    model[0].register_forward_hook(lambda module, given, result: result.cos())
    assert places(recorded(model, X).graph) == ["sin", "0: linear", "cos", "1: relu"]


def test_identity_and_dropout_that_the_author_named_stay():
    model = nn.Sequential(nn.Identity(), nn.Dropout(0.2), nn.Linear(4, 2))
    assert places(recorded(model, X).graph) == ["0: identity", "1: dropout", "2: linear"]


def test_what_goes_around_an_identity_does_not_go_through_it():
    class Around(nn.Module):
        def __init__(self):
            super().__init__()
            self.shortcut = nn.Identity()

        def forward(self, x):
            return self.shortcut(x) + x.exp()

    assert calls(Around(), X) == [
        "v1 = identity(input=x)",
        "v2 = exp(input=x)",
        "output = add(input=v1, other=v2)",
    ]


def test_computed_weights():
    model = nn.Sequential(parametrizations.weight_norm(nn.Linear(4, 4)), spectral_norm(nn.Linear(4, 4)))
    graph = recorded(model, X).graph
    assert "0 0.parametrizations.weight 0.parametrizations.weight.0: weight_norm" in places(graph)
    assert places(graph)[-1] == "1: linear"
    assert graph.unused == {}
    kinds = {m.kind for node in graph.nodes for m in node.modules if m.path == "0"}
    assert kinds == {"torch.nn.modules.linear.Linear"}


def test_an_overridden_forward_runs_in_its_layer():
    class Activated(nn.Linear):
        def forward(self, x):
            return F.gelu(super().forward(x))

    assert places(recorded(nn.Sequential(Activated(4, 4)), X).graph) == ["0: linear", "0: gelu"]


def test_a_split_behind_a_leaf_is_not_part_of_it():
    class Halves(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.LayerNorm(4)

        def forward(self, x):
            left, right = self.norm(x).chunk(2, -1)
            return left * right

    assert places(recorded(Halves(), X).graph) == ["norm: layer_norm", "chunk", "mul"]


def test_a_recurrent_layer_gives_output_and_state():
    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(4, 3, batch_first=True)

        def forward(self, x):
            output, (hidden, cell) = self.lstm(x)
            return {"output": output, "hidden": hidden, "cell": cell}

    graph = recorded(Recurrent(), torch.ones(2, 5, 4)).graph
    assert places(graph) == ["lstm: zeros", "lstm: zeros", "lstm: lstm"]
    assert graph.nodes[-1].outputs == ("output", "hidden", "cell")


def test_the_modules_are_left_as_they_were():
    model = Net(lambda block, x: block(x))
    recorded(model, X)
    assert all("forward" not in vars(module) for module in model.modules())
    broken = Plain(lambda x: x.view(7))
    with pytest.raises(RuntimeError):
        recorded(broken, X)
    assert (torch.ones(2) + 1).tolist() == [2, 2]


def gone_through(model, x):
    for layer in model.body:
        x = layer(x)
    return x


def with_residuals(model, x):
    for layer in model.body:
        x = x + layer(x)
    return x


@pytest.mark.parametrize(
    ("forward", "expected"),
    [
        (lambda model, x: model.body(x), ["body body.0: linear", "body body.1: relu"]),
        (gone_through, ["body body.0: linear", "body body.1: relu"]),
        (with_residuals, ["body.0: linear", "add", "body.1: relu", "add"]),
        (lambda model, x: model.body[1](model.body[0](x)) + model.body(x), [
            "body body.0: linear", "body body.1: relu", "body@1 body.0: linear", "body@1 body.1: relu", "add",
        ]),
    ],
)  # fmt: skip
def test_a_row_that_is_gone_through_is_a_row_that_is_called(forward, expected):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(4, 4), nn.ReLU())

        def forward(self, x):
            return forward(self, x)

    assert sorted(places(recorded(Net(), torch.ones(2, 4)).graph)) == sorted(expected)
