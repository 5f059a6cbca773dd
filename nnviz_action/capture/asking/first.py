"""What an input may be before the model is called: by its name, its annotation, the constructor's numbers."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from nnviz_action.capture.asking.signature import CHANNELS, CONFIGS
from nnviz_action.capture.asking.values import PlainInput, TensorInput
from nnviz_action.capture.private import buffers_of, parameters_of

_SIZE = re.compile(
    r"(img|image|crop|spatial|input|pretrain_img|img_input)_?(size|shape|res|resolution|dims?)\Z|\w*resolution\Z|height\Z"
)
_LENGTH = re.compile(
    r"\w*(seq|sequence|context|block|text|sent|window|token|max)_?(len|length|size|ctx)\Z|n_\w*ctx\Z"
)
_FEATURES = re.compile(
    r"(\w*_)?(in|input|feature|obs|state|observation|latent|noise|z|node|d|code)?_?(dim|size|features|feats?|model|shape)\Z|nz\Z|dim\Z|z_dim\Z"
)
_FRAMES = re.compile(r"(num_)?frames\Z|temporal_size\Z|video_length\Z|frame_size\Z")
_TOKENS = re.compile(
    r"(\w+_)?(ids?|tokens?|words|text|sentences?|src|tgt|trg|idx|seq|captions?|indices)\Z|(src|trg|tgt)(_seq)?\Z|tokens"
)
_IMAGE = re.compile(r"(\w+_)?(img|image|picture|pixel_?values|photo|frame)s?\d?\Z|(input|x)_(img|image)\Z|samples\Z")
_VIDEO = re.compile(r"(video|clip)s?\Z")
_TIME = re.compile(r"(t|time|times|timesteps?|time_?steps?|noise_levels?|sigmas?)\Z")
_LABEL = re.compile(r"(y|labels?|classes|class_labels?|targets?)\Z")
_MASK = re.compile(r"(\w+_)?masks?\Z")
_LENGTHS = re.compile(r"(\w+_)?(lengths?|lens)\Z")
_NUMBER = re.compile(r"(start_?pos|offset|step|epoch|index|layer|depth|pos)\Z")
_SIZE_PAIR = re.compile(r"(\w+_)?(sizes?|hw|resolution)\Z")
SIZES = (224, 32, 28, 64, 128, 256, 299, 512, 1024, 96, 48, 84, 40, 16, 572)


@dataclass(frozen=True)
class Facts:
    """Numbers that the constructor, the layers and the repository tell."""

    size: Sequence[int] = ()  # of images, the surest first
    channels: int | None = None
    length: int | None = None
    features: int | None = None
    frames: int | None = None
    named: Mapping[str, int] = field(default_factory=dict)  # those of the constructor
    numbers: Sequence[int] = ()  # others, which may be lengths
    signature: inspect.Signature | None = field(default=None, compare=False)


def facts_of(module: nn.Module, given: Mapping[str, Any], sizes: Sequence[int]) -> Facts:
    """`given` are the constructor's arguments by name, `sizes` those of images that the repository works with."""
    own = {**_numbers(vars(module)), **_numbers(given)}
    for child in list(module.modules())[1:200]:
        if len(own) < 60:
            own = {**_numbers(vars(child)), **own}
    known = [value for name, value in own.items() if _SIZE.match(name)]
    return Facts(
        size=tuple(dict.fromkeys((*known, *sizes, *SIZES))),
        channels=_matching(own, CHANNELS),
        length=_matching(own, _LENGTH),
        features=_matching(own, _FEATURES),
        frames=_matching(own, _FRAMES),
        named=_numbers(given),
        numbers=tuple(dict.fromkeys((*own.values(), *_lengths(module)))),
        signature=_signature(module),
    )


def _signature(module: nn.Module) -> inspect.Signature | None:
    try:
        return inspect.signature(module.forward)
    except (TypeError, ValueError):
        return None


