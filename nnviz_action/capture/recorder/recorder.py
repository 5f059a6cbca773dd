"""One call after the other, as the author wrote them: what went in, what came out, what was written to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from nnviz_action.capture.private import DROPOUT, HigherOrderOperator, memory_of, version
from nnviz_action.capture.recorder import work
from nnviz_action.capture.recorder.arguments import Bound, bind, by_tensors
from nnviz_action.capture.recorder.functions import READS, VALUE_SHAPED, is_fact, public_name, raw_name
from nnviz_action.capture.recorder.indices import index_of
from nnviz_action.capture.recorder.lines import Lines
from nnviz_action.capture.recorder.modules import Scopes
from nnviz_action.capture.recorder.origins import Origins
from nnviz_action.capture.recorder.recurrent import RECURRENT, is_free, shapes_alone
from nnviz_action.capture.recorder.values import Body, Call, Value, Values, tensors_of, value_of
from nnviz_action.graph.values import Module

Operator = Callable[["Recorder", Any, Sequence[Any], dict[str, Any]], Any]


class Recorder(TorchFunctionMode):
    """While active, keeps each call of a function of torch in `calls`, in order."""

    def __init__(self, scopes: Scopes, origins: Origins, lines: Lines, call_operator: Operator) -> None:
        """`call_operator` calls and keeps an operator that has bodies."""
        super().__init__()
        self._call_operator = call_operator
        self.calls: list[Call] = []
        self.values = Values(origins.of, self._replay)
        self.reads = False  # whether a number left the graph for Python
        self._scopes, self._lines, self._work = scopes, lines, work.Work()
        self._busy = False
        scopes.passes, scopes.returns = self._pass, self._number_results

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if self._busy or is_fact(func):
            self.reads = self.reads or getattr(func, "__name__", "") in READS
            return func(*args, **kwargs)
        if isinstance(func, HigherOrderOperator):
            return self._call_operator(self, func, args, kwargs)
        domain, raw = raw_name(func)
        return self.record(func, domain, raw, args, kwargs)

    def record(
        self,
        func: Any,
        domain: str,
        raw: str,
        args: Sequence[Any],
        kwargs: Any,
        names: Sequence[str] = (),
        more: Sequence[tuple[str, Any]] = (),
    ) -> Any:
        """Call the function, and keep the call if it gives or writes a tensor.

        `names` are those of its parameters where the function itself cannot tell; `more` are attributes beside these.
        """
        given = {id(t): t for t in tensors_of((args, kwargs))}
        before = [(t, self.values.of(t), version(t)) for t in given.values()]
        line = self._lines.here()
        result, macs = self._run(func, raw, args, kwargs)
        written = [(t, v) for t, v, number in before if number != version(t) or _overwrites(raw, t, kwargs)]
        if raw == "__set__data" and before:
            self.values.name(before[0][0], before[-1][1])
            return result
        made = [t for t in tensors_of(result) if id(t) not in given]
        self.reads = self.reads or _asks_values(raw, args)
        if made or written:
            bound = list(zip(names, args, strict=False)) if names else _bound(func, raw, args, kwargs)
            inputs, attributes = by_tensors(bound, {id(t): v for t, v, _ in before})
            op = raw if domain == "function" else public_name(raw)
            call = Call(op, domain, inputs, [*attributes, *more], macs=macs, line=line, modules=self._scopes.place)
            self._keep(call, result, before, written)
        return result

    def keep(self, call: Call, result: Any) -> None:
        """Keep a call that ran elsewhere, with what it gave."""
        call.modules, call.line = self._scopes.place, self._lines.here()
        self._keep(call, result, [], [])

    def _number_results(self, place: tuple[Module, ...], result: Any) -> None:
        """Note of the tensors that a module returns which they are, as its author unpacks them."""
        for number, tensor in enumerate(tensors_of(result)):
            value = self.values.known(tensor)
            if value is not None:
                self.values.current(value).given = place, number

    def _pass(self, module: nn.Module, tensor: torch.Tensor) -> torch.Tensor:
        """A module that gives what it got, as Identity, or Dropout in eval: it is a call that does nothing."""
        before = self.values.of(tensor)
        if before.maker is not None and before.maker.modules == self._scopes.place:
            return tensor  # what it got was written to
        with self.busy():
            alias: torch.Tensor = torch.ops.aten.alias(tensor)
        drops = isinstance(module, DROPOUT)
        call = Call(type(module).__name__.lower() if drops else "identity", "torch", [("input", before)], [])
        if drops:
            call.attributes = [("p", module.p), ("training", False)]
        call.modules, call.line = self._scopes.place, self._lines.here()
        self._keep(call, alias, [(tensor, before, 0)], [])
        return alias

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Nothing that happens meanwhile is a call of its own."""
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before

    @property
    def is_busy(self) -> bool:
        """Whether what happens now is part of a call."""
        return self._busy

    @contextmanager
    def body(self, name: str) -> Iterator[Body]:
        """The calls that happen meanwhile are those of a body."""
        outer, self.calls = self.calls, []
        body = Body(name, [], [], self.calls)
        try:
            yield body
        finally:
            self.calls = outer

    def run_counted(
        self, func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, int]:
        """What the function gives, and the multiplications that it took."""
        with self.busy(), self._work:
            self._work.taken()
            result = func(*args, **kwargs)
        return result, self._work.taken()

    def _run(self, func: Any, raw: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, int]:
        if raw in work.IDLE:
            with self.busy():
                return func(*args, **kwargs), 0
        if raw == "scaled_dot_product_attention":
            with self.busy():
                return func(*args, **kwargs), work.attention(args, kwargs)
        if raw in RECURRENT:
            with self.busy():
                result = shapes_alone(raw, args) if is_free(args) else func(*args, **kwargs)
            return result, work.recurrent(raw, args)
        return self.run_counted(func, args, kwargs)

    def _keep(
        self, call: Call, result: Any, before: Sequence[tuple[Any, Value, Any]], written: Sequence[tuple[Any, Value]]
    ) -> None:
        self.calls.append(call)
        changed = {id(t): v for t, v in written}
        for tensor in tensors_of(result):
            known = self.values.known(tensor) if any(t is tensor for t, _, _ in before) else None
            if known is not None and id(tensor) not in changed:
                continue  # what went in came out again
            value = value_of(tensor, call)
            call.outputs.append(value)
            if id(tensor) in changed:
                self._write(call, changed.pop(id(tensor)), value)
            else:
                self._see_view(call, tensor, value, before)
            self.values.name(tensor, value)
        for tensor, old in written:
            if id(tensor) in changed:
                value = value_of(tensor, call)
                call.written.append((old, value))
                self._write(call, old, value)
                self.values.name(tensor, value)

    def _write(self, call: Call, old: Value, new: Value) -> None:
        whole = self.values.write(old, new)
        if whole is not None:
            call.written.append(whole)

    def _see_view(self, call: Call, tensor: Any, value: Value, before: Sequence[tuple[Any, Value, Any]]) -> None:
        memory = memory_of(tensor) if before else None
        if memory is None:
            return
        for source, parent, _ in before:
            if memory_of(source) == memory:
                value.parent, value.view = parent, (call, len(call.outputs) - 1)
                value.family, value.seen = parent.family, parent.family.writes
                return

    def _replay(self, value: Value, parent: Value) -> Value:
        """The same view of what its parent has become."""
        assert value.view is not None
        view, place = value.view
        old = view.outputs[place].parent
        inputs = [(name, parent if given is old else given) for name, given in view.inputs]
        call = Call(view.op, view.domain, inputs, view.attributes, modules=view.modules, line=view.line)
        for output in view.outputs:
            made = Value(output.dtype, output.shape, call, family=parent.family, seen=parent.family.writes)
            made.parent, made.view = parent, (call, len(call.outputs))
            call.outputs.append(made)
        self.calls.append(call)
        return call.outputs[place]


def _bound(func: Any, raw: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Bound:
    return index_of(args) if raw in ("__getitem__", "__setitem__") else bind(func, raw, args, kwargs)


def _asks_values(raw: str, args: Sequence[Any]) -> bool:
    """Whether the shape of what comes out depends on values."""
    if raw in ("__getitem__", "__setitem__"):
        parts = args[1] if isinstance(args[1], tuple) else args[1:2]
        return raw == "__getitem__" and any(isinstance(p, torch.Tensor) and p.dtype == torch.bool for p in parts)
    return raw in VALUE_SHAPED or (raw == "where" and len(args) == 1)


def _overwrites(raw: str, tensor: torch.Tensor, kwargs: Mapping[str, Any]) -> bool:
    """Whether a call writes to an inference tensor, which only its name tells."""
    if not tensor.is_inference():
        return False
    return (raw.endswith("_") and not raw.endswith("__")) or raw == "__setitem__" or kwargs.get("out") is tensor
