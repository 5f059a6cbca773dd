"""Rules for what only puts numbers into another shape or order."""

from collections.abc import Callable, Sequence
from typing import Any

from nnviz_action.capture.recorder.values import Call, Value

Dim = Callable[[Any], "int | str | None"]


def same_shape(first: Value, second: Value, dim: Dim) -> bool:
    """Whether two values have the same shape, symbolic sizes by their text."""
    if first.shape is None or second.shape is None:
        return False
    sizes = [dim(size) for size in first.shape]
    return None not in sizes and sizes == [dim(size) for size in second.shape]


def same_type(first: Value, second: Value, dim: Dim) -> bool:
    """Whether two values have the same shape and element type."""
    return first.dtype == second.dtype and same_shape(first, second, dim)


def made_by(value: Value, user: Call, *ops: str) -> Call | None:
    """The call that made a value, if it is one of these functions, called in the same module as its user."""
    maker = value.maker
    if maker is None or maker.op not in ops or maker.domain != "torch" or maker.modules != user.modules:
        return None
    return maker if len(maker.outputs) == 1 and maker.outputs[0] is value and not maker.written else None


def same(call: Call, dim: Dim) -> Value | None:
    """What leaves the value as it is."""
    value = call.inputs[0][1] if call.inputs else None
    return value if value is not None and same_type(value, call.outputs[0], dim) else None


def cast(call: Call, dim: Dim) -> Value | None:
    """What gives the value another type; its own type is none."""
    call.inputs = call.inputs[:1]
    call.attributes = [("dtype", call.outputs[0].dtype)]
    return same(call, dim)


def _permute(call: Call, dim: Dim) -> Value | None:
    """All that counts is which axis goes where."""
    value = call.inputs[0][1]
    if value.shape is None:
        return None
    order = _ORDERS[call.op](call, len(value.shape))
    inner = made_by(value, call, "permute")
    call.op, call.inputs, call.attributes = "permute", call.inputs[:1], [("dims", order)]
    if inner is not None and [inner.attribute("dims")[axis] for axis in order] == sorted(order):
        return inner.inputs[0][1]  # there and back
    return value if list(order) == sorted(order) else None


def _given_order(call: Call, rank: int) -> Sequence[int]:
    return tuple(axis % rank for axis in call.attribute("dims", ()))


def _two_changed(call: Call, rank: int) -> Sequence[int]:
    order = list(range(rank))
    names = ("dim0", "dim1") if call.attribute("dim0") is not None else ("axis0", "axis1")
    if rank:
        first, second = (call.attribute(name) % rank for name in names)
        order[first], order[second] = order[second], order[first]
    return tuple(order)


def _last_changed(call: Call, rank: int) -> Sequence[int]:
    order = list(range(rank))
    order[-2:] = order[-2:][::-1]
    return tuple(order)


def _all_changed(call: Call, rank: int) -> Sequence[int]:
    return tuple(range(rank))[::-1]


def _moved(call: Call, rank: int) -> Sequence[int]:
    sources, targets = (_listed(call.attribute(name), rank) for name in ("source", "destination"))
    order = [axis for axis in range(rank) if axis not in sources]
    for target, source in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source)
    return tuple(order)


def _listed(axes: Any, rank: int) -> list[int]:
    return [axis % rank for axis in (axes if isinstance(axes, (tuple, list)) else [axes])]


def _adjoint(call: Call, dim: Dim) -> Value | None:
    """Of real numbers, the transpose."""
    if call.inputs[0][1].dtype.is_complex:
        call.op = "adjoint"
        return None
    call.op = "mT"
    return _permute(call, dim)


_ORDERS: dict[str, Callable[[Call, int], Sequence[int]]] = {
    "permute": _given_order, "transpose": _two_changed, "t": _last_changed, "T": _all_changed, "mT": _last_changed,
    "movedim": _moved,
}  # fmt: skip


PERMUTE_RULES: dict[str, Callable[[Call, Dim], Value | None]] = {
    "H": _adjoint, "mH": _adjoint, "adjoint": _adjoint,
    **dict.fromkeys(_ORDERS, _permute),
}  # fmt: skip
