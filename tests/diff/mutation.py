"""Scripted edits to real models: how one is written down, and how its two graphs come to be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from torch import nn

from nnviz_action.capture.build import build
from nnviz_action.capture.recorder import record
from nnviz_action.capture.worker import WAYS
from nnviz_action.graph.graph_file import graph_bytes, parse_graph_file
from nnviz_action.graph.values import Graph

ROOT = Path(__file__).resolve().parents[2]
Inputs = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Base:
    """A model that edits begin from. `dims` are the example sizes of dynamic dimensions."""

    name: str
    make: Callable[[], nn.Module]
    inputs: Inputs
    mode: str = "eval"
    dims: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Mutation:
    """An edit, and what a reviewer should read of it, in any order.

    `change` edits the base's model in place or returns another one.
    """

    name: str
    base: Base
    change: Callable[[nn.Module], nn.Module | None]
    expected: tuple[str, ...]
    inputs: Inputs
    mode: str
    dims: Mapping[str, int]

    def edited(self) -> nn.Module:
        """The base's model, edited."""
        model = self.base.make()
        return self.change(model) or model


MUTATIONS: dict[str, Mutation] = {}


def edit(
    base: Base, *expected: str, inputs: Inputs | None = None, mode: str = "", dims: Mapping[str, int] | None = None
) -> Callable[[Callable[[Any], nn.Module | None]], Callable[[Any], nn.Module | None]]:
    """Note a function as an edit of a base; what it does not name stays as the base has it."""

    def note(change: Callable[[Any], nn.Module | None]) -> Callable[[Any], nn.Module | None]:
        name = f"{base.name}: {change.__name__.replace('_', ' ').strip()}"
        assert name not in MUTATIONS, name
        MUTATIONS[name] = Mutation(
            name,
            base,
            change,
            expected,
            inputs or base.inputs,
            mode or base.mode,
            base.dims if dims is None else dims,
        )
        return change

    return note


def tensor(*shape: int | str, dtype: str = "float32", **more: Any) -> Inputs:
    return {"kind": "tensor", "shape": list(shape), "dtype": dtype, **more}


def image(size: int = 64, batch: int | str = 1, **more: Any) -> Inputs:
    return positional(tensor(batch, 3, size, size, **more))


def positional(*items: Inputs) -> Inputs:
    return {"kind": "positional", "items": list(items)}


def named(**items: Inputs) -> Inputs:
    return {"kind": "named", "items": items}


def ids(batch: int | str, length: int) -> Inputs:
    return tensor(batch, length, dtype="int64", high=100)


_making: list[Callable[[], nn.Module]] = []


def made() -> nn.Module:
    """What the capture builds, as often as it asks."""
    return _making[-1]()


@lru_cache(maxsize=3)
def old_graph(base: Base) -> Graph:
    return _record(base.make, base.inputs, base.mode, base.dims)


@lru_cache(maxsize=3)
def new_graph(mutation: Mutation) -> Graph:
    return _record(mutation.edited, mutation.inputs, mutation.mode, mutation.dims)


def _record(make: Callable[[], nn.Module], inputs: Inputs, mode: str, dims: Mapping[str, int]) -> Graph:
    """The calls as `generate` writes and reads them, in this process."""
    _making[:] = [make]
    target = f"{made.__module__}:{made.__name__}"
    request: dict[str, Any] = {"model": target, "args": [], "kwargs": {}, "folder": ROOT, "fake": "auto"}
    request |= {"inputs": inputs, "dims": dict(dims), "weights": "none"}
    for way in WAYS["auto"]:
        try:
            made_graph = record(build(request, way, mode == "train"), request).graph
            return parse_graph_file(graph_bytes(made_graph), "graph.json")
        except Exception:
            if way == WAYS["auto"][-1]:
                raise
    raise AssertionError("unreachable")
