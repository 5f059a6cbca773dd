"""Calling a model until a forward pass succeeds: of all guesses, those are followed that came furthest."""

import heapq
import inspect
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import torch
from torch import nn

from nnviz_action.capture.asking.first import Facts, guesses
from nnviz_action.capture.asking.listen import Failure, Listener
from nnviz_action.capture.asking.repairs import ANOTHER_KIND, alternatives, repairs
from nnviz_action.capture.asking.values import State, bounded, changed, made, tensors
from nnviz_action.capture.eager import eager
from nnviz_action.capture.private import FakeTensorMode

MOST_CALLS = 250
LONGEST_FREE = 1.0  # seconds to look for axes of other sizes
_TRIED = -(10**9)
MOST_FOLLOWED = 40  # guesses that one failure gives


@dataclass(frozen=True)
class Passed:
    """A forward pass that succeeded: its inputs, and after how many calls. `failure` is why, where none did."""

    state: State = field(default_factory=dict)
    calls: int = 0
    failure: Failure | None = None
    free: Mapping[str, Sequence[int]] = field(default_factory=dict)  # by input, axes that may have another size


def search(
    module: nn.Module, mode: FakeTensorMode | None, facts: Facts, given: Sequence[State], seconds: float
) -> Passed:
    """Inputs that the model takes: those `given`, or else the first that are found in so many seconds."""
    call = _caller(module, mode)
    until = time.monotonic() + seconds
    best: tuple[int, Failure] | None = None
    waiting = _Waiting()
    for order, state in enumerate((*given, *_starts(facts))):
        waiting.add(state, order - 10**6 if order < len(given) else 0, 0, 0)
    for calls in range(1, MOST_CALLS):
        found = waiting.next()
        if found is None or time.monotonic() > until:
            break
        state, before, stale = found
        outcome = call(state)
        if not isinstance(outcome, _Failed):
            return Passed(bounded(state, outcome), calls, free=_free(call, state))
        if best is None or outcome.calls > best[0]:
            best = outcome.calls, outcome.failure
        stale = stale + 1 if outcome.calls <= before else 0
        for cost, other in islice(repairs(state, outcome.failure, facts), MOST_FOLLOWED):
            waiting.add(other, cost, outcome.calls, stale)
        for other in alternatives(state, facts, required(facts)):
            waiting.add(other, ANOTHER_KIND, outcome.calls, stale)
    nothing = Failure(TypeError("forward takes no input that could be found"))
    return Passed(failure=best[1] if best else nothing)


def _free(call: Callable[[State], "_Failed | dict[str, int]"], state: State) -> dict[str, list[int]]:
    """Axes of which half and twice as much passes as well, as far as that is soon told."""
    until = time.monotonic() + LONGEST_FREE
    found: dict[str, list[int]] = {}
    for path, tensor in tensors(state):
        for axis, size in enumerate(tensor.shape):
            if time.monotonic() > until:
                return found
            for other in {max(1, size // 2), 2 * size} - {size}:
                shape = (*tensor.shape[:axis], other, *tensor.shape[axis + 1 :])
                if isinstance(call(changed(state, path, replace(tensor, shape=shape))), _Failed):
                    break
            else:
                found.setdefault(path, []).append(axis)
    return found


class _Waiting:
    """Guesses: those first whose parents came furthest, then those that are surer and less often in vain."""

    def __init__(self) -> None:
        self.heap: list[tuple[int, int, State, int, int]] = []
        self._ranks: dict[str, int] = {}
        self._count = 0

    def add(self, state: State, cost: int, calls: int, stale: int) -> None:
        """A guess, unless it was made before, or waits already for as good a reason."""
        rank = cost + 4 * stale - 10 * calls
        if rank < self._ranks.get(repr(state), rank + 1):
            self._ranks[repr(state)] = rank
            self._count += 1
            heapq.heappush(self.heap, (rank, self._count, state, calls, stale))

    def next(self) -> tuple[State, int, int] | None:
        """The best guess, the calls and the vain steps before it; None where none is left."""
        while self.heap:
            rank, _, state, calls, stale = heapq.heappop(self.heap)
            if rank == self._ranks.get(repr(state)):
                self._ranks[repr(state)] = _TRIED
                return state, calls, stale
        return None


@dataclass(frozen=True)
class _Failed:
    failure: Failure
    calls: int


def _caller(module: nn.Module, mode: FakeTensorMode | None) -> Callable[[State], "_Failed | dict[str, int]"]:
    parameters = _parameters(module)

    def call(state: State) -> "_Failed | dict[str, int]":
        listener = Listener()
        try:
            with torch.no_grad(), eager(module, False), mode or nullcontext():
                inputs = {name: made(value, listener.note, name) for name, value in state.items()}
                args, kwargs = _arranged(inputs, parameters)
                with listener:
                    module(*args, **kwargs)
        except Exception as error:
            return _Failed(listener.told(error), listener.calls)
        finally:
            listener.close()
        return listener.highs

    return call


def _parameters(module: nn.Module) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(module.forward).parameters.values())
    except (TypeError, ValueError):
        return []


def _arranged(inputs: dict[str, Any], parameters: Sequence[inspect.Parameter]) -> tuple[list[Any], dict[str, Any]]:
    """By position as long as all before are given."""
    args: list[Any] = []
    rest = dict(inputs)
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            args += [rest.pop(name) for name in list(rest) if name.startswith(f"{parameter.name}_")]
        elif parameter.name in rest and parameter.kind is not parameter.KEYWORD_ONLY:
            args.append(rest.pop(parameter.name))
        else:
            break
    return args, rest


def required(facts: Facts) -> list[tuple[str, str]]:
    """The parameters of `forward` that must be given: name and annotation."""
    if facts.signature is None:
        return [("input", "")]
    found: list[tuple[str, str]] = []
    for name, parameter in facts.signature.parameters.items():
        annotation = parameter.annotation
        text = "" if annotation is parameter.empty else inspect.formatannotation(annotation)
        if parameter.kind is parameter.VAR_POSITIONAL:
            if not found:
                found.append((f"{name}_0", text))
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            found.append((name, text))
    return found


def _starts(facts: Facts) -> Iterator[State]:
    """First the likeliest for each input, then those of one kind for all."""
    names = required(facts)
    choices = [list(guesses(name, annotation, facts)) for name, annotation in names]
    yield {name: choice[0] for (name, _), choice in zip(names, choices, strict=True)}
    for rank in range(1, max(map(len, choices), default=0)):
        yield {name: choice[min(rank, len(choice) - 1)] for (name, _), choice in zip(names, choices, strict=True)}
