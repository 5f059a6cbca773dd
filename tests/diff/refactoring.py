"""Refactorings, which change nothing, and changes that look like one: how they are written down and recorded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mutation import Inputs, _record, positional, tensor
from torch import nn

from nnviz_action.graph.values import Graph

Make = Callable[[], nn.Module]
TOKENS = positional(tensor(2, 6, 16))
IMAGES = positional(tensor(2, 8, 12, 12))
ROWS = positional(tensor(4, 16))


@dataclass(frozen=True, eq=False)
class Pair:
    """A module as it was and as it is; `told` is what a reviewer should read of it, nothing of a refactoring.

    `dims` are the example sizes of dynamic dimensions.
    """

    name: str
    before: Make
    after: Make
    inputs: Inputs = field(default_factory=lambda: TOKENS)
    mode: str = "eval"
    dims: Mapping[str, int] = field(default_factory=dict)
    told: tuple[str, ...] = ()


REFACTORINGS: dict[str, list[Pair]] = {}  # by kind, each with one other way or more to write the same
LOOKALIKES: dict[str, Pair] = {}


def same(kind: str, before: Make, *after: Make, **how: Any) -> None:
    """Note that these modules mean the same."""
    rows = REFACTORINGS.setdefault(kind, [])
    for make in after:
        rows.append(Pair(f"{kind} {len(rows) + 1}", before, make, **how))


def unlike(name: str, before: Make, after: Make, *told: str, **how: Any) -> None:
    """Note two modules that look alike, and mean something else."""
    assert name not in LOOKALIKES, name
    LOOKALIKES[name] = Pair(name, before, after, told=told, **how)


def rewritten(kind: str, **how: Any) -> Callable[[type[nn.Module]], type[nn.Module]]:
    """Note a class whose `before`, and all that begins with `after`, are forward passes that mean the same."""

    def note(cls: type[nn.Module]) -> type[nn.Module]:
        before, *after = _passes(cls)
        same(kind, before, *after, **how)
        return cls

    return note


def differs(name: str, *told: str, **how: Any) -> Callable[[type[nn.Module]], type[nn.Module]]:
    """Note a class whose forward passes `before` and `after` look alike, and mean something else."""

    def note(cls: type[nn.Module]) -> type[nn.Module]:
        before, after = _passes(cls)
        unlike(name, before, after, *told, **how)
        return cls

    return note


def _passes(cls: type[nn.Module]) -> list[Make]:
    """The class with each of its forward passes."""
    names = [name for name in vars(cls) if name.startswith(("before", "after"))]
    return [type(cls.__name__, (cls,), {"forward": vars(cls)[name]}) for name in names]


def graphs(pair: Pair) -> tuple[Graph, Graph]:
    """Both graphs, as `generate` writes them."""
    before, after = (_record(make, pair.inputs, pair.mode, pair.dims) for make in (pair.before, pair.after))
    return before, after
