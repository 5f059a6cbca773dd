"""While a model is captured it runs plainly: what is compiled is unwrapped, and nothing is checked by value."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from weakref import WeakValueDictionary

import torch
from torch import nn
from torch.distributions import Distribution

from nnviz_action.capture.private import COMPILED, FLEX_CHECK, OPERATORS, VALIDATES, modules_of, refill
from nnviz_action.graph.state_dict import WRAPPER

_MISSING = object()
_compile = torch.compile
_compiled: WeakValueDictionary[int, nn.Module] = WeakValueDictionary()  # by their ids


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Meanwhile, the owner has this under that name."""
    before = vars(owner).get(name, _MISSING)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if before is _MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


@contextmanager
def eager(root: nn.Module, dynamo: bool) -> Iterator[None]:
    """Compiled modules and functions run as written, attention without its fast path, distributions unchecked.

    With `dynamo`, branches and loops of torch's own become operators that take the weights which they use.
    """
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    with ExitStack() as stack:
        stack.callback(torch.backends.mha.set_fastpath_enabled, fast)
        stack.enter_context(uncompiled(dynamo))
        stack.enter_context(replaced(Distribution, VALIDATES, False))
        for module in root.modules():
            if vars(module).get(COMPILED) is not None:
                stack.enter_context(replaced(module, COMPILED, None))
            if isinstance(module, nn.RNNBase):
                refill(module)
        flex = sys.modules.get("torch.nn.attention.flex_attention")
        if hasattr(flex, FLEX_CHECK):
            stack.enter_context(replaced(flex, FLEX_CHECK, lambda *_: None))
        if not dynamo and "torch._dynamo" in sys.modules:
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield


def unwrapped(module: nn.Module) -> nn.Module:
    """The module itself, where torch.compile wraps it."""
    inner = modules_of(module).get(WRAPPER)
    return unwrapped(inner) if inner is not None else module


def was_compiled(module: nn.Module) -> bool:
    """Whether the author has torch.compile put a wrapper around this module."""
    return _compiled.get(id(module)) is module


@contextmanager
def uncompiled(dynamo: bool = False) -> Iterator[None]:
    """`torch.compile` and `Module.compile` compile nothing, but with `dynamo` branches and loops of torch's own."""
    stand_in = _compile_operators if dynamo else _uncompiled
    with replaced(torch, "compile", stand_in), replaced(nn.Module, "compile", lambda *_, **__: None):
        yield


def _compile_operators(model: Callable[..., Any] | None = None, **options: Any) -> Any:
    """As `torch.compile`, for torch's own `cond` and `while_loop` alone: so they find the weights that they use."""
    own = sys._getframe(1).f_globals.get("__name__", "").startswith(OPERATORS)
    return _compile(model, **options) if own else _uncompiled(model)


def _uncompiled(model: Callable[..., Any] | None = None, **_: Any) -> Any:
    """As `torch.compile`, without compiling."""
    if isinstance(model, nn.Module):
        _compiled[id(model)] = model
    return model if model is not None else (lambda function: function)
