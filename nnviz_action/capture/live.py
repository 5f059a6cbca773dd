"""A model of a running program: recorded in this process, and left as it was.

What runs is a twin of it, which shares nothing that a forward pass could write to.
"""

import copy
import logging
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import torch
from torch import nn
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.nn.parameter import is_lazy

from nnviz_action.capture.backward import traced
from nnviz_action.capture.build import empty_like
from nnviz_action.capture.built import Built
from nnviz_action.capture.eager import replaced, unwrapped
from nnviz_action.capture.inputs import Inputs
from nnviz_action.capture.private import HELD, FakeTensorMode
from nnviz_action.capture.recorder import record
from nnviz_action.capture.recorder.recipes import Recipes
from nnviz_action.capture.recorder.record import Recording
from nnviz_action.capture.saved import gradient_bytes, saved_bytes
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.graph.numbers import Kept
from nnviz_action.system.clock import Clock

T = TypeVar("T")
Arguments = tuple[Any, ...]
Twin = Callable[[torch.Tensor], torch.Tensor]
_AUTOGRAD = {"max_attr_chars": 50}


def record_live(model: nn.Module, args: Arguments, kwargs: Mapping[str, Any], training: bool) -> Recording:
    """The author's graph of one forward pass with these inputs, in train or eval mode.

    It runs without values, and with a copy of them where the code asks for some. Raises what the model raises.
    """

    def run(built: Built) -> Recording:
        return record(built, {"folder": os.getcwd(), "dims": {}})  # noqa: PTH109  # where the lines are shown from

    return _with_fakes_first(run, model, args, kwargs, training)


def title_of(model: nn.Module) -> str:
    """The class that its author wrote."""
    inner = unwrapped(model)
    return str(getattr(inner, "original_name", type(inner).__name__))


def kept_live(model: nn.Module, args: Arguments, kwargs: Mapping[str, Any]) -> Kept:
    """What a step of training would keep; nothing is known of a model that does not run in train mode."""
    try:
        return _with_fakes_first(_kept, model, args, kwargs, training=True)
    except Exception:
        return Kept()


def _kept(built: Built) -> Kept:
    return Kept(saved_bytes(built), gradient_bytes(built))


def _with_fakes_first(
    run: Callable[[Built], T], model: nn.Module, args: Arguments, kwargs: Mapping[str, Any], training: bool
) -> T:
    model = unwrapped(model)
    # Whatever the caller has switched off, what is counted is the same.
    with _chance_as_it_was(), _silence(), torch.inference_mode(False), torch.enable_grad():
        try:
            return run(_without_values(model, args, kwargs, training))
        except Exception:
            return run(_with_values(model, args, kwargs, training))


def trace_live(
    model: nn.Module, args: Arguments, kwargs: Mapping[str, Any], training: bool, shown: Mapping[str, bool]
) -> tuple[Drawing, tuple[str, ...]]:
    """What autograd records of it, as a drawing, and notes. `shown` are the keys of the config's `autograd`."""
    request = {"autograd": {**_AUTOGRAD, **shown}}

    def run(built: Built) -> tuple[Drawing, tuple[str, ...]]:
        notes: list[str] = []
        return traced(built, request, notes, Clock()), tuple(notes)

    return _with_fakes_first(run, model, args, kwargs, training)


def _without_values(model: nn.Module, args: Arguments, kwargs: Mapping[str, Any], training: bool) -> Built:
    """The twin with fake weights: they have shapes, and take no memory."""
    mode = FakeTensorMode(allow_non_fake_inputs=True, shape_env=ShapeEnv())
    with mode:
        held = _swapped(model, _empty)
        inputs = _inputs(args, kwargs, _empty)
    return _settled(Built(_twin(model, held, training), inputs, mode, _recipes(model)))


def _with_values(model: nn.Module, args: Arguments, kwargs: Mapping[str, Any], training: bool) -> Built:
    """The twin with weights of the same values, as nobody knows what the code will write to."""
    held = _swapped(model, _copied)
    return _settled(Built(_twin(model, held, training), _inputs(args, kwargs, _copied), None, _recipes(model)))


def _settled(built: Built) -> Built:
    """The same, once lazy layers have learnt their sizes from a first call."""
    if any(map(is_lazy, built.module.parameters())):
        built.call()
    return built


def _empty(tensor: torch.Tensor) -> torch.Tensor:
    return empty_like(tensor, "cpu" if tensor.is_meta else tensor.device)


def _swapped(model: nn.Module, twin: Twin) -> dict[int, torch.Tensor]:
    """What takes the place of each weight, by its id; those of lazy layers have no sizes yet."""
    held = (*model.parameters(), *model.buffers())
    return {id(tensor): _unsettled(tensor) if is_lazy(tensor) else twin(tensor) for tensor in held}


def _unsettled(tensor: Any) -> torch.Tensor:
    """torch cannot copy one."""
    kind: Any = type(tensor)
    return cast(torch.Tensor, kind(tensor.requires_grad, tensor.device, tensor.dtype))


def _inputs(args: Arguments, kwargs: Mapping[str, Any], twin: Twin) -> Inputs:
    """The same arguments; a tensor that is given twice stays one."""
    with _copying(twin):
        return Inputs(*copy.deepcopy((args, dict(kwargs))))


@contextmanager
def _copying(twin: Twin) -> Iterator[None]:
    """Meanwhile a copy of anything has twins in place of tensors, wherever these are; torch copies none that were
    computed."""

    def copied(tensor: torch.Tensor, memo: dict[int, Any]) -> torch.Tensor:
        return cast(torch.Tensor, memo.setdefault(id(tensor), twin(tensor)))

    with replaced(torch.Tensor, "__deepcopy__", copied), replaced(nn.Parameter, "__deepcopy__", copied):
        yield


def _copied(tensor: torch.Tensor) -> torch.Tensor:
    made = tensor.detach().clone()
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(made, requires_grad=tensor.requires_grad)
    return made.requires_grad_(tensor.requires_grad)


def _twin(model: nn.Module, held: Mapping[int, torch.Tensor], training: bool) -> nn.Module:
    """A deep copy, with these in place of the tensors of these ids."""
    with _copying(_copied):
        try:
            twin = copy.deepcopy(model, dict(held))
        except Exception:  # a lock, a generator, a package: these are shared
            twin = copy.deepcopy(model, {**held, **_shared(model, held)})
    return twin.train(training)


def _shared(model: nn.Module, memo: Mapping[int, Any]) -> dict[int, Any]:
    """The attributes that nothing can copy, as they are."""
    found: dict[int, Any] = {}
    for module in model.modules():
        for name, value in vars(module).items():
            if name in HELD:
                continue
            try:
                copy.deepcopy(value, dict(memo))
            except Exception:
                found[id(value)] = value
    return found


def _recipes(model: nn.Module) -> Recipes:
    """Nobody saw how its buffers were made. Those in no checkpoint are told by their numbers; others are data."""
    recipes = Recipes()
    recipes.name(model)
    recipes.named = {name: text for name, text in recipes.named.items() if name not in model.state_dict()}
    return recipes


@contextmanager
def _chance_as_it_was() -> Iterator[None]:
    """All random numbers of later come as if nothing had been drawn here."""
    numpy = sys.modules.get("numpy")
    states = random.getstate(), numpy.random.get_state() if numpy else None
    with torch.random.fork_rng():
        try:
            yield
        finally:
            random.setstate(states[0])
            if numpy:
                numpy.random.set_state(states[1])


@contextmanager
def _silence() -> Iterator[None]:
    """torch warns, and logs, of what then works another way."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