def _numbers(values: Mapping[str, Any]) -> dict[str, int]:
    found = {}
    for name, value in values.items():
        last = value[-1] if isinstance(value, (tuple, list)) and value else value
        if type(last) is int and 0 < last < 100_000 and not name.startswith("_"):
            found[name] = last
        elif CONFIGS.match(name) and hasattr(value, "__dict__"):
            found.update(_numbers(vars(value)))
    return found


def _lengths(module: nn.Module) -> Iterator[int]:
    """The sizes of tables of positions, which stand for lengths."""
    for owner in module.modules():
        for group in (parameters_of(owner), buffers_of(owner)):
            yield from (t.shape[-2] for n, t in group.items() if t is not None and t.dim() in (2, 3) and "pos" in n)


def _matching(values: Mapping[str, int], pattern: re.Pattern[str]) -> int | None:
    return next((value for name, value in values.items() if pattern.match(name)), None)


def image(facts: Facts, size: int | None = None) -> TensorInput:
    """A picture."""
    size = size or facts.size[0]
    return TensorInput((1, facts.channels or 3, size, size))


def guesses(name: str, annotation: str, facts: Facts) -> Iterator[Any]:
    """What an input of this name may be, the likeliest first; each once."""
    seen = set()
    for guess in (*_named(name, annotation, facts), *_any(facts)):
        if repr(guess) not in seen:
            seen.add(repr(guess))
            yield guess


def _named(name: str, annotation: str, facts: Facts) -> Iterator[Any]:
    name = name.lower()
    tokens = TensorInput((1, min(facts.length or 16, 64)), "int64")
    if plain := _plain(name, annotation, facts):
        yield plain
    for suffix in ("_dim", "_size", "_features", "_channels"):  # `c_dim` tells of `c`
        if width := facts.named.get(f"{name}{suffix}"):
            yield TensorInput((1, width))
    if re.match(r"(typing\.)?(List|list|Sequence)\[(typing\.)?(Dict|dict)", annotation):
        yield [{}]
    elif re.match(r"(typing\.)?(Dict|dict)\b", annotation):
        yield {}
    elif re.match(r"(typing\.)?(List|list|Sequence)\[(torch\.)?Tensor", annotation):
        yield [image(facts)]
    rows: tuple[tuple[re.Pattern[str], tuple[Any, ...]], ...] = (
        (_IMAGE, (image(facts),)),
        (_VIDEO, (TensorInput((1, facts.channels or 3, facts.frames or 8, facts.size[0], facts.size[0])),)),
        (_TOKENS, (tokens,)),
        (_LENGTHS, (PlainInput([tokens.shape[1]]), TensorInput((1,), "int64"))),
        (_TIME, (TensorInput((1,)), TensorInput((1,), "int64"))),
        (_LABEL, (TensorInput((1,), "int64"), tokens)),
        (_MASK, (PlainInput(None), TensorInput(tokens.shape, "bool"))),
    )
    yield from (value for pattern, values in rows if pattern.match(name) for value in values)


def _plain(name: str, annotation: str, facts: Facts) -> PlainInput | None:
    bare = annotation.replace("builtins.", "")
    if bare in ("int", "float", "bool", "str"):
        return PlainInput({"int": 0, "float": 1.0, "bool": False, "str": ""}[bare])
    if not annotation and _NUMBER.match(name):
        return PlainInput(0)
    if _SIZE_PAIR.match(name):
        return PlainInput([facts.size[0]] * 2)
    return None


def _any(facts: Facts) -> Iterator[TensorInput]:
    size = facts.size[0]
    if facts.features and not facts.channels and not facts.length:
        yield TensorInput((1, facts.features))
    yield image(facts)
    length = min(facts.length or 16, 64)
    yield TensorInput((1, facts.features or 16))
    yield TensorInput((1, length, facts.features or 16))
    yield TensorInput((1, length), "int64")
    yield TensorInput((1, facts.channels or 3, 64))
    yield TensorInput((1, facts.channels or 3, 8, size, size))
    yield TensorInput((1,))
