"""Calls that no mode sees: `autograd.Function`, scripted code, `vmap`, what comes from NumPy."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import Function

from nnviz_action.capture.eager import replaced
from nnviz_action.capture.private import FUNCTION, SCRIPTED, is_batched, script_name, script_weights, vmap_owner
from nnviz_action.capture.recorder.code_mark import code_mark
from nnviz_action.capture.recorder.legacy import legacy_constructors
from nnviz_action.capture.recorder.values import Body, Call, tensors_of, value_of

if TYPE_CHECKING:
    from nnviz_action.capture.recorder.recorder import Recorder

# torch's own functions that only run other code: what they run is recorded instead.
_CHECKPOINTS = ("torch.utils.checkpoint",)


@contextmanager
def unseen_calls(recorder: Recorder) -> Iterator[None]:
    """Meanwhile, the recorder hears of these calls too."""
    with ExitStack() as stack:
        stack.enter_context(replaced(FUNCTION, "apply", classmethod(_apply(recorder))))
        for kind in SCRIPTED:
            stack.enter_context(replaced(kind, "__call__", _scripted(recorder, kind.__call__)))
        for owner, name in ((torch, "from_numpy"), (torch.nested, "nested_tensor"), (torch, "frombuffer")):
            stack.enter_context(replaced(owner, name, _maker(recorder, getattr(owner, name))))
        owner, name, mapping = vmap_owner()
        stack.enter_context(replaced(owner, name, _vmap(recorder, mapping)))
        stack.enter_context(legacy_constructors())
        yield


def _apply(recorder: Recorder) -> Callable[..., Any]:
    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        plain = super(FUNCTION, cls).apply
        if recorder.is_busy or cls.__module__ in _CHECKPOINTS:
            return plain(*args, **kwargs)
        names, mark = _parameters(cls, len(args)), code_mark(cls)
        return recorder.record(plain, "function", cls.__name__, args, kwargs, names, [("code", mark)] if mark else [])

    return apply


def _parameters(cls: Any, count: int) -> list[str]:
    """The names of forward's parameters, without the context that it is handed unless `setup_context` is there."""
    named = [p.name for p in inspect.signature(cls.forward).parameters.values() if p.kind is not p.VAR_POSITIONAL]
    named = named[cls.setup_context is Function.setup_context :][:count]
    return named + [f"arg{place}" for place in range(len(named), count)]


def _scripted(recorder: Recorder, plain: Callable[..., Any]) -> Callable[..., Any]:
    """One call: its arguments, and the weights of the module that the method is of."""

    def call(method: Any, *args: Any, **kwargs: Any) -> Any:
        if recorder.is_busy:
            return plain(method, *args, **kwargs)
        owner = getattr(method, "owner", None)
        inputs = [(f"arg{i}", recorder.values.of(t)) for i, t in enumerate(tensors_of((args, kwargs)))]
        inputs += [(name, recorder.values.of(t)) for name, t in (script_weights(owner) if owner is not None else ())]
        result, macs = recorder.run_counted(plain, (method, *args), kwargs)
        name = method.name if owner is None else script_name(owner)
        recorder.keep(Call(name, "script", inputs, [], macs=macs), result)
        return result

    return call


def _maker(recorder: Recorder, plain: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes a tensor of what it is given."""

    def make(*args: Any, **kwargs: Any) -> Any:
        if recorder.is_busy:
            return plain(*args, **kwargs)
        inputs = [(f"tensors.{i}", recorder.values.of(t)) for i, t in enumerate(tensors_of(args))]
        with recorder.busy():
            result = plain(*args, **kwargs)
        recorder.keep(Call(plain.__name__, "torch", inputs, []), result)
        return result

    return make


def _vmap(recorder: Recorder, plain: Callable[..., Any]) -> Callable[..., Any]:
    """One call, whose body is what the function does with one item."""

    def mapped(
        func: Any, in_dims: Any, out_dims: Any, randomness: Any, chunk_size: Any, *args: Any, **kw: Any
    ) -> Any:
        if recorder.is_busy:
            return plain(func, in_dims, out_dims, randomness, chunk_size, *args, **kw)
        bodies: list[Body] = []

        def once(*inner: Any, **more: Any) -> Any:
            with recorder.body("function") as body:
                _receive(recorder, body, (inner, more))
                result = func(*inner, **more)
                body.outputs = [recorder.values.of(t) for t in tensors_of(result)]
            bodies.append(body)
            return result

        inputs = [(f"args.{i}", recorder.values.of(t)) for i, t in enumerate(tensors_of((args, kw)))]
        result = plain(once, in_dims, out_dims, randomness, chunk_size, *args, **kw)
        macs = sum(call.macs for body in bodies for call in body.calls)
        dims = (("in_dims", in_dims), ("out_dims", out_dims))
        attributes = [(name, value) for name, value in dims if value != 0]
        recorder.keep(Call("vmap", "torch", inputs, attributes, macs=macs, bodies=bodies[:1]), result)
        return result

    return mapped


def _receive(recorder: Recorder, body: Body, given: Any) -> None:
    """What a body is handed that is not known outside is an input of its own."""
    for tensor in tensors_of(given):
        if recorder.values.known(tensor) is None or is_batched(tensor):
            value = value_of(tensor, source=f"{body.name}.{len(body.inputs)}")
            recorder.values.name(tensor, value)
            body.inputs.append(value)
