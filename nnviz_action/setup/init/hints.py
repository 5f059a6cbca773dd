"""What names tell by convention: of parameters of a constructor, of inputs, of axes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnviz_action.setup.init.walk.values import Shape, is_size

_SIZE = re.compile(
    r"(img|image|crop|spatial|pretrain_img|input_img)_?(size|shape|res|resolution|dims?)\Z|resolution\Z|image_height\Z|img_dim\Z"
)
_CHANNELS = re.compile(r"(in|n|num|input|img|image|c)_?(chans?|channels?|c|ch|in|planes)\Z|channels\Z|nc\Z|img_ch\Z")
_LENGTH = re.compile(
    r"(max_)?(seq|sequence|context|block|text|input|sent|window)_?(len|length|size)\Z|max_len\Z|seq_len|n_ctx"
)
_VOCABULARY = re.compile(
    r"((n|num)_?(tokens?|vocab|words|embeddings)|vocab(ulary)?_?size|n_?token|vocab|input_vocab\w*)\Z"
)
_FEATURES = re.compile(
    r"(input|in|feature|obs|state|observation|latent|noise|z|node|d)_?(dim|size|features|feats?|model|shape)\Z|dim\Z|n_features\Z|num_features\Z"
)
_FRAMES = re.compile(r"(num_)?frames\Z|temporal_size\Z|video_length\Z")

_TOKENS = re.compile(
    r"(input_)?(ids|tokens?|words|text|sentences?|src|tgt|idx|seq|captions?|indices)\Z|(input|decoder_input|text)_ids\Z"
)
_IMAGE = re.compile(r"(img|image|picture|pixel_?values|photo|frame)s?\d?\Z|(input|x)_(img|image)\Z")
_VIDEO = re.compile(r"(video|clip)s?\Z")
_TIME = re.compile(r"(t|time|times|timesteps?|time_?steps?|noise_levels?|sigmas?)\Z")
_LABEL = re.compile(r"(y|labels?|classes|class_labels?|targets?)\Z")
_ANY = re.compile(
    r"(x|inputs?|input_tensor|data|features?|feats?|state|obs|observation|z|latents?|noise|hidden_states)\Z"
)
_OUTPUTS = re.compile(
    r"(n|num|out)_?(class|classes|channels|chans|labels?|ch)\Z|classes\Z"
    r"|out_(dim|features|size)\Z|output_(dim|size|channels)\Z"
)

# What a constructor is given where nobody says: by the names that people use.
CONVENTIONS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (_CHANNELS, 3),
    (_OUTPUTS, 10),
    (_VOCABULARY, 1000),
    (_LENGTH, 64),
    (re.compile(r"patch_?size\Z"), 16),
    (re.compile(r"kernel_?size\Z"), 3),
    (_SIZE, 224),
    (re.compile(r"(n_?|num_)?(attention_)?heads?\Z|nhead\Z"), 4),
    (re.compile(r"(n_?|num_)?(layers?|blocks)\Z|depth\Z"), 2),
    (re.compile(r"(\w+_)?(dim|size|features|channels|width|embd|embed|units|hidden|filters)\Z|d_?model\Z"), 64),
)  # fmt: skip


@dataclass(frozen=True)
class Hints:
    """What the parameters of a constructor say of the inputs."""

    size: int | None = None
    channels: int | None = None
    length: int | None = None
    vocabulary: int | None = None
    features: int | None = None
    frames: int | None = None


def read_hints(parameters: Mapping[str, Any]) -> Hints:
    """The hints in the values of a constructor's parameters."""
    return Hints(
        size=_first(parameters, _SIZE),
        channels=_first(parameters, _CHANNELS),
        length=_first(parameters, _LENGTH),
        vocabulary=_first(parameters, _VOCABULARY),
        features=_first(parameters, _FEATURES),
        frames=_first(parameters, _FRAMES),
    )


def _first(parameters: Mapping[str, Any], pattern: re.Pattern[str]) -> int | None:
    for name, value in parameters.items():
        if isinstance(value, (tuple, list)) and value:
            value = value[-1]
        if pattern.match(name) and is_size(value) and value:
            return int(value)
    return None


def convention(name: str, annotation: str = "") -> Any:
    """What people usually pass to a parameter of this name; None where there is no such use, or it is no number."""
    if annotation and "int" not in annotation:
        return None
    return next((value for pattern, value in CONVENTIONS if pattern.match(name)), None)


def is_single(name: str) -> bool:
    """Whether an input of this name has one value for each item of a batch."""
    return bool(_TIME.match(name) or (_LABEL.match(name) and name != "y" and "target" not in name))


def tensor_by_name(name: str, hints: Hints) -> tuple[Shape, str, int | None] | None:
    """Shape, dtype and upper bound of an input, from its name and the constructor's parameters."""
    size, channels = hints.size or 224, hints.channels or 3
    if _IMAGE.match(name):
        return [1, channels, size, size], "float32", None
    if _VIDEO.match(name):
        return [1, channels, hints.frames or 8, size, size], "float32", None
    if _TOKENS.match(name) and hints.vocabulary:
        return [1, min(hints.length or 16, 64)], "int64", hints.vocabulary
    if _TIME.match(name):
        return [1], "float32", None
    if _LABEL.match(name):
        return [1], "int64", None
    return _by_hints(name, hints)


def _by_hints(name: str, hints: Hints) -> tuple[Shape, str, int | None] | None:
    if not _ANY.match(name):
        return None
    if hints.size or (hints.channels and not hints.length):
        size = hints.size or 224
        return [1, hints.channels or 3, size, size], "float32", None
    if hints.vocabulary:
        return [1, min(hints.length or 16, 64)], "int64", hints.vocabulary
    if hints.features and hints.length:
        return [1, hints.length, hints.features], "float32", None
    return None


_BATCH = frozenset({"b", "bs", "batch", "batch_size", "n_batch", "bsz", "B", "N"})
_WIDE = frozenset({"h", "w", "height", "width", "H", "W"})
_CHANNEL = frozenset({"c", "ch", "channels", "C", "chans"})


def filled(shape: Shape, roles: tuple[str, ...], hints: Hints, size: int, length: int) -> Shape | None:
    """A shape with a size for each open axis; None where nothing tells one."""
    made: Shape = []
    for axis, known in enumerate(shape):
        role = roles[axis] if len(roles) == len(shape) else ""
        made.append(known if known is not None else _open(axis, len(shape), role, hints, size, length))
    return None if any(s is None for s in made) else made


def _open(axis: int, rank: int, role: str, hints: Hints, size: int, length: int) -> int | None:
    if role in _BATCH or (axis == 0 and role != "length"):
        return 1
    if role in _WIDE or (rank >= 4 and axis >= rank - 2):
        return hints.size or size
    if role in _CHANNEL or (rank >= 4 and axis == 1):
        return hints.channels or 3
    if rank == 3 and axis == 2:
        return hints.features
    if rank in (2, 3, 5):
        return (hints.frames if rank == 5 else None) or min(hints.length or length, 64)
    return None
