"""The next guess, by what failed: what the function takes, or what the message says of ranks, types and sizes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch

from nnviz_action.capture.asking.first import Facts, guesses, image
from nnviz_action.capture.asking.functions import CONVOLUTIONS, ranked, short, taken
from nnviz_action.capture.asking.listen import Failure
from nnviz_action.capture.asking.values import PlainInput, State, TensorInput, changed, tensors

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
        yield from ((cost, changed(state, path, other)) for other in taken(path, tensor, failure))
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


def _of_rank(tensor: TensorInput, failure: Failure, facts: Facts) -> Iterator[TensorInput]:
    if found := _BEYOND.search(failure.text):
        rank = int(found[1] or found[2]) + 1
        if rank in (3, 4):
            yield image(facts)
        yield from ranked(tensor, rank, None)
    if found := _UNPACKED.search(failure.text) or _RANK.search(failure.text):
        rank = int(next(g for g in found.groups() if g))
        if rank == 4 and len(tensor.shape) < 4:
            yield image(facts)
        if rank == 2 and tensor.dtype == "float32" and not facts.features:
            yield TensorInput((1, 16), "int64")
        yield from ranked(tensor, rank, None)


def _of_type(tensor: TensorInput, failure: Failure) -> Iterator[TensorInput]:
    text = failure.text
    floating = getattr(torch, tensor.dtype).is_floating_point
    if floating and _INTEGERS.search(text):
        yield replace(short(tensor), dtype="int64")
        yield replace(tensor, dtype="int64")
    if floating and "bool" in text.lower():
        yield replace(tensor, dtype="bool")
    if not floating and (_FLOATS.search(text) or failure.name in ("linear", *CONVOLUTIONS)):
        yield replace(tensor, dtype="float32", high=None)


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
