"""While a model is captured it runs plainly: what is compiled is unwrapped, and nothing is checked by value."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn
from torch.distributions import Distribution

from nnviz_action.capture.private import COMPILED, FLEX_CHECK, VALIDATES, WRAPPER, modules_of, refill

_MISSING = object()


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
def eager(root: nn.Module) -> Iterator[None]:
    """Compiled modules and functions run as written, attention without its fast path, distributions unchecked."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    with ExitStack() as stack:
        stack.callback(torch.backends.mha.set_fastpath_enabled, fast)
        stack.enter_context(uncompiled())
        stack.enter_context(replaced(Distribution, VALIDATES, False))
        for module in root.modules():
            if vars(module).get(COMPILED) is not None:
                stack.enter_context(replaced(module, COMPILED, None))
            if isinstance(module, nn.RNNBase):
                refill(module)
        flex = sys.modules.get("torch.nn.attention.flex_attention")
        if hasattr(flex, FLEX_CHECK):
            stack.enter_context(replaced(flex, FLEX_CHECK, lambda *_: None))
        if "torch._dynamo" in sys.modules:
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield


def unwrapped(module: nn.Module) -> nn.Module:
    """The module itself, where torch.compile wraps it."""
    inner = modules_of(module).get(WRAPPER)
    return unwrapped(inner) if inner is not None else module


@contextmanager
def uncompiled() -> Iterator[None]:
    """`torch.compile` and `Module.compile` compile nothing."""
    with replaced(torch, "compile", _uncompiled), replaced(nn.Module, "compile", lambda *_, **__: None):
        yield


def _uncompiled(model: Callable[..., Any] | None = None, **_: Any) -> Any:
    """As `torch.compile`, without compiling."""
    return model if model is not None else (lambda function: function)
