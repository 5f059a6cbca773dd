"""The next guess, by what failed: channels, widths, ranks and types that a function of torch asks for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import nn

from nnviz_action.capture.asking.first import Facts, guesses, image
from nnviz_action.capture.asking.listen import Failure, Heard
from nnviz_action.capture.asking.values import PlainInput, State, TensorInput, changed, tensors

_CONVOLUTIONS = {f"conv{'_transpose' * t}{n}d": (n, bool(t)) for n in (1, 2, 3) for t in (0, 1)}
_JOINING = frozenset(
    {"cat", "stack", "concat", "add", "mul", "sub", "__add__", "__radd__", "__mul__", "__sub__", "__iadd__", "where"}
)
_UNPACKED = re.compile(
    r"not enough values to unpack \(expected (?:at least )?(\d)|too many values to unpack \(expected (\d)"
)
_RANK = re.compile(r"expected (\d) dims|got input of size.*?(\d)D|must be (\d)-?D|Expected (\d)-?D|rank (\d)", re.I)
_BEYOND = re.compile(r"Dimension out of range .* but got (\d)|too many indices for tensor of dimension (\d)")
_NUMBERS = re.compile(r"(?<![\w.])(\d{1,5})(?![\w.])")
_INTEGERS = re.compile(
    r"indices.*(Long|long|int)|must be (long|int)|tensors used as indices|not implemented for|Expected.*\bLong\b"
    r"|expected scalar type Long|only integer tensors|one_hot is only applicable"
)
_FLOATS = re.compile(
    r"expected scalar type Float|same dtype|must (be|have) .*float|expected m1 and m2|Float but found|floating point",
    re.I,
)


# What a guess costs: the more, the less sure it is.
SURER, SURE, LIKELY, ANOTHER_KIND, ANOTHER_SIZE = -50, 0, 2, 5, 8


def repairs(state: State, failure: Failure, facts: Facts) -> Iterator[tuple[int, State]]:
    """Other states to try, the surest first, each with its cost."""
    concerned = _concerned(failure, dict(tensors(state)))
    yield from ((SURER, other) for other in _by_key(state, failure, facts))
    for number, (path, tensor) in enumerate(concerned):
        cost = LIKELY if number else SURE
        yield from ((cost, changed(state, path, other)) for other in _of_function(path, tensor, failure))
    for path, tensor in concerned:
        others = (*_of_type(tensor, failure), *_of_rank(tensor, failure, facts))
        yield from ((LIKELY, changed(state, path, other)) for other in others)
    yield from ((LIKELY, other) for other in _missing(state, failure, facts))
    for path, tensor in concerned:
        yield from ((ANOTHER_SIZE, changed(state, path, other)) for other in _of_size(tensor, failure, facts))


def _concerned(failure: Failure, shaped: dict[str, TensorInput]) -> list[tuple[str, TensorInput]]:
    """The inputs that what failed was made of; all where that is not known."""
    origins = frozenset().union(*(h.origins for h in failure.heard))
    found = [(p, t) for p, t in shaped.items() if p in origins] or list(shaped.items())
    return sorted(found, key=lambda pair: len(pair[1].shape))  # a picture is surer than what is joined to it


def _of_function(path: str, tensor: TensorInput, failure: Failure) -> Iterator[TensorInput]:
    """What the function, or the layer, that failed takes."""
    heard = [h for h in failure.heard if path in h.origins]
    first = heard[0] if heard else None
    if failure.name in _CONVOLUTIONS and first is not None and len(failure.heard) > 1:
        yield from _convolved(tensor, first, failure)
    elif failure.name == "linear" and first is not None and len(failure.heard) > 1:
        yield from _widened(tensor, first, failure.heard[1].shape[-1])
    elif failure.name in ("matmul", "mm", "__matmul__", "bmm") and first is not None and len(failure.heard) == 2:
        other = failure.heard[1] if first is failure.heard[0] else failure.heard[0]
        if not other.origins and first is failure.heard[0] and len(other.shape) > 1:
            yield from _widened(tensor, first, other.shape[-2])
    elif failure.name == "embedding":
        yield replace(_short(tensor), dtype="int64")
    elif failure.name in ("split", "split_with_sizes", "tensor_split"):
        sizes = next((a for a in failure.args if isinstance(a, (list, tuple))), None)
        if sizes and all(type(s) is int for s in sizes):
            yield TensorInput((1, sum(sizes)))
            yield replace(tensor, shape=(*tensor.shape[:-1], sum(sizes)))
    elif failure.name == "permute":
        rank = max((len(a) for a in failure.args if isinstance(a, (list, tuple))), default=len(failure.args) - 1)
        yield from _ranked(tensor, rank, first)
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
        yield from _ranked(tensor, len(tensor.shape) + more, first)
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
    axes, transposed = _CONVOLUTIONS[failure.name]
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
        yield from _ranked(tensor, len(tensor.shape) + axes + 2 - len(first.shape), first)
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


def _ranked(tensor: TensorInput, rank: int, first: Heard | None) -> Iterator[TensorInput]:
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


def _of_rank(tensor: TensorInput, failure: Failure, facts: Facts) -> Iterator[TensorInput]:
    if found := _BEYOND.search(failure.text):
        rank = int(found[1] or found[2]) + 1
        if rank in (3, 4):
            yield image(facts)
        yield from _ranked(tensor, rank, None)
    if found := _UNPACKED.search(failure.text) or _RANK.search(failure.text):
        rank = int(next(g for g in found.groups() if g))
        if rank == 4 and len(tensor.shape) < 4:
            yield image(facts)
        if rank == 2 and tensor.dtype == "float32" and not facts.features:
            yield TensorInput((1, 16), "int64")
        yield from _ranked(tensor, rank, None)


def _of_type(tensor: TensorInput, failure: Failure) -> Iterator[TensorInput]:
    text = failure.text
    floating = getattr(torch, tensor.dtype).is_floating_point
    if floating and _INTEGERS.search(text):
        yield replace(_short(tensor), dtype="int64")
        yield replace(tensor, dtype="int64")
    if floating and "bool" in text.lower():
        yield replace(tensor, dtype="bool")
    if not floating and (_FLOATS.search(text) or failure.name in ("linear", *_CONVOLUTIONS)):
        yield replace(tensor, dtype="float32", high=None)


def _short(tensor: TensorInput) -> TensorInput:
    """With two axes at the most: tokens."""
    return replace(tensor, shape=(*tensor.shape[:1], 16)[: max(1, len(tensor.shape))])


def _by_key(state: State, failure: Failure, facts: Facts) -> Iterator[State]:
    """A mapping in which something is looked for."""
    if (
        not isinstance(failure.error, KeyError)
        or not failure.error.args
        or not isinstance(failure.error.args[0], str)
    ):
        return
    key = failure.error.args[0]
    for name, value in state.items():
        place, path = (value[0], f"{name}/0") if isinstance(value, list) and value else (value, name)
        if isinstance(place, dict) and key not in place:
            for guess in list(guesses(key, "", facts))[:4]:
                item = guess
                if isinstance(value, list) and isinstance(guess, TensorInput) and len(guess.shape) == 4:
                    item = replace(guess, shape=guess.shape[1:])  # a list holds what a batch would
                yield changed(state, path, {**place, key: item})


def _missing(state: State, failure: Failure, facts: Facts) -> Iterator[State]:
    """What may be left out by the signature, and is needed nevertheless."""
    if "NoneType" not in failure.text and "must be specified" not in failure.text and "provide" not in failure.text:
        return
    parameters = facts.signature.parameters if facts.signature else {}
    for name, parameter in parameters.items():
        kinds = (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        absent = name not in state or state[name] == PlainInput(None)
        if absent and parameter.kind not in kinds and parameter.default in (None, parameter.empty):
            for guess in list(guesses(name, "", facts))[:4]:
                if guess != PlainInput(None):
                    yield {**state, name: guess}


def _of_size(tensor: TensorInput, failure: Failure, facts: Facts) -> Iterator[TensorInput]:
    """Other sizes: those that the message names, then those that the model and the repository have."""
    told = [int(n) for n in _NUMBERS.findall(failure.text)]
    heard = [s for h in failure.heard for s in h.shape]
    numbers = dict.fromkeys(n for n in (*told, *heard, *facts.numbers) if 1 < n <= 4096)
    if len(tensor.shape) == 4:
        for size in dict.fromkeys((*[n for n in told if n >= 16], *facts.size)):
            yield replace(tensor, shape=(*tensor.shape[:2], size, size))
        for channels in dict.fromkeys(n for n in (1, 3, *told, *heard) if 0 < n <= 512):
            yield replace(tensor, shape=(tensor.shape[0], channels, *tensor.shape[2:]))
    elif len(tensor.shape) == 3:
        for axis in (1, 2):
            for size in (*list(numbers)[:12], *(2 * n for n in list(numbers)[:6])):
                yield replace(tensor, shape=(*tensor.shape[:axis], size, *tensor.shape[axis + 1 :]))
    elif len(tensor.shape) == 2:
        for size in list(numbers)[:12]:
            yield replace(tensor, shape=(tensor.shape[0], size))
    elif len(tensor.shape) == 5:
        for size in facts.size:
            yield replace(tensor, shape=(*tensor.shape[:3], size, size))


def alternatives(state: State, facts: Facts, required: Sequence[tuple[str, str]]) -> Iterator[State]:
    """Guesses of another kind for one input after the other, once nothing better is known."""
    for name, annotation in required:
        for guess in guesses(name, annotation, facts):
            if guess != state.get(name):
                yield {**state, name: guess}
