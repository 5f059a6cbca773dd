"""Lines about operators that files of other frameworks have: quantised and fused ones, losses, resizing."""

from collections.abc import Iterator
from itertools import takewhile

from nnviz_action.drawing.attribute_texts import number_text
from nnviz_action.drawing.known import Known
from nnviz_action.graph.values import Node

MICROSOFT = "com.microsoft"  # the domain of the operators into which ONNX Runtime fuses others


def quantisation(node: Node, known: Known) -> Iterator[str]:
    """`f32→u8, scale 0.02, zero point 128`; with several scales along which dimension they lie."""
    yield f"{known.dtype(node.input(0))}→{known.dtype(node.outputs[0])}"
    attributes = dict(node.attributes)
    scale, blocks = known.shape(node.input(1)), attributes.get("block_size")
    if isinstance(blocks, int) and blocks:
        yield f"blocks of {blocks} along dim {attributes.get('axis', 1)}"
    elif len(scale) == 1 and scale != (1,):
        yield f"{scale[0]} scales along dim {attributes.get('axis', 1)}"
    elif len(scale) < 2:
        alone = scale == (1,)
        told = {"scale": 1, "zero point": 2}
        values = {name: _only(known, node.input(place), alone) for name, place in told.items()}
        yield from (
            f"{name} {value}" for name, value in values.items() if value and (name, value) != ("zero point", "0")
        )


def _only(known: Known, name: str, alone: bool) -> str:
    if not alone:
        return known.number(name)
    return next((number_text(number) for number in known.numbers(name)), "")


def loss(node: Node, known: Known) -> Iterator[str]:
    """`mean, class weights, ignores -100`."""
    attributes = dict(node.attributes)
    yield str(attributes.get("reduction", "mean")).replace("none", "of each element")
    if node.input(2):
        yield "class weights"
    if "ignore_index" in attributes:
        yield f"ignores {attributes['ignore_index']}"


def resize(node: Node, known: Known) -> Iterator[str]:
    """`×2, nearest`; where only the size of the result is known, that is on the arrow."""
    attributes = dict(node.attributes)
    given = attributes.get("scales")  # of an Upsample before opset 9
    place = 2 if node.op == "Resize" and len(node.inputs) > 2 else 1
    scales = list(map(float, given)) if isinstance(given, tuple) else known.numbers(node.input(place))
    yield _factors(scales) if scales else _ratios(node, known)
    yield str(attributes.get("mode", "nearest"))
    how = str(attributes.get("coordinate_transformation_mode", "half_pixel"))
    yield "" if how == "half_pixel" else how.replace("_", " ")
    yield "antialias" if attributes.get("antialias") else ""


def _ratios(node: Node, known: Known) -> str:
    """The scales as the shapes tell them."""
    before, after = known.shape(node.input(0)), known.shape(node.outputs[0])
    pairs = list(zip(before, after, strict=False))
    if not pairs or len(before) != len(after):
        return ""
    if not all(one == other or (isinstance(one, int) and isinstance(other, int) and one) for one, other in pairs):
        return ""
    return _factors([1.0 if one == other else int(str(other)) / int(str(one)) for one, other in pairs])


def _factors(scales: list[float]) -> str:
    """Without the batch and the channels, which stay as they are."""
    kept = len(list(takewhile(lambda scale: scale == 1, scales)))
    moved = scales[min(kept, max(len(scales) - 1, 0)) :]
    texts = [number_text(scale) for scale in moved]
    return f"×{texts[0]}" if len(set(texts)) == 1 else "".join(f"×{text}" for text in texts)


def fused_attention(node: Node, known: Known) -> Iterator[str]:
    """`32 heads, 8 for keys and values, causal`."""
    attributes = dict(node.attributes)
    heads, shared = (attributes.get(name, 0) for name in ("num_heads", "kv_num_heads"))
    yield f"{heads} heads" if heads else ""
    yield f"{shared} for keys and values" if shared and shared != heads else ""
    yield "causal" if attributes.get("unidirectional") or node.op == "GroupQueryAttention" else ""
    window = attributes.get("local_window_size", -1)
    yield f"window {window}" if isinstance(window, int) and window > 0 else ""
    yield "rotary" if attributes.get("do_rotary") else ""
