"""What a model is called with, worked out from its code: the layers that an input meets, then names."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnviz_action.setup.init.hints import Hints, filled, is_single, read_hints, tensor_by_name
from nnviz_action.setup.init.walk.attributes import get
from nnviz_action.setup.init.walk.execute import bound, defaults
from nnviz_action.setup.init.walk.forward_walk import attempt, walk
from nnviz_action.setup.init.walk.index import Index
from nnviz_action.setup.init.walk.machine import ConflictError, ExhaustedError, Guess, Machine
from nnviz_action.setup.init.walk.modules import Function
from nnviz_action.setup.init.walk.values import Instance, Method, Tensor, is_plain

SIZES = (224, 32, 28, 64, 128, 256, 96, 299, 512, 227, 48)  # of images, the most usual first
MOST_RANKS = 5  # inputs whose number of dimensions is corrected
BY_USE, BY_NAME = "the way forward uses it", "its name"
_NO_TENSOR = re.compile(r"(int|float|bool|str)\Z|(typing\.)?(list|sequence|tuple|dict|mapping)\b", re.I)


@dataclass(frozen=True)
class Guessed:
    """The inputs by name, the reasons by name; what nothing tells; whether all layers fit."""

    tensors: Mapping[str, Any]
    reasons: Mapping[str, str]
    missing: tuple[str, ...] = ()
    fits: bool = True

    @property
    def bold(self) -> bool:
        """Whether no layer told the shape of some input."""
        return any(reason in (BY_USE, BY_NAME) for reason in self.reasons.values())


def guess_inputs(index: Index, instance: Instance, sizes: Sequence[int] = ()) -> Guessed | None:
    """The inputs of `forward`; None where there is no `forward` to read. `sizes` are tried before the usual ones."""
    forward = index.method(instance.made_of, "forward")
    hints = hints_of(index, instance)
    first: Guessed | None = None
    for guess in _guesses(hints, sizes):
        found = _walk(index, instance, forward, hints, guess)
        first = first or replace(found, fits=False)
        if found.fits:
            return found
    return first


def hints_of(index: Index, instance: Instance) -> Hints:
    """What the constructor's parameters say."""
    init = index.method(instance.made_of, "__init__")
    machine = Machine(index)
    values = attempt(lambda: bound(machine, init, [instance, *instance.args], instance.kwargs), {}) if init else {}
    return read_hints(values)


def _guesses(hints: Hints, sizes: Sequence[int]) -> Iterator[Guess]:
    for size in dict.fromkeys([*([hints.size] if hints.size else []), *sizes, *SIZES]):
        yield Guess(size=size, length=min(hints.length or 16, 64), ranks={})


def _walk(index: Index, instance: Instance, forward: Function | None, hints: Hints, guess: Guess) -> Guessed:
    """One pass through `forward` with these sizes; again where it tells that an input has another rank."""
    for _ in range(MOST_RANKS):
        machine = Machine(index, guess)
        fresh = renewed(instance)
        given = _parameters(machine, forward)
        guess.ranks |= {name: 1 for name in given if is_single(name) and name not in guess.ranks}
        try:
            # What the constructor does with values that are not known is no reason to give up on `forward`.
            attempt(lambda: get(machine, fresh, "training"))  # noqa: B023  # called at once
            walk(lambda: machine.call(Method(fresh, "forward", forward), [], given))  # noqa: B023
        except ConflictError as conflict:
            if conflict.origin and guess.ranks.get(conflict.origin, 1) == 1:
                guess.ranks[conflict.origin] = conflict.rank
                continue
            return _finished(forward, given, hints, guess, fits=False)
        except (ExhaustedError, RecursionError):
            pass
        return _finished(forward, given, hints, guess, fits=True)
    return _finished(forward, given, hints, guess, fits=False)


def renewed(value: Any) -> Any:
    """An instance as it is before its `__init__`, and so those that it is made with."""
    if isinstance(value, Instance):
        kwargs = {name: renewed(child) for name, child in value.kwargs.items()}
        return replace(value, args=tuple(map(renewed, value.args)), kwargs=kwargs, attrs=None, later={}, wrapped=None)
    if isinstance(value, (list, tuple)):
        return type(value)(map(renewed, value))
    return value


def _parameters(machine: Machine, forward: Function | None) -> dict[str, Any]:
    """The parameters of `forward` that must be given, each a tensor of which nothing is known yet."""
    if forward is None:
        return {"input": Tensor(origin="input")}
    known = defaults(machine, forward)
    names = [*forward.node.args.posonlyargs, *forward.node.args.args][1:]
    names += forward.node.args.kwonlyargs
    return {a.arg: Tensor(origin=a.arg) for a in names if a.arg not in known}


def _finished(forward: Function | None, given: Mapping[str, Any], hints: Hints, guess: Guess, fits: bool) -> Guessed:
    tensors: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    missing = []
    for name, tensor in given.items():
        found, why = _completed(name, tensor, hints, guess, forward)
        if found is None:
            missing.append(name)
        else:
            tensors[name], reasons[name] = found, why
    return Guessed(tensors, reasons, tuple(missing), fits)


def _completed(
    name: str, tensor: Tensor, hints: Hints, guess: Guess, forward: Function | None
) -> tuple[Tensor | None, str]:
    if tensor.shape is not None:
        shape = filled(tensor.shape, tensor.roles, hints, guess.size, guess.length)
        if shape is not None:
            return Tensor(shape, tensor.dtype, tensor.high, name), tensor.why or BY_USE
    if _NO_TENSOR.match(annotation(forward, name)):
        return None, ""
    by_name = tensor_by_name(name, hints)
    if by_name is None:
        return None, ""
    return Tensor(by_name[0], by_name[1], by_name[2], name), BY_NAME


def annotation(forward: Function | None, name: str) -> str:
    """The annotation of a parameter, as it is written."""
    for argument in [] if forward is None else [*forward.node.args.args, *forward.node.args.kwonlyargs]:
        if argument.arg == name and argument.annotation is not None:
            return ast.unparse(argument.annotation)
    return ""


def is_known(value: Any) -> bool:
    """Whether a value of a call can be written into a config."""
    if isinstance(value, Tensor):
        return value.shape is not None and all(size is not None for size in value.shape)
    if isinstance(value, (list, tuple)) and any(isinstance(v, (Tensor, list, tuple)) for v in value):
        return all(map(is_known, value))
    if isinstance(value, dict) and value:
        return all(isinstance(k, str) and is_known(v) for k, v in value.items())
    return is_plain(value)
