"""The attributes of an ONNX operator in a few words: `3×3, stride 2, pad 1`."""

from collections.abc import Iterator

from nnviz_action.graph.values import Attribute, Node

MOST_ATTRIBUTES, LONGEST = 4, 44
_SHORT = {
    "kernel_shape": "kernel", "strides": "stride", "pads": "pad", "dilations": "dilation", "group": "groups",
    "hidden_size": "hidden", "num_heads": "heads", "perm": "order", "axis": "dim", "epsilon": "eps",
}  # fmt: skip
_DEFAULTS: dict[str, Attribute] = {
    "group": 1, "auto_pad": "NOTSET", "ceil_mode": 0, "count_include_pad": 0, "storage_order": 0, "alpha": 1.0,
    "beta": 1.0, "transA": 0, "transB": 1, "allowzero": 0, "stash_type": 1, "training_mode": 0, "momentum": 0.9,
    "epsilon": 1e-5, "input_forget": 0, "layout": 0, "keepdims": 1, "noop_with_empty_axes": 0, "direction": "forward",
    "approximate": "none", "rounding_mode": "", "mode": "constant",
    "exclusive": 0, "reverse": 0, "largest": 1, "to": 1,
}  # fmt: skip
_SILENT = frozenset(
    {"to", "keepdims", "allowzero", "sorted", "count_include_pad", "num_scan_inputs", "saturate", "select_last_index"}
)
_QUIET = {"strides": 1, "dilations": 1, "pads": 0, "output_padding": 0}


def attribute_texts(node: Node) -> Iterator[str]:
    """The attributes that say something, most telling first, and not more than a few."""
    texts = (_text(name, value) for name, value in sorted(node.attributes, key=_order) if _matters(name, value))
    yield from [text for text in texts if text][:MOST_ATTRIBUTES]


def number_text(value: float) -> str:
    """In the digits that say something."""
    return f"{value:.4g}"


def _order(item: tuple[str, Attribute]) -> tuple[int, str]:
    return (list(_SHORT).index(item[0]) if item[0] in _SHORT else len(_SHORT), item[0])


def _matters(name: str, value: Attribute) -> bool:
    return name not in _SILENT and (name not in _DEFAULTS or _DEFAULTS[name] != _rounded(value))


def _rounded(value: Attribute) -> Attribute:
    """ONNX keeps floats in 32 bits: 0.9 comes back as 0.8999999761581421."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _text(name: str, value: Attribute) -> str:
    if name == "kernel_shape" and isinstance(value, tuple):
        return "×".join(map(str, value))
    label = _SHORT.get(name, name)
    if name in _QUIET and isinstance(value, tuple):
        if all(v == _QUIET[name] for v in value):
            return ""
        return f"{label} {value[0] if len(set(value)) == 1 else '×'.join(map(str, value))}"
    if isinstance(value, float):
        return f"{label} {number_text(value)}"
    text = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{label} {text}" if len(text) <= LONGEST else f"{label} {text[: LONGEST - 1]}…"
