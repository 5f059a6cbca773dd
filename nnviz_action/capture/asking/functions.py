"""What a function of torch, or a layer, that failed takes in place of what it was given: channels, widths, ranks."""

from collections.abc import Iterator
from dataclasses import replace

from torch import nn

from nnviz_action.capture.asking.listen import Failure, Heard
from nnviz_action.capture.asking.values import TensorInput

CONVOLUTIONS = {f"conv{'_transpose' * t}{n}d": (n, bool(t)) for n in (1, 2, 3) for t in (0, 1)}
_JOINING = frozenset(
    {"cat", "stack", "concat", "add", "mul", "sub", "__add__", "__radd__", "__mul__", "__sub__", "__iadd__", "where"}
)


def taken(path: str, tensor: TensorInput, failure: Failure) -> Iterator[TensorInput]:
    """What the function, or the layer, that failed takes."""
    heard = [h for h in failure.heard if path in h.origins]
    first = heard[0] if heard else None
    if failure.name in CONVOLUTIONS and first is not None and len(failure.heard) > 1:
        yield from _convolved(tensor, first, failure)
    elif failure.name == "linear" and first is not None and len(failure.heard) > 1:
        yield from _widened(tensor, first, failure.heard[1].shape[-1])
    elif failure.name in ("matmul", "mm", "__matmul__", "bmm") and first is not None and len(failure.heard) == 2:
        other = failure.heard[1] if first is failure.heard[0] else failure.heard[0]
        if not other.origins and first is failure.heard[0] and len(other.shape) > 1:
            yield from _widened(tensor, first, other.shape[-2])
    elif failure.name == "embedding":
        yield replace(short(tensor), dtype="int64")
    elif failure.name in ("split", "split_with_sizes", "tensor_split"):
        sizes = next((a for a in failure.args if isinstance(a, (list, tuple))), None)
        if sizes and all(type(s) is int for s in sizes):
            yield TensorInput((1, sum(sizes)))
            yield replace(tensor, shape=(*tensor.shape[:-1], sum(sizes)))
    elif failure.name == "permute":
        rank = max((len(a) for a in failure.args if isinstance(a, (list, tuple))), default=len(failure.args) - 1)
        yield from ranked(tensor, rank, first)
    elif failure.name in ("batch_norm", "group_norm", "instance_norm") and first is not None:
        channels = failure.heard[1].shape[0] if len(failure.heard) > 1 else 0
        yield from _axis(tensor, first, 1, channels)
    elif failure.name == "layer_norm" and first is not None:
        shape = next((a for a in failure.args if isinstance(a, (list, tuple))), ())
        yield from _widened(tensor, first, shape[-1]) if shape else ()
    yield from _of_layer(tensor, failure)
    if first is not None and failure.name in _JOINING:
        for other in (h for h in failure.heard if h is not first):
            yield from _joined(tensor, first, other)


def _joined(tensor: TensorInput, first: Heard, other: Heard) -> Iterator[TensorInput]:
    """As what it is joined to, or added to: of the same rank, and of the same sizes."""
    more = len(other.shape) - len(first.shape)
    if more:
        yield from ranked(tensor, len(tensor.shape) + more, first)
    for had, wanted in zip(first.shape[::-1], other.shape[::-1], strict=False):
        if had != wanted and tensor.shape.count(had) == 1:
            axis = tensor.shape.index(had)
            yield replace(tensor, shape=(*tensor.shape[:axis], wanted, *tensor.shape[axis + 1 :]))


def _of_layer(tensor: TensorInput, failure: Failure) -> Iterator[TensorInput]:
    layer = failure.layer
    if isinstance(layer, (nn.RNNBase, nn.RNNCellBase)):
        width = layer.input_size
        cell = isinstance(layer, nn.RNNCellBase)
        length = tensor.shape[1] if len(tensor.shape) == 3 else 16
        yield TensorInput((1, width) if cell else (1, length, width))
    elif isinstance(layer, (nn.MultiheadAttention,)):
        yield TensorInput((1, 16, layer.embed_dim))


