"""Rules for what slides a window over axes of named sizes: convolutions and pools."""

from collections.abc import Callable, Iterator

from nnviz_action.graph.onnx_file.dim_arithmetic import over, plus, times
from nnviz_action.graph.onnx_file.dims import Dim
from nnviz_action.graph.onnx_file.named_call import Dims, NamedCall

_Axis = tuple[Dim, int, int, int]  # its size; what the window takes beyond one place; padding on both sides; stride


def _convolution(call: NamedCall) -> Dims:
    kernel = call.get("kernel_shape", call.x(1)[2:])
    return [call.x(0)[0], call.x(1)[0], *(_places(*axis) for axis in _axes(call, kernel))]


def _pool(call: NamedCall) -> Dims:
    up = call.get("ceil_mode", 0)
    axes = _axes(call, call.get("kernel_shape"))
    places = (_places(size, spread, pad + (stride - 1) * up, stride) for size, spread, pad, stride in axes)
    return [*call.x(0)[:2], *places]


def _transposed(call: NamedCall) -> Dims:
    if call.get("output_shape") or call.get("auto_pad", b"NOTSET") != b"NOTSET":
        raise ValueError("another way to say its size")
    weight = call.x(1)
    more = call.get("output_padding", [0] * (len(weight) - 2))
    axes = zip(_axes(call, call.get("kernel_shape", weight[2:])), more, strict=True)
    sizes = [plus(times(size, stride), spread + 1 - stride - pad + add) for (size, spread, pad, stride), add in axes]
    return [call.x(0)[0], times(weight[1], call.get("group", 1)), *sizes]


def _axes(call: NamedCall, kernel: Dims) -> Iterator[_Axis]:
    rank = len(kernel)
    strides, dilations = (call.get(name, [1] * rank) for name in ("strides", "dilations"))
    pads, auto = call.get("pads", [0] * 2 * rank), call.get("auto_pad", b"NOTSET")
    for axis, (size, wide, stride, dilation) in enumerate(
        zip(call.x(0)[2:], kernel, strides, dilations, strict=True)
    ):
        spread = (int(str(wide)) - 1) * dilation
        pad = {b"NOTSET": pads[axis] + pads[axis + rank], b"VALID": 0}.get(auto, spread)
        if auto.startswith(b"SAME") and stride > 1:
            raise ValueError("padding depends on the size")
        yield size, spread, pad, stride


def _places(size: Dim, spread: int, pad: int, stride: int) -> Dim:
    """How many places a window has on an axis: (size + pad - spread - 1) // stride + 1."""
    more = pad - spread
    if more == 1 - stride:
        return over(size, stride)
    return plus(over(plus(size, more - 1), stride), 1)


WINDOWS: dict[str, Callable[[NamedCall], Dims]] = {
    "Conv": _convolution,
    "MaxPool": _pool,
    "AveragePool": _pool,
    "LpPool": _pool,
    "ConvTranspose": _transposed,
}
