"""Lines about products with a weight: convolutions and linear layers, plain, quantised and fused."""

from collections.abc import Iterator

from nnviz_action.drawing.attribute_texts import attribute_texts
from nnviz_action.drawing.known import Known
from nnviz_action.graph.values import Attribute, Node

# Where an operator has its two factors, if not in its first two inputs.
_PLACES = {"QLinearConv": (0, 3), "QLinearMatMul": (0, 3), "QGemm": (0, 3)}
_QUANTISED = frozenset({
    "QLinearConv", "QLinearMatMul", "QGemm", "ConvInteger", "MatMulInteger", "DynamicQuantizeMatMul",
    "MatMulIntegerToFloat",
})  # fmt: skip
_UNSAID = frozenset({"kernel_shape", "activation", "activation_params", "activation_alpha", "activation_beta"})


def convolution(node: Node, known: Known) -> list[str]:
    """`3×3, stride 2, 64→128`; of a quantised one the types of both factors, of a fused one its activation."""
    places = _PLACES.get(node.op, (0, 1))
    shape = known.shape(node.input(places[1]))
    if node.op == "NhwcConv" and shape:  # the channels of its weight stand last
        shape = (shape[0], shape[-1], *shape[1:-1])
    facts = list(attribute_texts(_without(node, _UNSAID)))
    kernel = dict(node.attributes).get("kernel_shape") or shape[2:]
    facts = ["×".join(map(str, kernel)) if isinstance(kernel, tuple) else "", *facts]
    if len(shape) >= 2:
        groups = dict(node.attributes).get("group", 1)
        sides = [str(shape[0]), _times(shape[1], groups)]
        facts.append("→".join(sides if node.op == "ConvTranspose" else sides[::-1]))
    return [*facts, *_types(node, places, known), *_activation(node)]


def linear(nodes: list[Node], known: Known) -> list[str]:
    """The features of a product with a weight, the heads of one that looks like attention's scores."""
    places = _PLACES.get(nodes[0].op, (0, 1))
    weighted = [n for n in nodes if n.input(places[1]) in known.fixed]
    if len(nodes) == 1:
        types = _types(nodes[0], places, known)
        before, after = known.shape(nodes[0].input(0)), known.shape(nodes[0].outputs[0])
        sides = [f"{before[-1]}→{after[-1]}"] if weighted and before and after else []
        if sides or types or nodes[0].domain:
            return [*sides, *types, *_turned(nodes[0]), *_activation(nodes[0])]
    scores = [known.shape(n.outputs[0]) for n in nodes if n not in weighted]
    return [f"{shape[1]} heads" for shape in scores[:1] if len(shape) == 4 and isinstance(shape[1], int)]


def packed(node: Node) -> list[str]:
    """A product with a weight of a few bits: `4096→4096, 4 bits, blocks of 32`."""
    attributes = dict(node.attributes)
    bits = f"{attributes.get('bits', 4)} bits"
    return [
        f"{attributes.get('K', '?')}→{attributes.get('N', '?')}",
        bits,
        f"blocks of {attributes.get('block_size', '?')}",
    ]


def _times(size: int | str | None, groups: Attribute) -> str:
    return str(size * groups) if isinstance(size, int) and isinstance(groups, int) else str(size)


def _types(node: Node, places: tuple[int, int], known: Known) -> Iterator[str]:
    if node.op in _QUANTISED:
        yield " × ".join(known.dtype(node.input(place)) for place in places)


def _activation(node: Node) -> Iterator[str]:
    found = dict(node.attributes).get("activation")
    yield from [found] if isinstance(found, str) and found else []


def _turned(node: Node) -> Iterator[str]:
    """What a fused product does to its factors before."""
    attributes = dict(node.attributes)
    if node.domain and node.op in ("FusedMatMul", "TransposeMatMul", "FusedMatMulActivation"):
        yield from (f"{side} transposed" for side in "AB" if attributes.get(f"trans{side}"))
        alpha = attributes.get("alpha", 1.0)
        yield from [f"× {alpha:.4g}"] if isinstance(alpha, float) and alpha != 1 else []


def _without(node: Node, names: frozenset[str]) -> Node:
    return Node(
        node.name,
        node.op,
        node.domain,
        node.inputs,
        node.outputs,
        tuple(a for a in node.attributes if a[0] not in names),
    )
