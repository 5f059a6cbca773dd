"""Code of all kinds: operators with bodies, autograd in forward, compiled, scripted, packed, nested, sparse, quantised."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from recorded import calls, lines, recorded
from torch import nn
from torch._higher_order_ops.map import map as torch_map
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop
from torch.nn.attention.flex_attention import flex_attention
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nnviz_action.capture.recorder.code_mark import code_mark

pytestmark = pytest.mark.torch
X = torch.ones(2, 4)


def ops(model, *args, **options):
    return [node.op for node in recorded(model, *args, **options).graph.nodes]


def bodies(model, *args, **options):
    graph = recorded(model, *args, **options).graph
    return {name: lines(body) for node in graph.nodes for name, body in node.bodies}


class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values, factor):
        return values * factor

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


apply_scaled = Scaled.apply


def test_a_function_of_the_authors_own_is_one_call():
    (node,) = recorded(lambda x: apply_scaled(x, 3), X).graph.nodes
    assert (node.domain, node.op, node.arguments, node.attributes) == (
        "function",
        "Scaled",
        ("values",),
        (("factor", 3), ("code", code_mark(Scaled))),
    )


@pytest.mark.parametrize("fake", [False, True])
def test_both_branches_of_cond(fake):
    def forward(x):
        return torch.cond(x.sum() > 0, lambda v: v.sin(), lambda v: v.cos() + 1, (x,))

    assert ops(forward, X, fake=fake) == ["sum", "gt", "cond"]
    assert bodies(forward, X, fake=fake) == {
        "true": ["v3 = sin(input=x)"],
        "false": ["v4 = cos(input=x)", "v5 = add(input=v4, other=1)"],
    }


def test_loops_maps_and_scans():
    def loop(x):
        return while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * 2), (torch.tensor(0), x))[1]

    assert list(bodies(loop, X)) == ["condition", "body"]
    assert torch.equal(while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * 2), (torch.tensor(0), X))[1], X * 8)
    assert [
        line.split(" = ")[1][:3] for line in bodies(lambda x: torch_map(lambda v, w: v * w, x, x[0]), X)["body"]
    ] == ["mul"]
    assert len(bodies(lambda x: scan(lambda c, v: (c + v, c * v), x[0], x), X)["body"]) == 2


def test_flex_attention_with_its_score():
    def forward(x):
        return flex_attention(x, x, x, score_mod=lambda score, b, h, q, k: score - (q - k).abs())

    graph = recorded(forward, torch.ones(1, 2, 16, 8)).graph
    assert [node.op for node in graph.nodes] == ["flex_attention"]
    assert [node.op for node in graph.nodes[0].bodies[0][1].nodes] == ["sub", "abs", "sub"]
    assert graph.nodes[0].macs == 2 * 16 * 16 * (8 + 8)


def test_vmap_with_what_is_inside():
    def forward(x):
        return torch.vmap(lambda row: (row * 2).sum())(x)

    assert ops(forward, X) == ["vmap"]
    assert [line.partition(" = ")[2] for line in bodies(forward, X)["function"]] == [
        "mul(input=v1, other=2)",
        "sum(input=v2)",
    ]


def test_gradients_in_forward():
    def forces(x):
        x = x.detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(x.tanh().sum(), x, create_graph=True)
        return -gradient

    assert ops(forces, X) == ["tanh", "sum", "autograd.grad", "neg"]
    assert ops(lambda x: torch.func.grad(lambda v: (v * v).sum())(x), X) == ["square", "sum", "autograd.grad"]
    assert "vmap" in ops(lambda x: torch.func.jacrev(lambda v: v.sin())(x[0]), X)


def test_distributions():
    def forward(x):
        return torch.distributions.Normal(x, x.exp()).rsample()

    before = torch.distributions.Distribution._validate_args
    for fake in (False, True):
        graph = recorded(forward, X, fake=fake).graph
        assert [(n.op, n.random) for n in graph.nodes][1] == ("randn", True)
    assert torch.distributions.Distribution._validate_args is before


def test_compiled_models_as_they_were():
    plain = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    again = nn.Sequential(torch.compile(nn.Linear(4, 4)), nn.ReLU())
    again[1].compile()
    assert calls(torch.compile(plain), X) == calls(plain, X)
    assert list(recorded(again, X).graph.weights) == ["0.weight", "0.bias"]
    assert calls(torch.compile(lambda x: x.sin() + 1), X) == calls(lambda x: x.sin() + 1, X)


def test_scripted_modules_are_one_call_with_their_weights():
    class Mixed(nn.Module):
        def __init__(self):
            super().__init__()
            self.scripted = torch.jit.script(nn.Linear(4, 3))
            self.traced = torch.jit.trace(nn.Linear(3, 2), torch.ones(2, 3))

        def forward(self, x):
            return self.traced(self.scripted(x)).relu()

    found = recorded(Mixed(), X)
    assert [(n.domain, n.op) for n in found.graph.nodes] == [
        ("script", "Linear"),
        ("script", "Linear"),
        ("torch", "relu"),
    ]
    assert list(found.graph.weights) == ["scripted.weight", "scripted.bias", "traced.weight", "traced.bias"]
    assert [n.macs for n in found.graph.nodes] == [24, 12, 0]
    assert any("scripted" in note for note in found.notes)
    assert [n.domain for n in recorded(torch.jit.script(nn.Linear(4, 3)), X).graph.nodes] == ["script"]


def test_packed_sequences():
    class Packed(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(4, 3, batch_first=True)

        def forward(self, x, lengths):
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            return pad_packed_sequence(self.rnn(packed)[0], batch_first=True)[0]

    graph = recorded(Packed(), torch.ones(3, 5, 4), torch.tensor([5, 2, 3])).graph
    assert {"pack_padded_sequence", "gru", "pad_packed_sequence"} <= {n.op for n in graph.nodes}
    assert sum(n.macs for n in graph.nodes) == 10 * (4 * 9 + 3 * 9)
    assert all(w.kind for w in graph.weights.values())


def test_tensors_of_other_kinds():
    assert ops(lambda x: torch.fft.irfft(torch.fft.rfft(x)), X) == ["fft.rfft", "fft.irfft"]
    assert ops(lambda x: torch.sparse.mm(x.to_sparse(), x.T), X) == ["to_sparse", "permute", "sparse_mm"]
    assert ops(lambda x: torch.quantize_per_tensor(x, 0.1, 0, torch.qint8).dequantize(), X) == [
        "quantize_per_tensor",
        "dequantize",
    ]
    nested = recorded(lambda x: torch.nested.to_padded_tensor(torch.nested.nested_tensor([x, x[:1]]), 0.0), X).graph
    assert [n.op for n in nested.nodes] == ["getitem", "nested_tensor", "nested.to_padded_tensor"]
    assert nested.types[nested.nodes[1].outputs[0]].shape is None
    assert recorded(lambda x: torch.fft.rfft(x), X).graph.types["output"].dtype == "c64"


@dataclass
class Pair:
    first: torch.Tensor
    second: torch.Tensor


def test_inputs_and_outputs_of_any_nesting():
    def forward(batch, *, pairs):
        return Pair(batch["a"]["x"] + pairs[0], {"deep": [pairs[1] * 2]}["deep"][0])

    graph = recorded(forward, {"a": {"x": X}}, pairs=[X.clone(), X.clone()]).graph
    assert graph.inputs == ("batch.a.x", "pairs.0", "pairs.1")
    assert graph.outputs == ("first", "second")


def test_branches_on_values_follow_the_example_and_say_so():
    def forward(x):
        return x * 2 if x.sum().item() > 0 else x.sin()

    found = recorded(forward, X)
    assert [n.op for n in found.graph.nodes] == ["mul"]
    assert any("example inputs" in note for note in found.notes)
    assert any("example inputs" in note for note in recorded(lambda x: x[x > 0], X).notes)
    with pytest.raises(Exception, match=r"(?i)data.?dependent|scalar"):
        recorded(forward, X, fake=True)
    assert recorded(lambda x: x[x > 0].sum(), X, fake=True, always=True).graph.types["v2"].shape == (None,)
    assert recorded(lambda x: x + len(x) + x.shape[1], X).notes == ()


def test_what_comes_from_numpy_is_a_source():
    assert ops(lambda x: torch.from_numpy(x.numpy() * np.float32(2)) + 1, X) == ["from_numpy", "add"]


def test_sources_and_which_of_them_are_random():
    def forward(x):
        return (
            x + torch.rand(2, 4) + torch.randn_like(x) + torch.empty(2, 4).normal_() + torch.arange(4) + torch.ones(4)
        )

    nodes = recorded(forward, X).graph.nodes
    sources = [(n.op, n.random) for n in nodes if n.op != "add"]
    assert sources == [("rand", True), ("randn", True), ("randn", True), ("arange", False), ("ones", False)]
    assert all(n.inputs == () for n in nodes if n.op != "add")


def test_iteration_and_indices_as_written():
    assert ops(lambda x: sum(row for row in x), X) == ["unbind", "add"]
    nodes = recorded(lambda x: x[..., None, 1:][x[:, 0] > 0], X).graph.nodes
    assert nodes[0].attributes == (("index", ":, None, 1:"),)
    assert nodes[-1].arguments == ("input", "index.0")
