"""What the layers with weights say in sizes: features, channels, what is hidden."""

from collections.abc import Set

from nnviz_action.drawing.units import Unit
from nnviz_action.graph.values import Graph, Node, Weight

RECURRENT = frozenset({"LSTM", "GRU", "RNN"})
_CONVOLUTIONS = ("Conv", "ConvTranspose")


def is_product(node: Node, fixed: Set[str]) -> bool:
    """Whether it multiplies what comes in with a weight."""
    return node.op in ("Gemm", "MatMul") and node.input(1) in fixed


def sizes(unit: Unit, graph: Graph, weights: list[Weight]) -> dict[str, str]:
    """Features or channels that go in and come out, where one weight tells them."""
    telling = [n for n in unit.nodes if n.op in (*_CONVOLUTIONS, "Gemm", "MatMul")]
    shapes = [w.type.shape for w in weights if w.name.endswith("weight") and w.type.shape]
    if len(telling) != 1 or len(shapes) != 1 or len(shapes[0]) < 2:
        return {}
    one, other, *rest = shapes[0]
    groups = dict(telling[0].attributes).get("group", 1)
    grouped = other * groups if isinstance(other, int) and isinstance(groups, int) else other
    if telling[0].op == "ConvTranspose":
        return {"in": str(one), "out": str(grouped)}
    if telling[0].op == "Conv":
        return {"in": str(grouped), "out": str(one)}
    if rest:
        return {}
    return (
        {"in": str(one), "out": str(other)} if _is_upright(telling[0], graph) else {"in": str(other), "out": str(one)}
    )


def groups(unit: Unit, graph: Graph) -> dict[str, str]:
    """Those of a GroupNorm, which is exported as an InstanceNormalization of as many channels."""
    nodes = [node for node in unit.nodes if node.op == "InstanceNormalization"]
    found = graph.types.get(nodes[0].input(0)) if nodes and len(unit.nodes) > 1 else None
    if found is None or len(found.shape or ()) < 2 or not unit.leaf or unit.leaf[-1].short_kind != "GroupNorm":
        return {}
    return {"groups": str((found.shape or ())[1])}


def _is_upright(node: Node, graph: Graph) -> bool:
    """Whether the weight is multiplied as it is; torch's own layers keep it transposed."""
    return node.input(1) in graph.weights and not dict(node.attributes).get("transB")


def recurrent(unit: Unit, graph: Graph, weights: list[Weight]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The operator of a recurrent layer, and its options: how its weights are put together follows from them."""
    nodes = [node for node in unit.nodes if node.op in RECURRENT]
    attributes = dict(nodes[0].attributes)
    found = graph.types.get(nodes[0].input(0))
    facts = {
        "in": str((found.shape or ("?",))[-1] if found else "?"),
        "hidden": str(attributes.get("hidden_size", "?")),
        "layers": str(len(nodes)),
        "direction": str(attributes.get("direction", "forward")),
    }
    activations = attributes.get("activations", ())
    facts |= {"activation": str(activations[0])} if nodes[0].op == "RNN" and isinstance(activations, tuple) else {}
    facts |= {"bias": ""} if any("bias" in w.name.rpartition(".")[2] for w in weights) else {}
    return (nodes[0].op,), facts
