"""One way to write each `cat` and each cut of a tensor into parts: `chunk` where these are equal, else `split`.

Slices that make up an axis are such a cut as well, and so are all its places one by one: `unbind`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from nnviz_action.capture.recorder.indices import Index
from nnviz_action.capture.recorder.layout import Dim, same
from nnviz_action.capture.recorder.values import Call, Value

_Cut = tuple[int, int, int, Call]  # from where to where on which axis, the slice


def _split(call: Call, dim: Dim) -> Value | None:
    """The parts themselves tell how large they are."""
    value, axis = call.inputs[0][1], _axis(call)
    if len(call.inputs) > 1 or value.shape is None or axis >= len(value.shape):
        return None
    sizes = [dim(part.shape[axis]) for part in call.outputs if part.shape is not None]
    if not sizes or None in sizes:
        return None
    if len(sizes) == 1:
        return same(call, dim)
    _tell_sizes(call, sizes, axis)
    return None


def _axis(call: Call) -> int:
    axis = call.attribute("dim", 0)
    return axis if isinstance(axis, int) else 0


def _tell_sizes(call: Call, sizes: Sequence[Any], axis: int) -> None:
    where = [("dim", axis)] if axis else []
    if len(set(sizes)) == 1:
        call.op, call.attributes = "chunk", [("chunks", len(sizes)), *where]
        return
    first, last = sizes[0], sizes[-1]
    is_even = set(sizes[:-1]) == {first} and isinstance(first, int) and isinstance(last, int) and last < first
    call.op, call.attributes = "split", [("split_size_or_sections", first if is_even else tuple(sizes)), *where]


# The axis along which each of these puts tensors together, and how many axes they must have for that.
_STACKS = {"hstack": (1, 2), "column_stack": (1, 2), "vstack": (0, 2), "dstack": (2, 3)}


def _side_by_side(call: Call, dim: Dim) -> Value | None:
    axis, fewest = _STACKS[call.op]
    if call.op == "hstack" and all(len(value.shape or ()) == 1 for _, value in call.inputs):
        axis, fewest = 0, 1
    if all(len(value.shape or ()) >= fewest for _, value in call.inputs):
        call.op, call.attributes = "cat", [("dim", axis)] if axis else []
    return None


def _cat(call: Call, dim: Dim) -> Value | None:
    """One alone is itself."""
    return same(call, dim) if len(call.inputs) == 1 else None


SPLIT_RULES: dict[str, Callable[[Call, Dim], Value | None]] = {
    **dict.fromkeys(("chunk", "split", "split_with_sizes", "tensor_split"), _split),
    **dict.fromkeys(_STACKS, _side_by_side), "cat": _cat,
}  # fmt: skip


def join_slices(calls: list[Call]) -> list[Call]:
    """The calls, slices that make up an axis as one; in bodies likewise."""
    for call in calls:
        for body in call.bodies:
            body.calls = join_slices(body.calls)
    families: dict[object, list[_Cut]] = {}
    for call in calls:
        cut = _cut(call)
        if cut is not None:
            key = id(call.inputs[0][1]), call.modules, cut[0], len(call.outputs[0].shape or ())
            families.setdefault(key, []).append(cut)
    gone: dict[int, Call | None] = {}
    for family in families.values():
        gone |= _joined(family)
    return [made for call in calls if (made := gone.get(id(call), call)) is not None]


def _cut(call: Call) -> _Cut | None:
    """What a slice takes of its axis; None of what is no slice, or none of one axis alone."""
    index = call.attribute("index")
    if call.op != "getitem" or call.written or len(call.inputs) > 1 or not isinstance(index, Index):
        return None
    shape = call.inputs[0][1].shape or ()
    parts = list(index.parts)
    if Ellipsis in parts:
        place = parts.index(Ellipsis)
        parts[place : place + 1] = [slice(None)] * (len(shape) - len(parts) + 1)
    axes = [axis for axis, part in enumerate(parts) if part != slice(None)]
    if len(axes) != 1 or len(parts) > len(shape) or type(shape[axes[0]]) is not int:
        return None
    ends = _ends(parts[axes[0]], shape[axes[0]])
    return None if ends is None else (axes[0], *ends, call)


def _ends(part: Any, size: int) -> tuple[int, int] | None:
    if type(part) is int:
        return part % size, part % size + 1
    if not isinstance(part, slice) or part.step is not None:
        return None
    if any(end is not None and type(end) is not int for end in (part.start, part.stop)):
        return None
    start, stop, _ = part.indices(size)
    return start, stop


def _joined(family: list[_Cut]) -> dict[int, Call | None]:
    """By id, what stands in place of each of these slices: the whole cut for the first, nothing for the others."""
    first, family = family[0][3], sorted(family, key=lambda cut: cut[1])
    axis, value = family[0][0], first.inputs[0][1]
    size = (value.shape or ())[axis]
    starts = [start for _, start, _, _ in family]
    if len(family) == 1 or [*starts, size] != [0, *(stop for _, _, stop, _ in family)]:
        return {}
    made = Call("unbind", "torch", [("input", value)], [("dim", axis)] if axis else [])
    made.modules, made.line = first.modules, first.line
    made.outputs = [call.outputs[0] for *_, call in family]
    if len(made.outputs[0].shape or ()) == len(value.shape or ()):
        _tell_sizes(made, [stop - start for _, start, stop, _ in family], axis)
    for output in made.outputs:
        output.maker = made
    return {id(call): made if call is first else None for *_, call in family}
