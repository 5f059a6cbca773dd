"""Shapes of fused and quantised products, and of what else is computed on quantised values."""

from collections.abc import Callable

from onnx import TensorProto

from nnviz_action.graph.onnx_file.dims import Dim
from nnviz_action.graph.onnx_file.fused_call import Call, Outputs, Tensor, broadcast


def _product(call: Call) -> Outputs:
    return [_multiplied(call, call.x(0), call.x(1))]


def _multiplied(call: Call, one: Tensor, other: Tensor, elem: int = 0) -> Tensor:
    if call.get("transBatchA") or call.get("transBatchB") or min(len(one.dims), len(other.dims)) < 2:
        raise LookupError("no plain product")
    left, right = _turned(one, call.get("transA")), _turned(other, call.get("transB"))
    return Tensor(elem or one.elem, (*broadcast(left[:-2], right[:-2]), left[-2], right[-1]))


def _turned(tensor: Tensor, turned: bool) -> tuple[Dim, ...]:
    *batch, rows, columns = tensor.dims
    return (*batch, columns, rows) if turned else tensor.dims


def _packed(call: Call) -> Outputs:
    return [Tensor(call.x(0).elem, (*call.x(0).dims[:-1], int(call.get("N"))))]


def _dequantised_product(call: Call) -> Outputs:
    return [_multiplied(call, call.x(0), call.x(1), call.x(2).elem)]


def _quantised_gemm(call: Call) -> Outputs:
    return [_multiplied(call, call.x(0), call.x(3), call.x(8).elem if call.has(8) else TensorProto.FLOAT)]


def _quantised_pair(call: Call) -> Outputs:
    return [Tensor(call.x(0).elem, broadcast(call.x(0).dims, call.x(3).dims))]


def _quantised_concat(call: Call) -> Outputs:
    parts = [call.x(place) for place in range(2, call.inputs, 3)]
    axis = int(call.get("axis"))
    dims = list(parts[0].dims)
    sizes = [part.dims[axis] for part in parts]
    dims[axis] = (
        sum(size for size in sizes if isinstance(size, int)) if all(isinstance(s, int) for s in sizes) else None
    )
    return [Tensor(parts[0].elem, tuple(dims))]


def _global_pool(call: Call) -> Outputs:
    batch, *rest = call.x(0).dims
    ones = (1,) * (len(rest) - 1)
    return [
        Tensor(call.x(0).elem, (batch, *ones, rest[-1]) if call.get("channels_last") else (batch, rest[0], *ones))
    ]


def _convolution(call: Call) -> Outputs:
    return [_convolved(call, call.x(0), call.x(1), bool(call.get("channels_last")))]


def _fused_channels_last(call: Call) -> Outputs:
    """Only what is computed has its channels last: the weight is that of any convolution."""
    return [_convolved(call, call.x(0), call.x(1), True)]


def _channels_last(call: Call) -> Outputs:
    """The weight has its channels last as well, as `onnxruntime.transformers.fusion_nhwc_conv` writes it."""
    weight = call.x(1)
    features, *kernel, channels = weight.dims
    return [_convolved(call, call.x(0), Tensor(weight.elem, (features, channels, *kernel)), True)]


def _quantised_convolution(call: Call) -> Outputs:
    found = _convolved(call, call.x(0), call.x(3), bool(call.get("channels_last")))
    return [Tensor(call.x(7).elem, found.dims)]


def _convolved(call: Call, given: Tensor, weight: Tensor, channels_last: bool) -> Tensor:
    rank = len(weight.dims) - 2
    if rank < 1 or len(given.dims) != rank + 2:
        raise LookupError("no convolution")
    batch, *rest = given.dims
    sizes = rest[:-1] if channels_last else rest[1:]
    kernel = call.get("kernel_shape", weight.dims[2:])
    strides, dilations = (call.get(name, [1] * rank) for name in ("strides", "dilations"))
    pads, auto = call.get("pads", [0] * 2 * rank), call.get("auto_pad", b"NOTSET")
    spread = [(k - 1) * d for k, d in zip(kernel, dilations, strict=True)]
    padded = [pads[i] + pads[i + rank] if auto == b"NOTSET" else 0 for i in range(rank)]
    padded = spread if auto.startswith(b"SAME") else padded
    places = zip(sizes, spread, padded, strides, strict=True)
    spatial = [_strided(size, pad - wide, stride, auto.startswith(b"SAME")) for size, wide, pad, stride in places]
    features = weight.dims[0]
    return Tensor(given.elem, (batch, *spatial, features) if channels_last else (batch, features, *spatial))


def _strided(size: Dim, more: int, stride: int, same: bool) -> Dim:
    if not isinstance(size, int):
        return size if stride == 1 and more == 0 else None
    return -(-size // stride) if same else (size + more - 1) // stride + 1


def _quantised(call: Call) -> Outputs:
    return [Tensor(call.x(2).elem if call.has(2) else TensorProto.UINT8, call.x(0).dims)]


def _dequantised(call: Call) -> Outputs:
    return [Tensor(call.x(1).elem, call.x(0).dims)]


PRODUCTS: dict[str, Callable[[Call], Outputs]] = {
    **dict.fromkeys(("FusedMatMul", "TransposeMatMul", "FusedMatMulActivation", "FusedGemm"), _product),
    "DynamicQuantizeMatMul": _product,
    "MatMulNBits": _packed,
    "MatMulBnb4": _packed,
    "MatMulIntegerToFloat": _dequantised_product,
    "QGemm": _quantised_gemm,
    "QLinearAdd": _quantised_pair,
    "QLinearMul": _quantised_pair,
    "QLinearConcat": _quantised_concat,
    "QLinearGlobalAveragePool": _global_pool,
    "QLinearConv": _quantised_convolution,
    "FusedConv": _convolution,
    "NhwcConv": _channels_last,
    "NhwcFusedConv": _fused_channels_last,
    "QuantizeLinear": _quantised,
    "DequantizeLinear": _dequantised,
}
