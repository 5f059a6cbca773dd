"""A model recorded from a few lines of test, and its graph as lines of text."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import ShapeEnv

from nnviz_action.capture.build import fake_weights
from nnviz_action.capture.built import Built
from nnviz_action.capture.inputs import Inputs
from nnviz_action.capture.recorder import Recording, record
from nnviz_action.graph.values import Graph, Node


class Plain(nn.Module):
    """A model whose forward is a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.forward = function


def recorded(
    model: Any,
    *args: Any,
    fake: bool = False,
    always: bool = False,
    named: Mapping[str, tuple[int, int]] = {},
    **kwargs: Any,
) -> Recording:
    """What is recorded of a module or a function; `named` gives (argument, axis) of dynamic dimensions by name."""
    module = model if isinstance(model, nn.Module) else Plain(model)
    module.train(getattr(module, "keep_mode", False))
    dims = {name: args[place].shape[axis] for name, (place, axis) in named.items()}
    request = {
        "fake": "always" if always else "auto",
        "dims": dims,
        "folder": __file__.rpartition("/")[0],
        "root": __file__.rpartition("/")[0],
    }
    if not fake and not named:
        return record(Built(module, Inputs(args, kwargs), None), request)
    mode = FakeTensorMode(allow_non_fake_inputs=True, shape_env=ShapeEnv())
    with mode:
        fake_weights(module)
        args = tuple(torch.empty_like(a) if isinstance(a, torch.Tensor) else a for a in args)
    axes = [(arg, {axis: n for n, (p, axis) in named.items() if p == place}) for place, arg in enumerate(args)]
    return record(Built(module, Inputs(args, kwargs, [a for a in axes if a[1]]), mode), request)


def calls(model: Any, *args: Any, **options: Any) -> list[str]:
    """`v1 = add(input=x, other=2)` for each call."""
    return lines(recorded(model, *args, **options).graph)


def lines(graph: Graph) -> list[str]:
    return [line(node) for node in graph.nodes]


def line(node: Node) -> str:
    given = [f"{name}={value}" for name, value in zip(node.arguments, node.inputs, strict=True)]
    given += [f"{name}={value}" for name, value in node.attributes]
    return f"{', '.join(node.outputs)} = {node.op}({', '.join(given)})"


def places(graph: Graph) -> list[str]:
    """`block.0 fc@1: linear` for each call: the paths of the modules around it, with the number of the call."""
    return [
        f"{' '.join(m.path + (f'@{m.call}' if m.call else '') for m in node.modules)}: {node.op}".removeprefix(": ")
        for node in graph.nodes
    ]
