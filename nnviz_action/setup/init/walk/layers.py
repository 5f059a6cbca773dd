"""Layers of `torch.nn`: what a layer wants to be called with, and the shape of what it gives."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk.axes import rearrange
from nnviz_action.setup.init.walk.values import UNKNOWN, Layer, Shape, Tensor, is_size

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine

_CONV = "in_channels out_channels kernel_size stride padding dilation groups"
_TRANSPOSED = "in_channels out_channels kernel_size stride padding output_padding groups bias dilation"
_POOL = "kernel_size stride padding dilation return_indices ceil_mode"
_RECURRENT = "input_size hidden_size num_layers bias batch_first dropout bidirectional"
SIGNATURES: dict[str, str] = {
    **{f"Conv{n}d": _CONV for n in "123"}, **{f"LazyConv{n}d": _CONV.partition(" ")[2] for n in "123"},
    **{f"ConvTranspose{n}d": _TRANSPOSED for n in "123"},
    **{f"MaxPool{n}d": _POOL for n in "123"},
    **{f"AvgPool{n}d": "kernel_size stride padding ceil_mode" for n in "123"},
    **{f"Adaptive{k}Pool{n}d": "output_size" for n in "123" for k in ("Avg", "Max")},
    **{f"BatchNorm{n}d": "num_features" for n in "123"}, **{f"InstanceNorm{n}d": "num_features" for n in "123"},
    "GroupNorm": "num_groups num_channels", "LayerNorm": "normalized_shape", "RMSNorm": "normalized_shape",
    "Linear": "in_features out_features", "LazyLinear": "out_features",
    "Embedding": "num_embeddings embedding_dim padding_idx", "EmbeddingBag": "num_embeddings embedding_dim",
    "RNN": _RECURRENT, "LSTM": _RECURRENT, "GRU": _RECURRENT,
    "MultiheadAttention": "embed_dim num_heads dropout bias add_bias_kv add_zero_attn kdim vdim batch_first",
    "TransformerEncoderLayer": "d_model nhead dim_feedforward dropout activation layer_norm_eps batch_first",
    "TransformerDecoderLayer": "d_model nhead dim_feedforward dropout activation layer_norm_eps batch_first",
    "TransformerEncoder": "encoder_layer num_layers", "TransformerDecoder": "decoder_layer num_layers",
    "Flatten": "start_dim end_dim", "Upsample": "size scale_factor", "PixelShuffle": "upscale_factor",
    "ZeroPad2d": "padding", "ReflectionPad2d": "padding", "ReplicationPad2d": "padding", "Unflatten": "dim size",
    "UpsamplingBilinear2d": "size scale_factor", "UpsamplingNearest2d": "size scale_factor",
    "Rearrange": "pattern", "Identity": "",
}  # fmt: skip
_PADDINGS = ("ZeroPad2d", "ReflectionPad2d", "ReplicationPad2d")
_SPATIAL = re.compile(r"((?:Lazy)?Conv|ConvTranspose|MaxPool|AvgPool|Adaptive\w+Pool|BatchNorm|InstanceNorm)(\d)d\Z")
_OPAQUE = frozenset({"Fold", "Unfold", "PixelUnshuffle", "Bilinear", "Unflatten", "Parameter", "ParameterList"})


def make(kind: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Layer:
    """A layer from what its class is called with."""
    names = SIGNATURES.get(kind, "").split()
    return Layer(kind, {**dict(zip(names, args, strict=False)), **kwargs})


def apply(machine: "Machine", layer: Layer, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What calling a layer gives. A tensor of unknown shape gets the one that the layer wants."""
    given = [*args, *kwargs.values()]
    tensor = given[0] if given else None
    if not isinstance(tensor, Tensor):
        return UNKNOWN
    spatial = _SPATIAL.match(layer.kind)
    if tensor.origin and not tensor.why and (spatial or layer.kind in _RULES):
        tensor.why = described(layer)
    if spatial:
        return _spatial(machine, layer, tensor, spatial[1], int(spatial[2]))
    handler = _RULES.get(layer.kind)
    if handler is not None:
        return handler(machine, layer, tensor, given)
    return Tensor() if layer.kind in _OPAQUE or layer.kind.endswith("Loss") else tensor


def described(layer: Layer) -> str:
    """The layer as a reader knows it: `Conv2d(3, …)`."""
    shown = [str(value) for value in layer.given.values() if isinstance(value, (int, str))]
    return f"{layer.kind}({', '.join([*shown[:1], '…'])})" if shown else layer.kind


def _size(value: Any) -> int | None:
    return value if is_size(value) else None


