"""Rules for other shapes of the same numbers: all that counts is the shape that comes out."""

from collections.abc import Callable
from typing import Any

from nnviz_action.capture.recorder.layout import Dim, made_by, same_shape
from nnviz_action.capture.recorder.values import Call, Value

_SHAPING = ("reshape", "unsqueeze", "squeeze")


def reshaped(call: Call, dim: Dim) -> Value | None:
    """Of several in a row the last one counts; one axis more, in a place that is certain, is `unsqueeze`."""
    value, result = call.inputs[0][1], call.outputs[0]
    if value.dtype != result.dtype:
        call.op = "view"
        return None
    while (maker := made_by(value, call, *_SHAPING)) is not None:
        value = maker.inputs[0][1]
    call.op, call.inputs, call.attributes = "reshape", [("input", value)], []
    if same_shape(value, result, dim):
        return value
    added = _added(_sizes(value, dim), _sizes(result, dim))
    if added is not None:
        call.op, call.attributes = "unsqueeze", [("dim", added)]
    return None


def _sizes(value: Value, dim: Dim) -> list[Any]:
    return [dim(size) for size in value.shape or ()]


def _added(before: list[Any], after: list[Any]) -> int | None:
    """Where one axis of size one was put, unless it may have been one of several places."""
    places = [i for i, size in enumerate(after) if size == 1 and after[:i] + after[i + 1 :] == before]
    return places[0] if len(places) == 1 and None not in after else None


def _unsqueeze(call: Call, dim: Dim) -> Value | None:
    return reshaped(call, dim) if made_by(call.inputs[0][1], call, *_SHAPING) is not None else None


def _squeeze(call: Call, dim: Dim) -> Value | None:
    """One axis less is told by its place; several, or none, by the shape."""
    value, result = call.inputs[0][1], call.outputs[0]
    if value.shape is None or result.shape is None:
        return None
    if len(value.shape) - len(result.shape) != 1 or made_by(value, call, *_SHAPING) is not None:
        return reshaped(call, dim)
    given = call.attribute("dim")
    axes = [given] if isinstance(given, int) else given or [i for i, s in enumerate(value.shape) if dim(s) == 1]
    gone = [axis for axis in axes if dim(value.shape[axis]) == 1]
    call.attributes = [("dim", gone[0])] if len(gone) == 1 else call.attributes
    return None


def _expand(call: Call, dim: Dim) -> Value | None:
    """Axes in front come by themselves."""
    value, result = call.inputs[0][1], call.outputs[0]
    call.attributes = []
    maker = made_by(value, call, "unsqueeze", "reshape")
    if maker is not None and _is_put_in_front(maker, dim):
        value = maker.inputs[0][1]
    call.inputs = [("input", value)]
    return value if same_shape(value, result, dim) else None


def _is_put_in_front(call: Call, dim: Dim) -> bool:
    before, after = _sizes(call.inputs[0][1], dim), _sizes(call.outputs[0], dim)
    return None not in after and after == [1] * (len(after) - len(before)) + before


def _repeat(call: Call, dim: Dim) -> Value | None:
    """Where only axes of size one are repeated, the tensor is expanded."""
    value, result = call.inputs[0][1], call.outputs[0]
    if value.shape is None or result.shape is None or len(call.inputs) > 1:
        return None
    before, after = _sizes(value, dim), _sizes(result, dim)
    before = [1] * (len(after) - len(before)) + before
    if None not in after and all(size in (1, other) for size, other in zip(before, after, strict=False)):
        call.op = "expand"
        return _expand(call, dim)
    call.op = "repeat" if call.op == "tile" else call.op
    call.attributes = [("repeats" if name == "dims" else name, given) for name, given in call.attributes]
    return None


# What puts tensors of several shapes beside each other, axes of size one as often as it takes.
_BROADCASTING = frozenset(
    """add sub mul div pow eq ne lt le gt ge where masked_fill maximum minimum logical_and logical_or logical_xor
    bitwise_and bitwise_or floor_divide remainder""".split()  # noqa: SIM905
)


def drop_broadcasts(call: Call, dim: Dim) -> None:
    """Beside a tensor that has the result's shape, another one need not be expanded."""
    if call.op in _BROADCASTING and len(call.inputs) > 1:
        call.inputs = [(n, _narrowest(v, call, dim)) for n, v in call.inputs]


def _narrowest(value: Value, call: Call, dim: Dim) -> Value:
    """What the value was before it was made as large as another one."""
    others = [other for _, other in call.inputs if other is not value]
    if not any(same_shape(other, call.outputs[0], dim) for other in others):
        return value
    while (maker := made_by(value, call, "expand", "unsqueeze", "reshape")) is not None:
        if maker.op != "expand" and not _is_put_in_front(maker, dim):
            break
        value = maker.inputs[0][1]
    return value


SHAPE_RULES: dict[str, Callable[[Call, Dim], Value | None]] = {
    "reshape": reshaped, "unsqueeze": _unsqueeze, "squeeze": _squeeze, "expand": _expand,
    **dict.fromkeys(("repeat", "tile", "repeat_interleave"), _repeat),
}  # fmt: skip
