"""Building the user's model so that its weights never exist.

Three ways, from the cheapest to the surest: on the meta device, on the CPU with the weights then swapped for
fake ones, and with real weights. A fake CPU tensor has a shape and a type but no memory, and operators choose
the same paths for it as for a real one.
"""

import inspect
import random
import sys
import weakref
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import nn
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.nn.parameter import UninitializedParameter

from nnviz_action.capture.built import Built, Replaced
from nnviz_action.capture.chance import settle_chance
from nnviz_action.capture.eager import uncompiled, unwrapped
from nnviz_action.capture.inputs import Inputs, build_inputs
from nnviz_action.capture.private import FakeTensorMode, buffers_of, import_early, parameters_of
from nnviz_action.capture.recorder.legacy import legacy_constructors
from nnviz_action.capture.recorder.recipes import listening
from nnviz_action.capture.target import TargetError, call_target, load_module, load_target
from nnviz_action.capture.weights import StandIn


def build(request: Mapping[str, Any], way: str, training: bool) -> Built:
    """The model and its inputs, built in one of the ways of `capture.worker.tries.WAYS`."""
    import_early()
    seed()
    old = legacy_constructors() if way == "meta" else nullcontext()
    with old, uncompiled(), listening() as recipes, weightless(way):
        module = unwrapped(_instance(request))
        _settle_lazy(module.eval(), request)
        recipes.name(module)
    module.train(training)
    if way == "real":
        settle_chance(module, recipes.by_chance)
        seed()  # again: the inputs do not depend on how much chance the model took
        return _fitting(Built(module, build_inputs(request), None, recipes))
    mode = FakeTensorMode(allow_non_fake_inputs=True, shape_env=ShapeEnv())
    with mode:
        replaced = fake_weights(module)
        inputs = build_inputs(request)
        return _fitting(Built(module, inputs, mode, recipes, replaced))


def preload(request: Mapping[str, Any]) -> None:
    """Import the model's module as the first `build` would."""
    seed()
    with uncompiled(), weightless(request["way"]):
        load_module(request["model"], request["folder"])


def seed() -> None:
    """The same numbers in every run: a buffer that is made of chance is part of the graph."""
    torch.manual_seed(0)
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)


def weightless(way: str) -> AbstractContextManager[Any]:
    """What makes weights without memory, where the way to build is `meta`."""
    return torch.device("meta") if way == "meta" else nullcontext()


def _settle_lazy(module: nn.Module, request: Mapping[str, Any]) -> None:
    """Lazy modules learn the shapes of their parameters from a first call."""
    if any(isinstance(p, UninitializedParameter) for p in module.parameters()):
        inputs = build_inputs(request)
        module(*inputs.args, **inputs.kwargs)


def _fitting(built: Built) -> Built:
    """The same, once it is clear that `forward` takes these inputs."""
    try:
        signature = inspect.signature(built.module.forward)
        signature.bind(*built.inputs.args, **built.inputs.kwargs)
    except ValueError:
        return built  # a compiled module has no signature
    except TypeError as error:
        raise TargetError(f"the inputs do not fit  forward{signature}: {error}", hint=_given(built.inputs)) from None
    return built


def _given(inputs: Inputs) -> str:
    given = [*(str(list(getattr(value, "shape", ()))) for value in inputs.args), *inputs.kwargs]
    return f"inputs:  gives {', '.join(given) or 'nothing'}; write them in forward's order, or by its names"


def _instance(request: Mapping[str, Any]) -> nn.Module:
    found = load_target(request["model"], request["folder"])
    seed()  # again: an import may have drawn numbers, and may have been made before
    args, kwargs = request["args"], request["kwargs"]
    hint = "write what it takes under  args:  or  kwargs:"
    made = found if isinstance(found, nn.Module) else call_target(request["model"], found, args, kwargs, hint)
    if isinstance(made, StandIn):
        raise made.error
    if not isinstance(made, nn.Module):
        raise TargetError(
            f"{request['model']} gives a {type(made).__name__}, not a torch.nn.Module",
            hint="name a Module class, a function that returns a Module, or a Module",
        )
    return made


def fake_weights(module: nn.Module) -> dict[int, Replaced]:
    """Replace each parameter, buffer and tensor attribute in place by an empty CPU one; tied ones stay tied."""
    made: dict[int, Replaced] = {}
    kept: list[torch.Tensor] = []  # an id is good only as long as its owner lives

    def fake(tensor: torch.Tensor) -> torch.Tensor:
        if id(tensor) not in made:
            kept.append(tensor)
            made[id(tensor)] = weakref.ref(tensor), empty_like(tensor)
        return made[id(tensor)][1]

    for owner in module.modules():
        for group in (parameters_of(owner), buffers_of(owner)):
            for name, tensor in group.items():
                if tensor is not None:
                    group[name] = fake(tensor)
        for name, value in list(vars(owner).items()):
            if isinstance(value, torch.Tensor) and value.is_meta:
                # A plain attribute on the meta device does not mix with CPU tensors; as a fake one that torch.export
                # takes for a constant, it crashes the interpreter. A buffer is what it should have been.
                del vars(owner)[name]
                owner.register_buffer(name, fake(value), persistent=False)
    return made


def empty_like(tensor: torch.Tensor, device: str | torch.device = "cpu") -> torch.Tensor:
    """A tensor of the same shape, type and layout; a parameter for a parameter."""
    empty = torch.empty_strided(tensor.size(), tensor.stride(), dtype=tensor.dtype, device=device)
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(empty, requires_grad=tensor.requires_grad)
    return empty.requires_grad_(tensor.requires_grad)
