"""Sizes in the names of the config, work by torch's own formulas, lines of code, the same bytes."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from recorded import recorded
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from nnviz_action.graph.digest import digest
from nnviz_action.graph.sizes import evaluate

pytestmark = pytest.mark.torch
IMAGE = torch.ones(2, 3, 32, 24)
FREE = {"batch": (0, 0), "height": (0, 2), "width": (0, 3)}


@pytest.mark.parametrize("how", [{"scale_factor": 2}, {"size": (64, 48)}, {"scale_factor": 2, "mode": "bilinear"}])
def test_resizing_leaves_the_batch_free(how):
    found = recorded(nn.Sequential(nn.Conv2d(3, 4, 1), nn.Upsample(**how)), IMAGE, named={"batch": (0, 0)})
    assert found.notes == ()
    assert found.graph.types[found.graph.outputs[0]].shape == ("batch", 4, 64, 48)


def test_named_dimensions_stay_free():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3, 2, 1), nn.Flatten(1))
    graph = recorded(model, IMAGE, named=FREE).graph
    shapes = [graph.types[node.outputs[0]].shape for node in graph.nodes]
    assert shapes[:2] == [
        ("batch", 4, "height - 2", "width - 2"),
        ("batch", 4, "(height - 3)//2 + 1", "(width - 3)//2 + 1"),
    ]
    assert [evaluate(size, graph.sizes) for size in shapes[2]] == [2, 4 * 15 * 11]
    assert graph.types["input"].shape == ("batch", 3, "height", "width")
    assert graph.sizes == {"batch": 2, "height": 32, "width": 24}


def test_two_axes_of_one_name_are_one_size():
    graph = recorded(lambda x, y: x + y, torch.ones(3, 4), torch.ones(3, 4), named={"n": (0, 0)}).graph
    assert graph.types["output"].shape[1] == 4


def test_a_dimension_that_is_not_free_is_told():
    found = recorded(lambda x: x + torch.ones(3, 4), torch.ones(3, 4), named={"n": (0, 0)})
    assert found.graph.types["output"].shape == (3, 4)
    assert "the dimension n works for size 3 only" in found.notes


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("options", [{}, {"bidirectional": True, "num_layers": 2}])
def test_recurrent_layers_of_free_sizes(kind, options):
    model = kind(4, 3, batch_first=True, **options)
    X = torch.ones(5, 7, 4)  # noqa: N806
    free = recorded(model, X, named={"n": (0, 0), "t": (0, 1)}).graph
    fixed = recorded(model, X).graph
    assert [node.op for node in free.nodes] == [node.op for node in fixed.nodes]
    named = {"n": 5, "t": 7}
    for graph_output in fixed.outputs:
        shape = free.types[graph_output].shape
        assert tuple(named.get(d, d) for d in shape) == fixed.types[graph_output].shape
    assert sum(n.macs for n in free.nodes) == sum(n.macs for n in fixed.nodes) == counted(model, X)


def counted(model, *args):
    torch.backends.mha.set_fastpath_enabled(False)
    counter = FlopCounterMode(display=False)
    with sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(enabled=False), torch.no_grad(), counter:
        model.eval()(*args)
    torch.backends.mha.set_fastpath_enabled(True)
    return counter.get_total_flops() // 2


class Attending(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x):
        heads = x.view(2, 5, 2, 4).transpose(1, 2)
        return self.attention(x, x, x)[0] + F.scaled_dot_product_attention(heads, heads, heads).transpose(
            1, 2
        ).flatten(2)


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (nn.Conv2d(4, 8, 3, groups=2, stride=2), (2, 4, 9, 9)),
        (nn.ConvTranspose2d(4, 8, 3, stride=2), (2, 4, 9, 9)),
        (nn.Conv1d(4, 8, 3, dilation=2), (2, 4, 9)),
        (nn.Linear(4, 8), (2, 3, 4)),
        (nn.Bilinear(4, 4, 3), None),
        (Attending(), (2, 5, 8)),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (2, 5, 8)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_work_is_what_torch_counts(model, shape):
    args = (torch.ones(2, 4), torch.ones(2, 4)) if shape is None else (torch.ones(shape),)
    assert sum(node.macs for node in recorded(model, *args).graph.nodes) == counted(model, *args)
    assert sum(node.macs for node in recorded(model, *args, fake=True).graph.nodes) == counted(model, *args)


def test_the_line_of_each_call():
    def forward(x):
        x = x.sin()
        return F.silu(x)

    first = forward.__code__.co_firstlineno
    nodes = recorded(forward, torch.ones(2, 4)).graph.nodes
    assert [node.line for node in nodes] == [
        f"test_recorded_numbers.py:{first + 1}",
        f"test_recorded_numbers.py:{first + 2}",
    ]


def test_fake_and_real_weights_give_the_same_graph():
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(2640, 2)
    )
    assert digest(recorded(model, IMAGE).graph) == digest(recorded(model, IMAGE, fake=True).graph)


def test_the_same_bytes_whatever_the_hash_seed():
    def run(seed):
        code = "import test_recorded_numbers as t; print(t.as_text())"
        folders = [str(Path(__file__).parent), *filter(None, sys.path)]
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(folders), "PATH": ""}
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
        ).stdout

    assert run("1") == run("2") != ""


def as_text():
    torch.manual_seed(0)
    return json.dumps(asdict(recorded(Attending(), torch.ones(2, 5, 8)).graph), default=str)