def _spatial(machine: "Machine", layer: Layer, tensor: Tensor, family: str, count: int) -> Any:
    if family in ("BatchNorm", "InstanceNorm"):
        return _normalised(machine, layer, tensor, count)
    rank = _rank(tensor, count)
    shape = machine.settle(tensor, rank, {-count - 1: _size(layer.get("in_channels"))})
    _open_space(machine, tensor, count)
    channels = _size(layer.get("out_channels")) if "Conv" in family else shape[-count - 1]
    sizes = [_moved(machine, layer, family, axis, size) for axis, size in enumerate(shape[-count:])]
    return Tensor([*shape[: -count - 1], channels, *sizes])


def _rank(tensor: Tensor, count: int) -> int:
    """A layer of `count` dimensions takes a batch, or a single one."""
    return len(tensor.shape) if tensor.shape is not None and len(tensor.shape) == count + 1 else count + 2


def _open_space(machine: "Machine", tensor: Tensor, count: int) -> None:
    """Sizes of an image that no code tells are those that are being tried."""
    if not tensor.origin or tensor.shape is None:
        return
    if len(tensor.shape) == count + 2 and tensor.shape[0] is None:
        tensor.shape[0] = machine.guess.batch
    size = machine.guess.size if count > 1 else max(machine.guess.length, 64)
    for axis in range(len(tensor.shape) - count, len(tensor.shape)):
        if tensor.shape[axis] is None:
            deep = count == 3 and axis == len(tensor.shape) - 3
            tensor.shape[axis] = machine.guess.length if deep else size if count < 3 else min(size, 112)


def _normalised(machine: "Machine", layer: Layer, tensor: Tensor, count: int) -> Any:
    channels = _size(layer.get("num_features"))
    if tensor.shape is None and count == 1:
        return machine.settle(tensor, 2, {1: channels}) and tensor
    if tensor.shape is not None and count == 1:
        return len(tensor.shape) > 1 and machine.settle(tensor, len(tensor.shape), {1: channels}) and tensor
    machine.settle(tensor, count + 2, {1: channels})
    _open_space(machine, tensor, count)
    return tensor


