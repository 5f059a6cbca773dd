"""Which value a tensor holds: versions, views, writes."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from recorded import calls, recorded
from torch import nn

pytestmark = pytest.mark.torch
X = torch.ones(2, 4)


def test_a_chain_of_calls():
    assert calls(lambda x: torch.sigmoid(x.mean(1)), X) == [
        "v1 = mean(input=x, dim=(1,))",
        "output = sigmoid(input=v1)",
    ]


@pytest.mark.parametrize("write", [lambda y: y.relu_(), lambda y: F.relu(y, inplace=True)])
def test_a_read_after_a_write_sees_the_write(write):
    def forward(x):
        y = x.exp()
        write(y)
        return y.sin()

    assert calls(forward, X) == ["v1 = exp(input=x)", "v2 = relu(input=v1)", "output = sin(input=v2)"]


def test_a_write_through_a_view_changes_the_whole():
    def forward(x):
        y = x.exp()
        first = y[0]
        first.mul_(3)
        return y.sin()

    assert calls(forward, X) == [
        "v1 = exp(input=x)",
        "v2 = getitem(input=v1, index=0)",
        "v3, v4 = mul(input=v2, other=3)",
        "output = sin(input=v4)",
    ]


def test_a_view_taken_before_the_write_sees_it():
    def forward(x):
        y = x.exp()
        first = y[0]
        y.mul_(3)
        return first.sin()

    assert calls(forward, X) == [
        "v1 = exp(input=x)",
        "v2 = mul(input=v1, other=3)",
        "v3 = getitem(input=v2, index=0)",
        "output = sin(input=v3)",
    ]


def test_an_assignment_to_a_part():
    def forward(x):
        y = torch.zeros(2, 4)
        y[:, 1:3] = x[:, :2]
        return y.cos()

    assert calls(forward, X) == [
        "v1 = zeros()",
        "v2 = getitem(input=x, index=:, :2)",
        "v3 = setitem(input=v1, value=v2, index=:, 1:3)",
        "output = cos(input=v3)",
    ]


def test_an_assignment_through_data():
    def forward(x):
        y = x.exp()
        y.data.mul_(2)
        return y.cos()

    assert [line.partition(" = ")[2] for line in calls(forward, X)][-1] == "cos(input=v3)"


def test_augmented_assignment_and_out():
    def forward(x):
        y = x.exp()
        y += 1
        z = torch.empty(2, 4)
        torch.mul(y, 2, out=z)
        return z

    assert [line.partition(" = ")[2] for line in calls(forward, X)] == [
        "exp(input=x)",
        "add(input=v1, other=1)",
        "mul(input=v2, other=2)",
    ]


def test_a_buffer_that_is_written_to_keeps_what_is_written():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("seen", torch.zeros(4))

        def forward(self, x):
            self.seen.add_(x.sum(0))
            return x * 2

    assert "sum" in [node.op for node in recorded(Counting(), X).graph.nodes]


def test_dead_code_is_left_out_and_its_parameters_are_unused():
    class Dead(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.left = nn.Linear(4, 3), nn.Linear(4, 5)

        def forward(self, x):
            self.left(x).exp()
            return self.used(x)

    graph = recorded(Dead(), X).graph
    assert [node.op for node in graph.nodes] == ["linear"]
    assert graph.unused == {"parameter": 25, "bytes": 100, "macs": 40}, "two rows of 4×5"
    assert list(graph.weights) == ["used.weight", "used.bias"]


def test_pieces_are_outputs_in_the_order_of_the_author():
    assert calls(lambda x: dict(zip("ba", x.chunk(2, 1), strict=True)), X) == [
        "b, a = chunk(input=x, chunks=2, dim=1)"
    ]


def test_an_output_that_is_an_input_passes_through():
    assert calls(lambda x: (x, x.exp()), X) == ["output.1 = exp(input=x)", "output.0 = identity(input=x)"]


def test_a_constant_goes_by_its_name_in_the_code():
    scale = torch.full((4,), 3.0)
    graph = recorded(lambda x: x * scale, X).graph
    assert [(w.name, w.kind, w.value) for w in graph.weights.values()] == [("scale", "", "[3,3,3,3]")]


def test_plain_attributes_and_tied_weights_by_their_first_name():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False)
            self.second.weight = self.first.weight
            self.tables = [torch.ones(4)]

        def forward(self, x):
            return self.second(self.first(x)) + self.tables[0]

    weights = recorded(Net(), X).graph.weights
    assert {name: w.kind for name, w in weights.items()} == {"first.weight": "parameter", "tables.0": "buffer"}


def test_a_tensor_that_becomes_another_object_is_the_same_value():
    class Marked(torch.Tensor):
        pass

    assert calls(lambda x: x.exp().as_subclass(Marked).sin(), X) == ["v1 = exp(input=x)", "output = sin(input=v1)"]


def test_state_is_kept_and_steps_are_not_counted():
    class Stateful(nn.Module):
        keep_mode = True

        def __init__(self):
            super().__init__()
            self.norm, self.memory = nn.BatchNorm1d(4), torch.zeros(2, 4)
            self.register_buffer("table", torch.zeros(2, 4))

        def forward(self, x):
            self.memory = (self.memory + x).tanh()
            self.table[0] = x[0]
            return self.norm(x)

    graph = recorded(Stateful().train(), X).graph
    assert [node.op for node in graph.nodes] == ["add", "tanh", "getitem", "setitem", "batch_norm"]
    assert all(node.outputs for node in graph.nodes)


def test_inference_mode():
    def forward(x):
        with torch.inference_mode():
            y = x.exp()
            y.add_(1)
            y[0] = 3
        return y.clone()

    assert [line.partition(" = ")[2] for line in calls(forward, X)] == [
        "exp(input=x)",
        "add(input=v1, other=1)",
        "setitem(input=v2, value=3, index=0)",
    ]


def test_no_value_is_named_by_an_object_that_has_gone():
    def forward(x):
        for _ in range(50):
            x = x + 1
        return x

    graph = recorded(forward, X).graph
    assert len(graph.nodes) == 50
    assert all(node.inputs == ((graph.nodes[i - 1].outputs[0]) if i else "x",) for i, node in enumerate(graph.nodes))
