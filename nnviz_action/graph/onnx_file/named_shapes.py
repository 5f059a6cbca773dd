"""Rules for shapes with named dimensions, where ONNX's inference gives up on names.

They take a file at its word, that it can be run: what is cut is as long as it is cut, and of two dimensions of which
one has a name and nobody knows the other, the other is the same or 1.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import prod

from onnx import AttributeProto, GraphProto, ValueInfoProto

from nnviz_action.graph.onnx_file.dim_arithmetic import minus, plus, times
from nnviz_action.graph.onnx_file.dims import Dim, dims_of, set_dim
from nnviz_action.graph.onnx_file.held_values import Held, held_values
from nnviz_action.graph.onnx_file.named_call import Dims, NamedCall
from nnviz_action.graph.onnx_file.named_windows import WINDOWS
from nnviz_action.graph.onnx_file.weight_nodes import held_types
from nnviz_action.graph.values import ONNX

FAR = 2**31 - 1  # an end of a slice from here on is that of the axis
_ELEMENTWISE = """
    Add Sub Mul Div Pow Where And Or Xor Equal Greater GreaterOrEqual Less LessOrEqual Max Min Mean Sum Mod PRelu
"""


def fill_named(graph: GraphProto, outer: Mapping[str, Held], around: Mapping[str, Dims]) -> bool:
    """One pass of the rules over a graph and its bodies; whether they found something."""
    infos = {info.name: info for info in (*graph.value_info, *graph.input, *graph.output)}
    dims = {**around, **{name: dims for name, (_, dims) in held_types(graph).items()}}
    dims |= {n: dims_of(i) for n, i in infos.items() if i.type.tensor_type.HasField("shape")}
    held = held_values(graph, infos, outer)
    found = False
    for node in graph.node:
        for body in (a.g for a in node.attribute if a.type == AttributeProto.GRAPH):
            found |= fill_named(body, held, dims)
        info = infos.get(node.output[0]) if node.output else None
        rule = _RULES.get(node.op_type) if node.domain in ONNX else None
        if info is None or rule is None or not _is_open(info):
            continue
        try:
            result = rule(NamedCall(node, dims, held))
        except (LookupError, ValueError, TypeError):
            continue
        found |= _learn(info, result)
        dims[info.name] = dims_of(info)
    return found


def _is_open(info: ValueInfoProto) -> bool:
    tensor = info.type.tensor_type
    return tensor.elem_type != 0 and (not tensor.HasField("shape") or None in dims_of(info))


def _learn(info: ValueInfoProto, result: Dims) -> bool:
    shape = info.type.tensor_type.shape
    if not info.type.tensor_type.HasField("shape"):
        shape.SetInParent()
        for _ in result:
            shape.dim.add()
        new = True
    elif len(shape.dim) != len(result):
        return False
    else:
        new = False
    for field, mine, dim in zip(shape.dim, dims_of(info), result, strict=True):
        if mine is None and dim is not None:
            set_dim(field, dim)
            new = True
    return new


def _broadcast(call: NamedCall) -> Dims:
    return _together(call.shapes)


def _together(shapes: Sequence[Dims]) -> Dims:
    rank = max(map(len, shapes))
    padded: list[list[Dim]] = [[*[1] * (rank - len(shape)), *shape] for shape in shapes]
    return [_one_of([shape[axis] for shape in padded]) for axis in range(rank)]


def _one_of(dims: Sequence[Dim]) -> Dim:
    """A number that is not 1, else the shortest name, else 1 where all are."""
    known = [dim for dim in dims if dim is not None and dim != 1]
    numbers = [dim for dim in known if isinstance(dim, int)]
    if numbers or not known:
        return numbers[0] if numbers else None if None in dims else 1
    return min(known, key=lambda dim: len(str(dim)))


def _product(call: NamedCall) -> Dims:
    one, other = call.x(0), call.x(1)
    if min(len(one), len(other)) < 2:
        raise ValueError("no matrices")
    return [*_together([one[:-2], other[:-2]] if len(one) > 2 or len(other) > 2 else [()]), one[-2], other[-1]]


def _concat(call: NamedCall) -> Dims:
    shapes = call.shapes
    axis = call.get("axis", 0) % len(shapes[0])
    result = [_one_of([shape[i] for shape in shapes]) for i in range(len(shapes[0]))]
    total: Dim = 0
    for shape in shapes:
        total = plus(total, shape[axis])
    result[axis] = total
    return result


def _expand(call: NamedCall) -> Dims:
    return _together([call.x(0), call.held(1)])


def _shaped(call: NamedCall) -> Dims:
    return call.held(0)


def _range(call: NamedCall) -> Dims:
    (start,), (limit,), (delta,) = (call.held(place) for place in range(3))
    return [minus(limit, start) if delta == 1 else None]


def _slice(call: NamedCall) -> Dims:
    result = list(call.x(0))
    starts, ends = call.held(1, "starts"), call.held(2, "ends")
    axes = call.held(3) if call.has(3) else tuple(call.get("axes", range(len(starts))))
    steps = call.held(4) if call.has(4) else (1,) * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if not isinstance(axis, int):
            raise ValueError("no axis")
        result[axis] = _cut(result[axis], start, end) if step == 1 else None
    return result


def _cut(size: Dim, start: Dim, end: Dim) -> Dim:
    if isinstance(start, int) and start < 0:
        return -start if isinstance(end, int) and end >= FAR and not isinstance(size, int) else None
    if isinstance(end, int):
        end = size if end >= FAR else plus(size, end) if end < 0 else min(end, size) if isinstance(size, int) else end
    return minus(end, start) if end is not None and start is not None else None


def _reshape(call: NamedCall) -> Dims:
    """The one that is left open is what is left of the names and the number of elements."""
    before, target = call.x(0), call.held(1, "shape")
    result = [before[axis] if dim == 0 else dim for axis, dim in enumerate(target)]
    if -1 not in result:
        return result
    left = Counter(dim for dim in before if isinstance(dim, str))
    left.subtract(dim for dim in result if isinstance(dim, str))
    size, rest = (prod(dim for dim in dims if isinstance(dim, int) and dim > 0) for dims in (before, result))
    open_: Dim = None
    if None not in (*before, *result) and min(left.values(), default=0) >= 0 and size % rest == 0:
        open_ = _all_times([size // rest, *left.elements()])
    return [open_ if dim == -1 else dim for dim in result]


def _flatten(call: NamedCall) -> Dims:
    before = call.x(0)
    axis = call.get("axis", 1)
    sides = (before[:axis], before[axis:])
    return [_all_times(side) for side in sides]


def _all_times(dims: Sequence[Dim]) -> Dim:
    product: Dim = 1
    for dim in dims:
        product = times(product, dim)
    return product


def _pad(call: NamedCall) -> Dims:
    before, pads = call.x(0), call.held(1, "pads")
    axes = call.held(3) if call.has(3) else tuple(range(len(before)))
    result, count = list(before), len(pads) // 2
    for place, axis in enumerate(axes):
        result[int(str(axis))] = plus(result[int(str(axis))], plus(pads[place], pads[place + count]))
    return result


def _resize(call: NamedCall) -> Dims:
    """By whole factors, or to the sizes that are given instead."""
    if call.has(3):
        sizes = call.held(3)
        return sizes if len(sizes) == len(call.x(0)) else [*call.x(0)[: -len(sizes)], *sizes]
    scales = call.held(2 if call.has(2) else 1)
    return [times(size, scale) for size, scale in zip(call.x(0), scales, strict=True)]


_RULES: dict[str, Callable[[NamedCall], Dims]] = {
    **dict.fromkeys(_ELEMENTWISE.split(), _broadcast),
    "MatMul": _product,
    "Concat": _concat,
    "Expand": _expand,
    "ConstantOfShape": _shaped,
    "Range": _range,
    "Slice": _slice,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Pad": _pad,
    **dict.fromkeys(("Resize", "Upsample"), _resize),
    **WINDOWS,
}
