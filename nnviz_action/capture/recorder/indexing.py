"""One way to write each `x[…]` without tensors in it: `select`, `narrow` and what `None` inserts among them."""

from collections.abc import Callable, Sequence
from typing import Any

from nnviz_action.capture.recorder.indices import Index
from nnviz_action.capture.recorder.layout import Dim, same
from nnviz_action.capture.recorder.values import Call, Value

_ALL = slice(None)
_FEWEST_LEADING = 2  # whole axes before the last one that `...` stands for


def _getitem(call: Call, dim: Dim) -> Value | None:
    value, index = call.inputs[0][1], call.attribute("index")
    if len(call.inputs) > 1 or value.shape is None or not isinstance(index, Index):
        return None
    parts = _spread(index.parts, len(value.shape))
    if parts is None:
        return None
    return _settled(call, _plain(parts, value.shape, dim), dim)


def _settled(call: Call, parts: list[Any], dim: Dim) -> Value | None:
    whole = same(call, dim)
    if whole is not None:
        return whole
    if all(part is None or part == _ALL for part in parts):
        added = [place for place, part in enumerate(parts) if part is None]
        call.op = "unsqueeze" if len(added) == 1 else "reshape"
        call.attributes = [("dim", added[0])] if len(added) == 1 else []
        return None
    while parts[-1] == _ALL:
        parts.pop()
    leading = len(parts) - 1
    is_last = leading == len(call.inputs[0][1].shape or ()) - 1 and all(part == _ALL for part in parts[:-1])
    if is_last and leading >= _FEWEST_LEADING:
        parts[:-1] = [...]
    call.op, call.attributes = "getitem", [("index", Index(parts))]
    return None


def _spread(parts: Sequence[Any], rank: int) -> list[Any] | None:
    """A part for each axis, and each `None`; None where a part is something else again."""
    if any(isinstance(part, bool) or not (_is_plain(part) or part is ...) for part in parts):
        return None
    taken = sum(part is not None and part is not ... for part in parts)
    rest = [_ALL] * (rank - taken)
    place = next((at for at, part in enumerate(parts) if part is ...), len(parts))
    return [*parts[:place], *rest, *(part for part in parts[place:] if part is not ...)]


def _is_plain(part: Any) -> bool:
    return part is None or isinstance(part, slice) or hasattr(part, "__index__")


def _plain(parts: Sequence[Any], shape: Sequence[Any], dim: Dim) -> list[Any]:
    """Slices that take all of an axis, and starts at 0, written in one way."""
    axes = [place for place, part in enumerate(parts) if part is not None]
    sizes = dict(zip(axes, shape, strict=True))
    return [_slice(part, sizes[at], dim) if isinstance(part, slice) else part for at, part in enumerate(parts)]


def _slice(part: slice, size: Any, dim: Dim) -> slice:
    step = None if part.step == 1 else part.step
    if step is not None and not (isinstance(step, int) and step > 0):
        return part
    start = None if part.start is None or dim(part.start) == 0 else part.start
    stop = None if part.stop is None or dim(part.stop) == dim(size) else part.stop
    if isinstance(stop, int) and isinstance(size, int) and stop >= size:
        stop = None
    return slice(start, stop, step)


def _select(call: Call, dim: Dim) -> Value | None:
    return _at(call, lambda: call.attribute("index"), dim)


def _narrow(call: Call, dim: Dim) -> Value | None:
    start, length = call.attribute("start"), call.attribute("length")
    return _at(call, lambda: slice(start, start + length), dim)


def _at(call: Call, part: Callable[[], Any], dim: Dim) -> Value | None:
    """The same with an index for one axis."""
    value, axis = call.inputs[0][1], call.attribute("dim", 0)
    if len(call.inputs) > 1 or value.shape is None or not isinstance(axis, int):
        return None
    parts = [_ALL] * len(value.shape)
    parts[axis] = part()
    return _settled(call, _plain(parts, value.shape, dim), dim)


INDEX_RULES: dict[str, Callable[[Call, Dim], Value | None]] = {
    "getitem": _getitem, "select": _select, "narrow": _narrow,
}  # fmt: skip
