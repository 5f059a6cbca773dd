"""One meaning, one name: refactorings that change nothing, and changes that are some."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from recorded import calls, recorded

pytestmark = pytest.mark.torch
X = torch.linspace(0.1, 1, 24).reshape(2, 3, 4)
SAME = {
    "operator": (lambda x: x + x.exp(), lambda x: torch.add(x, torch.exp(x))),
    "in place": (lambda x: x.exp().relu(), lambda x: F.relu(x.exp(), inplace=True), lambda x: torch.relu_(x.exp())),
    "augmented": (lambda x: x.exp() * 2, lambda x: 2 * x.exp(), lambda x: torch.mul(x.exp(), 2), lambda x: x.exp().mul_(2)),
    "out": (lambda x: torch.mul(x, 2), lambda x: torch.mul(x, 2, out=torch.empty(2, 3, 4))),
    "keywords": (lambda x: x.mean(1), lambda x: torch.mean(x, dim=1), lambda x: x.mean(dim=(1,)), lambda x: x.mean(-2)),
    "defaults": (lambda x: x.sum(1), lambda x: x.sum(1, keepdim=False)),
    "softmax": (lambda x: x.softmax(-1), lambda x: F.softmax(x, dim=2), lambda x: torch.softmax(x, 2)),
    "reshape": (
        lambda x: x.reshape(2, 12), lambda x: x.view(2, -1), lambda x: x.flatten(1), lambda x: torch.flatten(x, 1, 2),
        lambda x: x.view((2, 12)),
    ),
    "unflatten": (lambda x: x.view(2, 3, 2, 2), lambda x: x.unflatten(-1, (2, 2)), lambda x: x.reshape([2, 3, 2, 2])),
    "permute": (
        lambda x: x.permute(0, 2, 1), lambda x: x.transpose(1, 2), lambda x: x.mT, lambda x: torch.swapaxes(x, -1, -2),
        lambda x: torch.movedim(x, 1, 2), lambda x: x.permute((0, 2, 1)),
    ),
    "nothing": (
        lambda x: x.exp(), lambda x: x.contiguous().exp(), lambda x: x.float().exp(), lambda x: x.clone().exp(),
        lambda x: x.detach().exp(), lambda x: x.to(torch.float32).exp(), lambda x: x.view(2, 3, 4).exp(),
        lambda x: F.dropout(x, 0.5, training=False).exp(), lambda x: x.cpu().exp(), lambda x: x.expand(2, 3, 4).exp(),
    ),
    "dead code": (lambda x: x.exp(), lambda x: (x.sin(), x.exp())[1]),
    "einsum": (lambda x: torch.einsum("bij,bkj->bik", x, x), lambda x: torch.einsum("n q d, n k d -> n q k", x, x)),
    "root": (lambda x: x**0.5, lambda x: x.sqrt(), lambda x: torch.pow(x, 0.5)),
    "square": (lambda x: x**2, lambda x: x.square(), lambda x: x.pow(2.0)),
    "number": (lambda x: (x * 3) ** 3, lambda x: (x * 3.0) ** 3.0),
    "reciprocal": (lambda x: 1 / x, lambda x: x.reciprocal(), lambda x: x**-1),
    "product": (lambda x: x @ x.mT, lambda x: torch.bmm(x, x.transpose(1, 2)), lambda x: torch.matmul(x, x.mT)),
    "cast": (lambda x: x.double(), lambda x: x.to(torch.float64), lambda x: x.type(torch.float64)),
    "zeros": (lambda x: x + torch.zeros(2, 3, 4), lambda x: x + torch.zeros_like(x), lambda x: x + x.new_zeros(2, 3, 4)),
    "full": (lambda x: x + torch.full((4,), 3.0), lambda x: x + torch.empty(4).fill_(3.0)),
    "range": (lambda x: x + torch.arange(4), lambda x: x + torch.arange(0, 4), lambda x: x + torch.arange(0, 4, 1)),
    "clamp": (lambda x: x.clamp(min=0), lambda x: torch.clip(x, 0)),
    "pool": (lambda x: F.max_pool2d(x[None], 2), lambda x: F.max_pool2d(x[None], (2, 2), stride=2)),
    "masks": (lambda x: (x > 0) & (x < 1), lambda x: torch.logical_and(x > 0, x < 1), lambda x: (x > 0) & (x < 1)),
    "cat": (lambda x: torch.cat([x, x], -1), lambda x: torch.concat((x, x), dim=2)),
    "split": (lambda x: x.split(2, 2), lambda x: torch.split(x, 2, dim=-1), lambda x: x.split(split_size=2, dim=2)),
    "halves": (
        lambda x: x.chunk(2, -1), lambda x: x.split(2, -1), lambda x: (x[..., :2], x[..., 2:]),
        lambda x: torch.tensor_split(x, 2, 2),
    ),
    "one by one": (lambda x: x.unbind(1), lambda x: tuple(x[:, i] for i in range(3))),
    "root under one": (lambda x: x.rsqrt(), lambda x: 1 / x.sqrt(), lambda x: x**-0.5),
    "kept": (lambda x: x.mean(-1, True), lambda x: x.mean(2)[..., None], lambda x: x.mean(-1).unsqueeze(-1)),
    "both axes": (lambda x: x.sum((1, 2)), lambda x: x.sum(2).sum(1), lambda x: x.sum([-1, 1])),
    "all axes": (lambda x: x.mean(), lambda x: x.mean((0, 1, 2))),
    "largest": (lambda x: x.amax(-1), lambda x: x.max(-1)[0], lambda x: torch.max(x, dim=2).values),
    "turned product": (lambda x: x @ x.mT, lambda x: torch.einsum("bid,bjd->bij", x, x)),
    "mask of a triangle": (
        lambda x: x.masked_fill(torch.ones(3, 4, dtype=torch.bool).triu(1), 0),
        lambda x: x.masked_fill(torch.triu(torch.ones(3, 4), 1).bool(), 0.0),
    ),
    "norm": (lambda x: F.layer_norm(x, (4,)), lambda x: torch.layer_norm(x, [4], eps=1e-5)),
    "expand": (lambda x: x[:1].expand(2, 3, 4), lambda x: x[:1].expand_as(x), lambda x: x[:1].expand(2, -1, -1)),
}  # fmt: skip
DIFFERENT = {
    "operand order": (lambda x: x - 1, lambda x: 1 - x),
    "order of tensors": (lambda x: torch.cat([x, x.exp()]), lambda x: torch.cat([x.exp(), x])),
    "half": (lambda x: x / 2, lambda x: x * 0.5),
    "inside the root": (lambda x: (x + 1e-5).sqrt(), lambda x: x.sqrt() + 1e-5),
    "axis": (lambda x: x.sum(1), lambda x: x.sum(2)),
    "kept": (lambda x: x.sum(1), lambda x: x.sum(1, keepdim=True)),
    "alpha": (lambda x: torch.add(x, x), lambda x: torch.add(x, x, alpha=2)),
    "eps": (lambda x: F.layer_norm(x, (4,)), lambda x: F.layer_norm(x, (4,), eps=1e-6)),
    "causal": (
        lambda x: F.scaled_dot_product_attention(x, x, x),
        lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True),
    ),
    "halves otherwise": (lambda x: x.chunk(2, -1), lambda x: (x[..., ::2], x[..., 1::2])),
    "most of an axis": (lambda x: (x[:, :2], x[:, 1:]), lambda x: x.split(2, 1)),
    "largest and smallest": (lambda x: x.max(-1)[0], lambda x: x.min(-1)[0]),
    "a sum of means": (lambda x: x.mean(2).sum(1), lambda x: x.mean((1, 2))),
    "a turned result": (lambda x: torch.einsum("bid,bjd->bij", x, x), lambda x: torch.einsum("bid,bjd->bji", x, x)),
    "active dropout": (lambda x: F.dropout(x, 0.5, training=False), lambda x: F.dropout(x, 0.5)),
    "letters": (lambda x: torch.einsum("bij,bkj->bik", x, x), lambda x: torch.einsum("bij,bkj->bki", x, x)),
    "gelu": (lambda x: F.gelu(x), lambda x: F.gelu(x, approximate="tanh")),
    "index": (lambda x: x[:, 1:], lambda x: x[:, :-1]),
}


def told(function):
    graph = recorded(function, X).graph
    return [line.partition(" = ")[2] for line in calls(function, X)], [str(graph.types[o]) for o in graph.outputs]


@pytest.mark.parametrize("name", SAME)
def test_the_same(name):
    first, *others = map(told, SAME[name])
    assert all(other == first for other in others), others


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name):
    first, second = map(told, DIFFERENT[name])
    assert first != second


def test_active_dropout_is_random():
    (node,) = recorded(lambda x: F.dropout(x, 0.5), X).graph.nodes
    assert (node.op, node.random) == ("dropout", True)


def test_a_write_into_a_copy_leaves_the_first_alone():
    def forward(x):
        y = x.exp()
        copy = y.clone()
        copy.add_(1)
        return copy, y.sin()

    assert calls(forward, X) == [
        "v1 = exp(input=x)",
        "output.0 = add(input=v1, other=1)",
        "output.1 = sin(input=v1)",
    ]
