"""What small tensors hold, where that is whole numbers and names of dimensions: sizes on their way to a Reshape.

ONNX's inference follows them too, but not to where a dimension has no number. They are arrays of dimensions, None
where an element is not known.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from onnx import GraphProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from nnviz_action.graph.onnx_file.dim_arithmetic import ARITHMETIC
from nnviz_action.graph.onnx_file.dims import Dim, dims_of
from nnviz_action.graph.values import ONNX

MOST = 64  # elements of a tensor that is followed
_FOLLOWED = (TensorProto.INT64, TensorProto.INT32, TensorProto.FLOAT)  # floats are scales
Held = np.ndarray[Any, Any]
Known = Mapping[str, Held]


def held_values(graph: GraphProto, infos: Mapping[str, ValueInfoProto], outer: Known) -> dict[str, Held]:
    """By the names of the values of a graph, and of those around it."""
    found = {**outer, **{t.name: held for t in graph.initializer if (held := _of_tensor(t)) is not None}}
    for node in graph.node:
        rule = _RULES.get(node.op_type) if node.domain in ONNX and node.output else None
        if rule is None:
            continue
        try:
            held = rule(_Step(node, infos, found))
        except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError):
            continue
        if held is not None and held.size <= MOST:
            found[node.output[0]] = held
    return found


class _Step:
    """One operator, with what is known of the values that it takes."""

    def __init__(self, node: NodeProto, infos: Mapping[str, ValueInfoProto], known: Known) -> None:
        self.node, self._infos, self._known = node, infos, known
        self._attributes = {a.name: a for a in node.attribute}

    def x(self, place: int = 0) -> Held:
        return self._known[self.node.input[place]]

    def numbers(self, place: int, name: str, default: Sequence[int] | None = None) -> list[int]:
        """An input, or an attribute that stands for it in other opsets, if it is numbers alone."""
        if place < len(self.node.input) and self.node.input[place]:
            return [int(item) for item in self.x(place).reshape(-1)]
        found = self.get(name, default)
        if found is None:
            raise LookupError(name)
        return [int(item) for item in found]

    def get(self, name: str, default: Any = None) -> Any:
        found = self._attributes.get(name)
        return default if found is None else helper.get_attribute_value(found)

    def dims(self) -> list[Dim]:
        info = self._infos[self.node.input[0]]
        if not info.type.tensor_type.HasField("shape"):
            raise LookupError("no rank")
        return dims_of(info)


def _held(items: Sequence[Dim]) -> Held:
    found = np.empty(len(items), object)
    found[:] = items
    return found


def _of_tensor(tensor: TensorProto) -> Held | None:
    if tensor.data_type not in _FOLLOWED or len(tensor.dims) > 4 or any(dim > MOST for dim in tensor.dims):
        return None
    try:
        array = numpy_helper.to_array(tensor)
    except (ValueError, TypeError, RuntimeError):
        return None
    if array.size > MOST or not all(float(item).is_integer() for item in array.reshape(-1)):
        return None
    return _held([int(item) for item in array.reshape(-1)]).reshape(array.shape)


def _constant(step: _Step) -> Held | None:
    attribute = step.node.attribute[0]
    if attribute.name == "value":
        return _of_tensor(attribute.t)
    if attribute.name == "value_int":
        return _held([int(attribute.i)]).reshape(())
    whole = [int(item) for item in (*attribute.ints, *attribute.floats) if float(item).is_integer()]
    return _held(whole) if whole and len(whole) == len(attribute.ints) + len(attribute.floats) else None


def _shape(step: _Step) -> Held:
    return _held(step.dims()[slice(step.get("start"), step.get("end"))])


def _same(step: _Step) -> Held:
    return step.x()


def _unsqueeze(step: _Step) -> Held:
    return np.expand_dims(step.x(), tuple(step.numbers(1, "axes")))


def _squeeze(step: _Step) -> Held:
    axes = step.numbers(1, "axes", ())
    return np.asarray(np.squeeze(step.x(), tuple(axes) if axes else None), object)


def _reshape(step: _Step) -> Held:
    return step.x().reshape(step.numbers(1, "shape"))


def _transpose(step: _Step) -> Held:
    return np.asarray(np.transpose(step.x(), step.get("perm")), object)


def _gather(step: _Step) -> Held:
    return np.asarray(np.take(step.x(), step.x(1).astype(np.int64), axis=step.get("axis", 0)), object)


def _concat(step: _Step) -> Held:
    return np.concatenate([step.x(place) for place in range(len(step.node.input))], axis=step.get("axis", 0))


def _slice(step: _Step) -> Held:
    held = step.x()
    starts, ends = step.numbers(1, "starts"), step.numbers(2, "ends")
    axes = step.numbers(3, "axes", range(len(starts)))
    strides = step.numbers(4, "steps", [1] * len(starts))
    cut = [slice(None)] * held.ndim
    for start, end, axis, stride in zip(starts, ends, axes, strides, strict=True):
        last = None if stride < 0 and end < -held.shape[axis] else end
        cut[axis] = slice(start, last, stride)
    return np.asarray(held[tuple(cut)], object)


def _filled(step: _Step) -> Held:
    shape = step.numbers(0, "shape")
    value = step.get("value")
    fill = int(numpy_helper.to_array(value).reshape(-1)[0]) if isinstance(value, TensorProto) else 0
    if not all(0 <= size <= MOST for size in shape) or len(shape) > 4:
        raise ValueError("too many")
    return np.full(shape, fill, object)


def _equal(step: _Step) -> Held:
    return np.asarray(np.frompyfunc(_same_size, 2, 1)(step.x(), step.x(1)), object)


def _same_size(one: Dim, other: Dim) -> Dim:
    """A name is no negative number, and else nobody knows."""
    if isinstance(one, int) and isinstance(other, int):
        return int(one == other)
    negative = any(isinstance(dim, int) and dim < 0 for dim in (one, other))
    return 0 if negative else 1 if one == other and one is not None else None


def _where(step: _Step) -> Held:
    return np.asarray(np.frompyfunc(_chosen, 3, 1)(step.x(), step.x(1), step.x(2)), object)


def _chosen(is_so: Dim, one: Dim, other: Dim) -> Dim:
    return None if is_so is None else one if is_so else other


def _computed(step: _Step) -> Held:
    return np.asarray(np.frompyfunc(ARITHMETIC[step.node.op_type], 2, 1)(step.x(), step.x(1)), object)


_RULES: dict[str, Callable[[_Step], Held | None]] = {
    "Constant": _constant,
    "Shape": _shape,
    **dict.fromkeys(("Identity", "Cast"), _same),
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Gather": _gather,
    "Concat": _concat,
    "Slice": _slice,
    "ConstantOfShape": _filled,
    "Equal": _equal,
    "Where": _where,
    **dict.fromkeys(ARITHMETIC, _computed),
}
