"""What a recorded call says of itself, in torch's words: options by short names, features, channels."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nnviz_action.drawing.call_lines import DROPOUTS, shape_of, value_of
from nnviz_action.drawing.call_words import FIRST, SECOND, SHORT, SIGNS, default_of, text_of
from nnviz_action.drawing.units import Unit
from nnviz_action.graph.values import Attribute, Graph, Node

TRAINING = "training"  # of a dropout that drops
_RECURRENT = frozenset({"lstm", "gru", "rnn_tanh", "rnn_relu"})
_WEIGHT_OF = {"linear": "weight", "addmm": "mat2", "matmul": "other"}  # the argument that tells features
_UPRIGHT = frozenset({"addmm", "matmul"})  # whose weight has the features that come in first
_SILENT = frozenset(
    {"embed_dim_to_check", "check_other", "return_indices", "has_biases", "num_layers", "bidirectional"}
)  # told by other facts
# What these are given may follow from the sizes of what comes in.
_SIZED = frozenset(
    """arange linspace zeros ones full empty rand randn randint new_zeros new_ones new_full new_empty pad narrow split
    repeat tile tril_indices triu_indices eye""".split()  # noqa: SIM905
)
_RANGE = re.compile(r"[^\s\[,]:|:[^\s\],]")  # a slice that begins or ends somewhere


@dataclass(frozen=True)
class CallFacts:
    """`firm` and `loose` facts as in `Facts`; `sizes` are those of the firm ones that outputs follow from; `told` are
    the weights whose shapes they tell."""

    firm: Mapping[str, str] = field(default_factory=dict)
    loose: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


def call_facts(unit: Unit, graph: Graph) -> CallFacts:
    """The facts of the calls of a unit, but for its weights."""
    recurrent = next((node for node in unit.nodes if node.op in _RECURRENT), None)
    if recurrent is not None:
        sizes = _recurrent(recurrent, graph)
        return CallFacts(dict(_options(recurrent)), {}, sizes, frozenset(recurrent.inputs))
    sizes, told = _sizes(unit, graph)
    firm: dict[str, str] = {}
    loose: dict[str, str] = {}
    labels = Counter(label for node in unit.nodes for label, _ in _options(node))
    for number, node in enumerate(unit.nodes):
        for label, value in _options(node):
            into = loose if _may_follow(node, label, value) else firm
            into[label if labels[label] == 1 else f"{node.op}{ordinal(unit.nodes, number)} {label}"] = value
    return CallFacts(firm, loose, sizes, told)


def _options(node: Node) -> Iterator[tuple[str, str]]:
    """What is said and is not what torch takes where nothing is said."""
    for name, value in node.attributes:
        if name in _SILENT or (name == "dtype" and node.op == "to") or _is_usual(node.op, name, value):
            continue
        if name == "normalized_shape" and value_of(node, "weight"):
            continue
        yield _labelled(node, name, value)
    if node.random and node.op in DROPOUTS:
        yield TRAINING, "True"


def _labelled(node: Node, name: str, value: Attribute) -> tuple[str, str]:
    if name == "index":
        return "", f"[{value}]"
    if node.op in SIGNS and name in (*SECOND, *FIRST):
        return SIGNS[node.op] if name in SECOND else f"{SIGNS[node.op]} from", text_of(value, 6)
    return SHORT.get(name) or name, text_of(value, 6, name)


def _is_usual(op: str, name: str, value: Attribute) -> bool:
    usual = default_of(op, name)
    return usual is not None and (value == usual or (isinstance(value, tuple) and set(value) == {usual}))


def _may_follow(node: Node, label: str, value: str) -> bool:
    """Whether an option may follow from the sizes of what comes in."""
    if not label:
        return bool(_RANGE.search(value))
    return node.op in _SIZED or (node.op == "interpolate" and label == "size")


def ordinal(nodes: tuple[Node, ...], number: int) -> str:
    """`#2` for the second of a unit's nodes that do the same; empty for the first."""
    before = sum(node.op == nodes[number].op for node in nodes[:number])
    return f"#{before + 1}" if before else ""


def _sizes(unit: Unit, graph: Graph) -> tuple[dict[str, str], frozenset[str]]:
    """Features or channels that go in and come out, and the kernel, where one weight tells them."""
    telling = [node for node in unit.nodes if _weight_of(node, graph)]
    if len(telling) != 1:
        return {}, frozenset()
    node, weight = telling[0], _weight_of(telling[0], graph)
    one, other, *kernel = graph.weights[weight].type.shape or ()
    groups = dict(node.attributes).get("groups", 1)
    grouped = other * groups if kernel and isinstance(other, int) and isinstance(groups, int) else other
    ends = (one, grouped) if "transpose" in node.op or node.op in _UPRIGHT else (grouped, one)
    found = {"in": str(ends[0]), "out": str(ends[1])}
    bias = value_of(node, "input" if node.op == "addmm" else "bias")
    return found | ({"kernel": text_of(tuple(map(str, kernel)))} if kernel else {}), frozenset({weight, bias})


def _weight_of(node: Node, graph: Graph) -> str:
    """The name of the weight that tells the sizes of a layer; empty where none does."""
    argument = "weight" if node.op.startswith("conv") else _WEIGHT_OF.get(node.op, "")
    weight = graph.weights.get(value_of(node, argument)) if argument else None
    rank = len(weight.type.shape or ()) if weight is not None and weight.kind else 0
    return weight.name if weight and (rank == 2 or (rank > 2 and node.op.startswith("conv"))) else ""


def _recurrent(node: Node, graph: Graph) -> dict[str, str]:
    """The first two weights are gates·hidden × input and gates·hidden × hidden."""
    options = dict(node.attributes)
    inner, hidden = (shape_of(node, f"params.{place}", graph)[-1:] or ("?",) for place in range(2))
    bias = {"bias": ""} if options.get("has_biases", True) else {}
    layers, both = options.get("num_layers", 1), bool(options.get("bidirectional"))
    sizes = {"in": str(inner[0]), "hidden": str(hidden[0]), "layers": str(layers), "bidirectional": str(both)}
    return sizes | bias
