"""What an operator is told beside its inputs: attributes and constants, by short names."""

import re
from collections.abc import Iterator
from functools import lru_cache

from nnviz_action.drawing import call_words
from nnviz_action.graph.onnx_file.schema import default_of, input_name
from nnviz_action.graph.values import Attribute, Graph, Node

_SHORT = {
    "kernel_shape": "kernel", "strides": "stride", "pads": "pad", "dilations": "dilation", "group": "groups",
    "hidden_size": "hidden", "num_heads": "heads", "perm": "order", "axis": "dim", "axes": "dim", "epsilon": "eps",
    "ratio": "p", "indices": "index", "starts": "start", "ends": "end", "steps": "step",
    "training_mode": "training mode",
}  # fmt: skip
SIGNS = {"Mul": "×", "Add": "+", "Sub": "−", "Div": "÷", "Pow": "^"}
_SILENT = frozenset({"to", "saturate", "num_outputs", "transA", "transB"})  # told by the types and sizes
_SHAPED = frozenset({"Reshape", "Expand", "ConstantOfShape", "Split"})  # their constants are told by the shapes
_SIZED = frozenset(
    {"Resize", "Range", "Slice", "Pad", "Tile", "Gather", "InstanceNormalization"}
)  # what these receive may follow from sizes
_HASH = re.compile(r"[0-9a-f]{16}\Z")


def attributes(node: Node) -> Iterator[tuple[str, str]]:
    """What is said and is not what ONNX takes for granted."""
    for name, value in node.attributes:
        if name not in _SILENT and (node.domain or _text(value) != _default(node.op, name)):
            yield _SHORT.get(name, name), _text(value)


@lru_cache(maxsize=4096)
def _default(op: str, attribute: str) -> str:
    value = default_of(op, attribute)
    return "" if value is None else _text(value)


def _default_of_torch(op: str, parameter: str) -> str:
    value = call_words.default_of(op, parameter)
    return "" if value is None else call_words.text_of(value, 6)


def attribute_default(made_of: tuple[str, ...], label: str) -> str:
    """What an attribute is where it is not given, as text; empty where neither ONNX nor torch says."""
    op = label.rpartition(" ")[0].partition("#")[0] if label.partition(" ")[0].partition("#")[0] in made_of else ""
    plain = label.removeprefix(label.partition(" ")[0] + " ") if op else label
    for operator in (op,) if op else made_of:
        default, words = (_default, _SHORT) if operator[:1].isupper() else (_default_of_torch, call_words.SHORT)
        for name in (plain, *(name for name, short in words.items() if short == plain)):
            if value := default(operator, name):
                return value
    return {"stride": "1", "dilation": "1", "pad": "0", "groups": "1"}.get(plain, "")


@lru_cache(maxsize=4096)
def _text(value: Attribute) -> str:
    """`3×3` for a kernel, `1` for equal strides, six digits of a float, as f32 holds no more."""
    if isinstance(value, tuple):
        parts = [_text(v) for v in value]
        return parts[0] if parts and len(set(parts)) == 1 and len(parts) > 1 else "×".join(parts)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def constants(node: Node, graph: Graph) -> Iterator[tuple[str, str, bool]]:
    """What an operator receives that is written in the file: label, value, and whether it is firm."""
    if node.op in _SHAPED:
        return
    for place, name in enumerate(node.inputs):
        weight = graph.weights.get(name)
        if weight is not None and not weight.kind and weight.value:
            label = SIGNS.get(node.op) or input_name(node.op, place)
            value = f"constant {weight.type}, {weight.value[:6]}" if _HASH.match(weight.value) else weight.value
            scalar = not _HASH.match(weight.value) and weight.type.dtype.startswith(("f", "bf"))
            yield _SHORT.get(label, label), value, scalar and node.op not in _SIZED
