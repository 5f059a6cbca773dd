"""A `Sequential` whose layers are called one after the other is as good as called itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from torch import nn

from nnviz_action.capture.private import modules_of
from nnviz_action.capture.recorder.modules import kind_of, named_modules
from nnviz_action.capture.recorder.values import Call
from nnviz_action.graph.values import Module

_Place = tuple[Module, ...]
_Group = tuple[_Place, list[Call]]


@dataclass(frozen=True)
class Row:
    """A `Sequential`: its path, its class, the paths of its layers."""

    path: str
    kind: str
    layers: tuple[str, ...]


def rows_of(root: nn.Module) -> dict[str, Row]:
    """The rows that a model has, by path; what calls its layers in a way of its own is none."""
    return {
        path: Row(path, kind_of(module), tuple(f"{path}.{name}" for name in modules_of(module)))
        for path, module in named_modules(root).items()
        if path and modules_of(module) and type(module).forward is nn.Sequential.forward
    }


def put_in_rows(calls: Sequence[Call], rows: Mapping[str, Row]) -> None:
    """Put layers that are called in a row, each with what the one before gave, into the row."""
    depth = 0
    while rows and depth < max((len(call.modules) for call in calls), default=0):
        for row, place, members in list(_complete(_groups(calls, depth + 1), rows, depth)):
            above = place[:-1]
            taken = [c.modules[depth].call for c in calls if len(c.modules) > depth and _is_in(c, above, row)]
            frame = Module(row.path, row.kind, max(taken, default=-1) + 1)
            for call in members:
                _put_in(call, frame, depth)
        depth += 1


def _put_in(call: Call, frame: Module, depth: int) -> None:
    """Put a call, and what is in its bodies, into the row; it is the first call of the layer there."""
    layer = call.modules[depth]
    call.modules = (*call.modules[:depth], frame, Module(layer.path, layer.kind), *call.modules[depth + 1 :])
    for body in call.bodies:
        for inner in body.calls:
            _put_in(inner, frame, depth)


def _groups(calls: Sequence[Call], depth: int) -> list[_Group]:
    """Calls that follow each other in one place, seen to a certain depth."""
    return [(place, list(group)) for place, group in groupby(calls, lambda call: call.modules[:depth])]


def _is_in(call: Call, above: _Place, row: Row) -> bool:
    return call.modules[: len(above)] == above and call.modules[len(above)].path == row.path


def _complete(
    groups: Sequence[_Group], rows: Mapping[str, Row], depth: int
) -> Iterator[tuple[Row, _Place, list[Call]]]:
    """Rows of which all layers are called, with the place of the first one and all calls in them."""
    for start, (place, _) in enumerate(groups):
        row = rows.get(place[depth].path.rpartition(".")[0]) if len(place) > depth else None
        if row is None or place[depth].path != row.layers[0] or (depth and place[depth - 1].path == row.path):
            continue
        family = groups[start : start + len(row.layers)]
        paths = tuple(other[depth].path if len(other) > depth else "" for other, _ in family)
        same = all(other[:depth] == place[:depth] for other, _ in family)
        if paths == row.layers and same and all(map(_follows, family[1:], family)):
            yield row, place, [call for _, calls in family for call in calls]


def _follows(later: _Group, earlier: _Group) -> bool:
    made = {id(value) for call in earlier[1] for value in (*call.outputs, *(after for _, after in call.written))}
    return any(id(value) in made for call in later[1] for _, value in call.inputs)