def _moved(machine: "Machine", layer: Layer, family: str, axis: int, size: int | None) -> int | None:
    """The size along an axis after a convolution or a pooling, by torch's own formulas."""
    if family.startswith("Adaptive"):
        return _along(layer.get("output_size"), axis)
    kernel = _along(layer.get("kernel_size"), axis)
    strided = family in ("MaxPool", "AvgPool") and layer.get("stride", None) is None
    stride = kernel if strided else _along(layer.get("stride", 1), axis)
    padding, dilation = _along(layer.get("padding", 0), axis), _along(layer.get("dilation", 1), axis)
    if layer.get("padding", 0) == "same":
        return size
    padding = 0 if layer.get("padding", 0) == "valid" else padding
    if size is None or kernel is None or not stride or padding is None or dilation is None:
        return None
    if family == "ConvTranspose":
        extra = _along(layer.get("output_padding", 0), axis)
        return None if extra is None else (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if room < 0:
        machine.refuse(f"a kernel of {kernel} on a size of {size}")
        return None
    ceil = layer.get("ceil_mode", False) is True
    return (math.ceil(room / stride) if ceil else room // stride) + 1


def _along(value: Any, axis: int) -> int | None:
    if isinstance(value, (list, tuple)):
        value = value[axis] if axis < len(value) else value[0] if value else UNKNOWN
    return value if is_size(value) else None


def _linear(machine: "Machine", layer: Layer, tensor: Tensor, _: Any) -> Any:
    wanted = _size(layer.get("in_features"))
    if tensor.shape is None and tensor.origin:
        picture = {784: [1, 28, 28], 3072: [3, 32, 32], 1024: [1, 32, 32]}.get(wanted or 0)
        if tensor.flat and picture:
            tensor.shape = [machine.guess.batch, *picture]
            return Tensor([machine.guess.batch, _size(layer.get("out_features"))])
        machine.settle(tensor, 2, {-1: wanted})
    if tensor.shape is None:
        return Tensor()
    if tensor.shape:
        machine.settle(tensor, len(tensor.shape), {-1: wanted})
    return Tensor([*tensor.shape[:-1], _size(layer.get("out_features"))])


def _embedding(machine: "Machine", layer: Layer, tensor: Tensor, _: Any) -> Any:
    if tensor.shape is None:
        machine.settle(tensor, machine.guess.ranks.get(tensor.origin, 2), {})
    if tensor.origin:
        tensor.dtype, tensor.high = "int64", _size(layer.get("num_embeddings"))
    return Tensor([*(tensor.shape or []), _size(layer.get("embedding_dim"))])


def _recurrent(machine: "Machine", layer: Layer, tensor: Tensor, _: Any) -> Any:
    rank = len(tensor.shape) if tensor.shape is not None else 3
    shape = machine.settle(tensor, rank if rank in (2, 3) else 3, {-1: _size(layer.get("input_size"))})
    hidden = _size(layer.get("hidden_size"))
    if hidden is not None and layer.get("bidirectional", False) is True:
        hidden *= 2
    if not tensor.roles and tensor.origin:
        tensor.roles = (
            ("batch", "length", "_") if layer.get("batch_first", False) is True else ("length", "batch", "_")
        )
    return (Tensor([*shape[:-1], hidden]), (Tensor(), Tensor()) if layer.kind == "LSTM" else Tensor())


def _tokens(size_of: str) -> Any:
    """A layer that takes [batch, length, size], or [length, batch, size]."""

    def rule(machine: "Machine", layer: Layer, tensor: Tensor, given: Sequence[Any]) -> Any:
        inner = layer.get("encoder_layer", layer.get("decoder_layer", layer))
        size = _size(inner.get(size_of)) if isinstance(inner, Layer) else None
        for value in given:
            if isinstance(value, Tensor) and (value is tensor or (value.origin and value.shape is None)):
                machine.settle(value, len(value.shape) if value.shape else 3, {-1: size})
        return (tensor, Tensor()) if layer.kind == "MultiheadAttention" else tensor

    return rule


def _layer_norm(machine: "Machine", layer: Layer, tensor: Tensor, _: Any) -> Any:
    wanted = layer.get("normalized_shape")
    sizes = list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
    rank = len(tensor.shape) if tensor.shape is not None else max(3, len(sizes) + 1)
    if rank >= len(sizes):
        machine.settle(tensor, rank, {i - len(sizes): _size(size) for i, size in enumerate(sizes)})
    return tensor


def _group_norm(machine: "Machine", layer: Layer, tensor: Tensor, _: Any) -> Any:
    if tensor.shape is not None and len(tensor.shape) > 1:
        machine.settle(tensor, len(tensor.shape), {1: _size(layer.get("num_channels"))})
    return tensor


def _flatten(machine: "Machine", layer: Layer, tensor: Tensor, _: Any) -> Any:
    from nnviz_action.setup.init.walk.shapes import flatten  # noqa: PLC0415  # tensors know the layers of functions

    return flatten(machine, tensor, [layer.get("start_dim", 1), layer.get("end_dim", -1)], {})


def _upsample(_: "Machine", layer: Layer, tensor: Tensor, __: Any) -> Any:
    if tensor.shape is None:
        return Tensor()
    factor, size, count = layer.get("scale_factor", None), layer.get("size", None), len(tensor.shape) - 2
    if isinstance(factor, (int, float)):
        sizes: Shape = [None if s is None else int(s * factor) for s in tensor.shape[2:]]
    else:
        sizes = [_along(size, axis) for axis in range(count)]
    return Tensor([*tensor.shape[:2], *sizes])


def _shuffle(_: "Machine", layer: Layer, tensor: Tensor, __: Any) -> Any:
    factor = layer.get("upscale_factor")
    if tensor.shape is None or len(tensor.shape) != 4 or not isinstance(factor, int) or factor < 1:
        return Tensor()
    batch, channels, *rest = tensor.shape
    inner = None if channels is None else channels // factor**2
    return Tensor([batch, inner, *(None if s is None else s * factor for s in rest)])


def _padded(_: "Machine", layer: Layer, tensor: Tensor, __: Any) -> Any:
    pad = layer.get("padding")
    sides = [pad] * 4 if isinstance(pad, int) else list(pad) if isinstance(pad, (tuple, list)) else []
    if tensor.shape is None or len(tensor.shape) != 4 or len(sides) != 4 or not all(map(is_size, sides)):
        return Tensor() if tensor.shape is None or not tensor.shape else Tensor([*tensor.shape[:2], None, None])
    *front, height, width = tensor.shape
    taller = None if height is None else height + sides[2] + sides[3]
    return Tensor([*front, taller, None if width is None else width + sides[0] + sides[1]])


_RULES: dict[str, Any] = {
    "Linear": _linear, "LazyLinear": _linear, "Embedding": _embedding, "EmbeddingBag": _embedding,
    "RNN": _recurrent, "LSTM": _recurrent, "GRU": _recurrent, "MultiheadAttention": _tokens("embed_dim"),
    "TransformerEncoder": _tokens("d_model"), "TransformerEncoderLayer": _tokens("d_model"),
    "TransformerDecoder": _tokens("d_model"), "TransformerDecoderLayer": _tokens("d_model"),
    "Transformer": _tokens("d_model"), "LayerNorm": _layer_norm, "RMSNorm": _layer_norm, "GroupNorm": _group_norm,
    "Flatten": _flatten, "Upsample": _upsample, "UpsamplingBilinear2d": _upsample, "UpsamplingNearest2d": _upsample,
    "PixelShuffle": _shuffle, "Rearrange": rearrange, **dict.fromkeys(_PADDINGS, _padded),
}  # fmt: skip
