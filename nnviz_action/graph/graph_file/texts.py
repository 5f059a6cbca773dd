"""Types, weights and attributes as short JSON, and back.

The short form of a type is what people write, `1×64×56×56 f32`. Where that would be read back as another one, an
object takes its place; so all are read as they were.
"""

import math
from functools import lru_cache
from typing import Any

from nnviz_action.graph.graph_file.limits import require_size
from nnviz_action.graph.values import Attribute, TensorType, Weight

KINDS = {"parameter": "parameter", "frozen": "frozen", "buffer": "buffer", "constant": ""}  # word → kind
_WORDS = {kind: word for word, kind in KINDS.items()}
_FLOATS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}  # those that JSON has no number for


@lru_cache(maxsize=4096)
def _type_text(dtype: str, shape: tuple[int | str | None, ...] | None) -> str:
    if shape is None:
        return f"unranked {dtype}"
    return f"{'×'.join('?' if size is None else str(size) for size in shape) or 'scalar'} {dtype}"


def type_json(kind: TensorType) -> Any:
    """`1×64×56×56 f32`, or an object where that would be another type. Raises `ValueError` for impossible sizes."""
    require_size(kind.shape or ())
    text = _type_text(kind.dtype, kind.shape)
    try:
        if read_type(text) == kind:
            return text
    except ValueError:
        pass
    return {"dtype": kind.dtype, "shape": kind.shape if kind.shape is None else list(kind.shape)}


def read_type(value: Any) -> TensorType:
    """The type that `type_json` wrote. Raises `ValueError`."""
    if isinstance(value, str):
        return _read_type(value)
    if not isinstance(value, dict) or value.keys() != {"dtype", "shape"} or not isinstance(value["dtype"], str):
        raise ValueError(f"{value!r:.60} is no type")
    shape = value["shape"]
    if shape is not None and not (isinstance(shape, list) and all(_is_size(size) for size in shape)):
        raise ValueError(f"{shape!r:.60} is no shape")
    require_size(shape or ())
    return TensorType(value["dtype"], shape if shape is None else tuple(shape))


def _is_size(size: Any) -> bool:
    return size is None or isinstance(size, str) or type(size) is int


@lru_cache(maxsize=4096)
def _read_type(text: str) -> TensorType:
    sizes, _, dtype = text.rpartition(" ")
    if not sizes:
        raise ValueError(f"{text[:60]!r} is no type")
    if sizes == "unranked":
        return TensorType(dtype, None)
    shape = () if sizes == "scalar" else tuple(map(_size, sizes.split("×")))
    require_size(shape)
    return TensorType(dtype, shape)


def _size(text: str) -> int | str | None:
    if text == "?":
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if is_number and str(int(text)) == text else text


def weight_json(weight: Weight) -> Any:
    """`64 f32 buffer: zeros(64)`; a parameter is the kind that is not said."""
    kind = type_json(weight.type)
    if isinstance(kind, str) and weight.kind in _WORDS:
        word = "" if weight.kind == "parameter" and not weight.value else _WORDS[weight.kind]
        text = " ".join(filter(None, (kind, word, weight.value))) + (f": {weight.recipe}" if weight.recipe else "")
        try:
            if read_weight(weight.name, text) == weight:
                return text
        except ValueError:
            pass
    rest = {"kind": weight.kind, "value": weight.value, "recipe": weight.recipe}
    return {"type": kind, **{key: text for key, text in rest.items() if text}}


def read_weight(name: str, value: Any) -> Weight:
    """The weight that `weight_json` wrote. Raises `ValueError`."""
    if isinstance(value, dict):
        rest = {key: text for key, text in value.items() if key != "type"}
        if "type" not in value or not rest.keys() <= {"kind", "value", "recipe"} or not _are_texts(rest.values()):
            raise ValueError(f"{value!r:.60} is no weight")
        return Weight(name, read_type(value["type"]), **rest)
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.60} is no weight")
    said, _, recipe = value.partition(": ")
    kind, word, held = said.rpartition(" ")[0], said.rpartition(" ")[2], ""
    if word not in KINDS:
        kind, word, held = kind.rpartition(" ")[0], kind.rpartition(" ")[2], word
    if word not in KINDS:
        kind, word, held = said, "parameter", ""
    return Weight(name, read_type(kind), KINDS[word], held, recipe)


def _are_texts(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def attribute_json(value: Attribute) -> Any:
    """The value as JSON; whole floats keep their point, infinite ones are an object."""
    if isinstance(value, tuple):
        return [attribute_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def read_attribute(value: Any) -> Attribute:
    """The attribute that `attribute_json` wrote. Raises `ValueError`."""
    if isinstance(value, list):
        items = [read_attribute(item) for item in value]
        if any(isinstance(item, tuple) for item in items):
            raise ValueError("a list within a list")
        return tuple(items)  # type: ignore[return-value]
    if isinstance(value, dict) and value.keys() == {"float"} and value["float"] in tuple(_FLOATS):
        return _FLOATS[value["float"]]
    if not isinstance(value, (bool, int, float, str)):
        raise ValueError(f"{value!r:.60} is no attribute")
    return value