def _convolved(tensor: TensorInput, first: Heard, failure: Failure) -> Iterator[TensorInput]:
    axes, transposed = CONVOLUTIONS[failure.name]
    weight = failure.heard[1].shape
    groups = next((a for a in reversed(failure.args) if type(a) is int), 1)
    channels = weight[0] if transposed else weight[1] * groups
    if first.itself:
        sizes = [16] if axes == 3 else [s for s in tensor.shape[2:] if s > 1][:1] or [64]
        yield TensorInput((1, channels, *(sizes * axes)))
    elif len(first.shape) == axes + 2:
        if first.shape[1] in tensor.shape and first.shape[1] != channels:
            axis = len(tensor.shape) - 1 - tensor.shape[::-1].index(first.shape[1])
            if tensor.shape.count(first.shape[1]) == 1:
                yield replace(tensor, shape=(*tensor.shape[:axis], channels, *tensor.shape[axis + 1 :]))
        if len(tensor.shape) > 1 and tensor.shape[1] != channels:
            yield replace(tensor, shape=(tensor.shape[0], channels, *tensor.shape[2:]))
        if len(tensor.shape) > 1:  # by what others are joined to it
            less = channels - (first.shape[1] - tensor.shape[1])
            if less > 0:
                yield replace(tensor, shape=(tensor.shape[0], less, *tensor.shape[2:]))
        yield replace(tensor, shape=(*tensor.shape[:-1], channels))
    else:
        yield from ranked(tensor, len(tensor.shape) + axes + 2 - len(first.shape), first)
    if transposed or axes == 2:
        yield TensorInput((1, channels, *([1] * axes)))


def _widened(tensor: TensorInput, first: Heard, width: int) -> Iterator[TensorInput]:
    if first.itself:
        for shape in (
            ((1, width), (1, 16, width)) if len(tensor.shape) != 3 else ((1, tensor.shape[1], width), (1, width))
        ):
            yield TensorInput(shape)
        return
    had = first.shape[-1] if first.shape else 0
    if had in tensor.shape[1:]:
        axis = len(tensor.shape) - 1 - tensor.shape[::-1].index(had)
        yield replace(tensor, shape=(*tensor.shape[:axis], width, *tensor.shape[axis + 1 :]))
    less = width - (had - tensor.shape[-1]) if tensor.shape else 0
    if tensor.shape and less > 0 and less != width:  # others are joined to it
        yield replace(tensor, shape=(*tensor.shape[:-1], less))
    if len(tensor.shape) == 4:
        yield from _squares(tensor, had, width)
    if first.shape and len(tensor.shape) <= 3:
        yield TensorInput((*tensor.shape[:-1], width))
        yield TensorInput((1, width))
    yield TensorInput((1, 16, width))


def _squares(tensor: TensorInput, had: int, width: int) -> Iterator[TensorInput]:
    """A picture that is flattened, of the size that gives so many features; in grey as well."""
    for channels in dict.fromkeys((tensor.shape[1], 1, 3)):
        side = round((width / channels) ** 0.5)
        if channels * side * side == width:
            yield replace(tensor, shape=(tensor.shape[0], channels, side, side))
    if had and tensor.shape[2] > 1:
        side = round(tensor.shape[2] * (width / had) ** 0.5)
        for near in (side, side + 1, side - 1, -(-side // 8) * 8, side // 4 * 4):
            if 0 < near < 2048:
                yield replace(tensor, shape=(*tensor.shape[:2], near, near))


def _axis(tensor: TensorInput, first: Heard, axis: int, size: int) -> Iterator[TensorInput]:
    if size and first.itself and len(tensor.shape) > axis:
        yield replace(tensor, shape=(*tensor.shape[:axis], size, *tensor.shape[axis + 1 :]))
    if size and len(first.shape) <= 1:
        yield TensorInput((1, size))


def ranked(tensor: TensorInput, rank: int, first: Heard | None) -> Iterator[TensorInput]:
    """The same of another rank: batch first, sizes last."""
    shape = tensor.shape
    if rank < 1 or rank > 6 or rank == len(shape):
        return
    if rank < len(shape):
        yield replace(tensor, shape=(*shape[: rank - 1], shape[-1]) if rank > 1 else shape[:1])
        yield replace(tensor, shape=shape[:rank])
    elif len(shape) == 4:
        yield replace(tensor, shape=(1, shape[1], *([8] * (rank - 4)), *shape[2:]))
    else:
        yield replace(tensor, shape=(1, *([16] * (rank - len(shape) - (len(shape) < 1))), *shape[1:])[:rank])
        if rank == 4:
            yield TensorInput((1, 3, 64, 64))


def short(tensor: TensorInput) -> TensorInput:
    """With two axes at the most: tokens."""
    return replace(tensor, shape=(*tensor.shape[:1], 16)[: max(1, len(tensor.shape))])
