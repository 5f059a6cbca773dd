"""One way to write each `x[…]`: `select`, `narrow`, `index_select` and what `None` inserts among them."""

from collections.abc import Callable, Sequence
from typing import Any

from nnviz_action.capture.recorder.indices import TENSOR, Index
from nnviz_action.capture.recorder.layout import Dim, same, same_shape, same_type
from nnviz_action.capture.recorder.reshapes import SHAPE_RULES
from nnviz_action.capture.recorder.values import Call, Value

_ALL = slice(None)
_FEWEST_LEADING = 2  # whole axes before the last one that `...` stands for


def _getitem(call: Call, dim: Dim) -> Value | None:
    value, index = call.inputs[0][1], call.attribute("index")
    if value.shape is None:
        return None
    if len(call.inputs) > 1:
        _place_tensors(call, index.parts if isinstance(index, Index) else None, len(value.shape), dim)
    elif isinstance(index, Index):
        parts = _spread(index.parts, len(value.shape))
        return None if parts is None else _settled(call, _plain(parts, value.shape, dim), dim)
    return None


def _place_tensors(call: Call, parts: Sequence[Any] | None, rank: int, dim: Dim) -> None:
    """Tensors that are the index of one axis each, by that axis; what is behind the last of them is whole anyway."""
    tensors = [value for name, value in call.inputs if name.startswith("index.")]
    spread = _spread([TENSOR] * len(tensors) if parts is None else parts, rank)
    if spread is None or any(map(_is_mask, tensors)):
        return
    settled = _plain(spread, call.inputs[0][1].shape or (), dim)
    while settled[-1] == _ALL:
        settled.pop()
    places = [place for place, part in enumerate(settled) if part is TENSOR]
    call.op = "getitem"
    call.inputs = [call.inputs[0], *((f"index.{p}", value) for p, value in zip(places, tensors, strict=True))]
    call.attributes = [("index", Index(settled))] if len(places) < len(settled) else []


def _settled(call: Call, parts: list[Any], dim: Dim) -> Value | None:
    whole = same(call, dim)
    if whole is not None:
        return whole
    if all(part is None or part == _ALL for part in parts):
        added = [place for place, part in enumerate(parts) if part is None]
        call.op, call.attributes = "unsqueeze", [("dim", added[0])]
        return SHAPE_RULES["unsqueeze" if len(added) == 1 else "reshape"](call, dim)
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
    return part is None or part is TENSOR or isinstance(part, slice) or hasattr(part, "__index__")


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


def _index_select(call: Call, dim: Dim) -> Value | None:
    """The same with a tensor for one axis."""
    value, index, axis = call.inputs[0][1], call.given("index"), call.attribute("dim", 0)
    if index is not None and len(index.shape or ()) == 1 and value.shape is not None and isinstance(axis, int):
        call.inputs = [call.inputs[0], (f"index.{axis}", index)]
        _place_tensors(call, [*[_ALL] * axis, TENSOR], len(value.shape), dim)
    return None


def settle_target(call: Call, dim: Dim) -> None:
    """The index of `x[…] = value`, as of `x[…]`."""
    value, index = call.inputs[0][1], call.attribute("index")
    if value.shape is None or not isinstance(index, Index) or any(_is_mask(v) for _, v in call.inputs):
        return
    parts = _spread(index.parts, len(value.shape))
    if parts is not None:
        parts = _plain(parts, value.shape, dim)
        while len(parts) > 1 and parts[-1] == _ALL:
            parts.pop()
        call.attributes = [(name, Index(parts) if name == "index" else given) for name, given in call.attributes]


def _is_mask(value: Value) -> bool:
    return str(value.dtype) in ("torch.bool", "torch.uint8")


def overwrite(call: Call, dim: Dim) -> Value | None:
    """What is written to all of a tensor is its value from then on; a number where a mask holds fills it."""
    (before, after), number, source = call.written[0], call.attribute("value"), call.given("value")
    index, mask = call.attribute("index"), call.given("index.0")
    if isinstance(index, Index) and all(part in (_ALL, ...) for part in index.parts):
        if source is not None and same_type(source, after, dim):
            call.outputs, call.written = [after], []
            return source
    elif index is None and mask is not None and _covers(mask, before, dim):
        chosen = _chosen(source, mask)
        if isinstance(number, (int, float)):
            call.op, call.attributes = "masked_fill", [("value", number)]
            call.inputs = [call.inputs[0], ("mask", mask)]
        elif chosen is not None and same_type(chosen, before, dim):
            call.op, call.inputs = "where", [("condition", mask), ("input", chosen), ("other", call.inputs[0][1])]
        call.outputs, call.written = ([], [(before, after)]) if call.op == "setitem" else ([after], [])
    return None


def _chosen(source: Value | None, mask: Value) -> Value | None:
    """What the mask takes the source from: `y` of `x[mask] = y[mask]`."""
    maker = source.maker if source is not None else None
    return maker.inputs[0][1] if maker and maker.op == "getitem" and maker.given("index.0") is mask else None


def _covers(mask: Value, value: Value, dim: Dim) -> bool:
    return str(mask.dtype) == "torch.bool" and same_shape(mask, value, dim)


INDEX_RULES: dict[str, Callable[[Call, Dim], Value | None]] = {
    "getitem": _getitem, "select": _select, "narrow": _narrow, "index_select": _index_select,
}  # fmt: skip
