"""Which value a tensor object holds: one name for each version of it, whoever wrote to it through whichever view."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from nnviz_action.capture.private import follows_gradients, memory_of, unwrapped
from nnviz_action.graph.values import Module

DEEPEST = 6  # lists in lists, of the arguments of a function


@dataclass(eq=False, slots=True)
class Family:
    """The values that share memory: how often it was written to, and the value of the whole."""

    writes: int = 0
    whole: Value | None = None


@dataclass(eq=False, slots=True)
class Value:
    """One version of one tensor. `newer` is the version that replaced it.

    A view has a `parent`, the value that it is a view of, and `view`: the call that took it and which of its results.
    """

    dtype: torch.dtype
    shape: tuple[Any, ...] | None
    maker: Call | None = None
    parent: Value | None = None
    view: tuple[Call, int] | None = None
    family: Family = field(default_factory=Family)
    seen: int = 0
    newer: Value | None = None
    source: str = ""  # of what no call made: input, weight, or that of a body
    grad: bool = False  # whether a gradient flows through it
    given: tuple[tuple[Module, ...], int] | None = None  # by which call of a module, as which of its results


@dataclass(eq=False, slots=True)
class Body:
    """What a function that was handed to a call did: a graph of its own, which may use values from outside."""

    name: str
    inputs: list[Value]
    outputs: list[Value]
    calls: list[Call]


@dataclass(eq=False, slots=True)
class Call:
    """One call that the author wrote. `written` pairs what it wrote to and does not return, before and after."""

    op: str
    domain: str
    inputs: list[tuple[str, Value]]
    attributes: list[tuple[str, Any]]
    outputs: list[Value] = field(default_factory=list)
    written: list[tuple[Value, Value]] = field(default_factory=list)
    modules: tuple[Module, ...] = ()
    macs: int = 0
    line: str = ""
    random: bool = False
    bodies: list[Body] = field(default_factory=list)

    def given(self, name: str) -> Value | None:
        """The tensor that was given for this parameter."""
        return next((value for key, value in self.inputs if key == name), None)

    def attribute(self, name: str, default: Any = None) -> Any:
        """The plain argument that was given for this parameter."""
        return next((value for key, value in self.attributes if key == name), default)


def tensors_of(value: Any, depth: int = 0) -> Iterator[torch.Tensor]:
    """The tensors in the arguments or the result of a function, in order."""
    if isinstance(value, torch.Tensor):
        yield value
    elif depth < DEEPEST:
        if isinstance(value, (tuple, list)):
            for item in value:
                yield from tensors_of(item, depth + 1)
        elif isinstance(value, dict):
            for item in value.values():
                yield from tensors_of(item, depth + 1)


def shape_of(tensor: torch.Tensor) -> tuple[Any, ...] | None:
    """The shape; None where it is ragged."""
    try:
        return tuple(tensor.shape)
    except RuntimeError:
        return None


Twin = Callable[[torch.Tensor], "Value | None"]
Origin = Callable[[torch.Tensor, Twin], Value]


class Values:
    """The current value of each tensor object. `replay` calls a view again on what its parent has become."""

    def __init__(self, origin: Origin, replay: Callable[[Value, Value], Value]) -> None:
        self._origin, self._replay = origin, replay
        self._known: dict[int, tuple[weakref.ref[torch.Tensor], Value]] = {}
        self._inner: list[torch.Tensor] = []  # what functorch's wrappers hold

    def of(self, tensor: torch.Tensor) -> Value:
        """What it holds now; where it comes from is looked up if no call made it."""
        found = self.known(tensor)
        if found is None:
            found = self._origin(tensor, self._twin)
            self.name(tensor, found)
        return self.current(found)

    def _twin(self, tensor: torch.Tensor) -> Value | None:
        """What another object with the same memory and shape holds: `as_subclass` and the like make such."""
        memory = memory_of(tensor)
        for reference, value in list(self._known.values()) if memory is not None else ():
            other = reference()
            if other is not None and other.shape == tensor.shape and memory_of(other) == memory:
                return value
        return None

    def known(self, tensor: torch.Tensor) -> Value | None:
        """What it held when it was last named; None if it never was."""
        entry = self._known.get(id(tensor))
        if entry is not None and entry[0]() is tensor:
            return entry[1]
        inner = unwrapped(tensor)
        return self.known(inner) if inner is not None else None

    def name(self, tensor: torch.Tensor, value: Value) -> None:
        """From now on the tensor holds this value, and so does what a transform of functorch wraps in it."""
        self._known[id(tensor)] = weakref.ref(tensor), value
        while follows_gradients(tensor) and (inner := unwrapped(tensor)) is not None:
            tensor = inner
            self._inner.append(tensor)
            self._known[id(tensor)] = weakref.ref(tensor), value

    def current(self, value: Value) -> Value:
        """The newest version of a value; a view whose memory was written to is taken anew."""
        while value.newer is not None:
            value = value.newer
        if value.parent is not None and value.seen != value.family.writes:
            parent = self.current(value.parent)
            value.newer = self._replay(value, parent)
            value = value.newer
        value.seen = value.family.writes
        return value

    def write(self, old: Value, new: Value) -> tuple[Value, Value] | None:
        """`new` replaces `old`; returns what this makes of the whole that `old` is a view of, before and after."""
        family = old.family
        family.writes += 1
        new.family, new.seen, new.parent, new.view = family, family.writes, old.parent, old.view
        old.newer = new
        if old.parent is None:
            return None
        whole = old
        while whole.parent is not None:
            whole = whole.parent
        while whole.newer is not None:
            whole = whole.newer
        after = Value(whole.dtype, whole.shape, new.maker, family=family, seen=family.writes)
        whole.newer = after
        return whole, after


def value_of(tensor: torch.Tensor, maker: Call | None = None, source: str = "") -> Value:
    """A fresh value of the tensor's type and shape."""
    return Value(tensor.dtype, shape_of(tensor), maker, source=source, grad=tensor.requires_grad)
