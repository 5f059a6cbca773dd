"""What an operator costs: multiply-accumulates, from shapes alone.

Counted are the products that torch's own `torch.utils.flop_counter` counts, at half its figure, since it takes a
multiplication and an addition for two operations: convolutions, matrix products and what is made of them. A
product with a weight counts like any other; element-wise operators, reductions and the bias count nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from nnviz_action.graph.formulas import FORMULAS, Call, Shape
from nnviz_action.graph.formulas_fused import FUSED
from nnviz_action.graph.sizes import Sizes, elements, shape_of
from nnviz_action.graph.values import ONNX, PARAMETERS, RECORDED, Graph, Node, Weight


@dataclass(frozen=True)
class Numbers:
    """Elements of the parameters, multiply-accumulates of one pass, bytes of the values that are computed, and of
    those that are saved for the backward pass."""

    parameters: int = 0
    macs: int = 0
    activations: int = 0
    saved: int = 0

    def __add__(self, other: "Numbers") -> "Numbers":
        return Numbers(
            self.parameters + other.parameters,
            self.macs + other.macs,
            self.activations + other.activations,
            self.saved + other.saved,
        )


NOTHING = Numbers()


@dataclass(frozen=True)
class Kept:
    """What training keeps of a forward pass, in bytes: saved tensors by the path of the module, and the gradients of
    the parameters."""

    saved: Mapping[str, int] = field(default_factory=dict)
    gradients: int | None = None  # None where it was not counted

    def numbers(self) -> dict[str, int]:
        """Both sums by their names in a lock."""
        return {} if self.gradients is None else {"saved": sum(self.saved.values()), "gradients": self.gradients}


NOTHING_KEPT = Kept()


def macs(node: Node, graph: Graph, sizes: Sizes) -> int:
    """The multiply-accumulates of one operator of `graph`, its bodies included.

    `sizes` gives the dynamic dimensions by name. Operators that multiply no matrices, that the table does not know
    or whose shapes nobody knows count 0.
    """
    if node.domain in RECORDED:
        return node.macs
    if node.bodies:
        return _with_bodies(node, graph, sizes)
    key = "" if node.domain in ONNX else node.domain, node.op
    formula = FORMULAS.get(key) or FUSED.get(key)
    if formula is None:
        return 0
    try:
        return formula(_call(node, graph, sizes))
    except (LookupError, ValueError, ZeroDivisionError):  # shapes that are not known or do not fit together
        return 0


def total_macs(graph: Graph, sizes: Sizes) -> int:
    """The multiply-accumulates of all operators of a graph."""
    return sum(macs(node, graph, sizes) for node in graph.nodes)


def _call(node: Node, graph: Graph, sizes: Sizes) -> Call:
    def shapes(names: Iterable[str]) -> tuple[Shape | None, ...]:
        return tuple(shape_of(graph.types.get(name), sizes) for name in names)

    return Call(shapes(node.inputs), shapes(node.outputs), dict(node.attributes))


def _with_bodies(node: Node, graph: Graph, sizes: Sizes) -> int:
    """Of an `If` the dearest branch, of a `Loop` or a `Scan` one round times the rounds that the shapes tell."""
    costs = [total_macs(body, sizes) for _, body in node.bodies]
    if node.op == "If":
        return max(costs)
    rounds = _ROUNDS.get(node.op)
    try:
        return sum(costs) * (rounds(_call(node, graph, sizes)) if rounds else 1)
    except LookupError:
        return sum(costs) * _limit(node, graph)


def _limit(node: Node, graph: Graph) -> int:
    """The most rounds of a loop, where that is a constant; once is what is known otherwise."""
    limit = graph.weights.get(node.input(0)) if node.op == "Loop" else None
    return int(limit.value) if limit is not None and limit.value.isdecimal() and len(limit.value) < 10 else 1


def _rounds_of_loop(call: Call) -> int:
    """What each round of a loop leaves is stacked along axis 0 of the outputs behind the carried values.

    The inputs are the limit, the condition and the carried values. Without such an output the number is in a
    value, which the graph does not have: then LookupError.
    """
    return call.y(len(call.inputs) - 2)[0]


def _rounds_of_scan(call: Call) -> int:
    """A scan runs over one axis (`scan_input_axes`, 0) of the last `num_scan_inputs` inputs."""
    count = call.attributes["num_scan_inputs"]
    axes = call.attributes.get("scan_input_axes", (0,))
    if not isinstance(count, int) or not isinstance(axes, tuple):
        raise LookupError("no Scan that ONNX would admit")
    return call.x(len(call.inputs) - count)[int(axes[0])]


_ROUNDS: dict[str, Callable[[Call], int]] = {"Loop": _rounds_of_loop, "Scan": _rounds_of_scan}


def _held(graph: Graph) -> Iterator[Weight]:
    """The weights of a graph and of all bodies in it."""
    yield from graph.weights.values()
    for node in graph.nodes:
        for _, body in node.bodies:
            yield from _held(body)


def count(graph: Graph, exported: Graph, activations: int) -> dict[str, int]:
    """Parameters (elements, tied ones once), those that can be trained, MACs, bytes of activations, and operators.

    Of the graph in the ONNX file the opset, the values and those that are fully shaped. The activations are those
    that a drawing shows.
    """
    weights = [w for w in _held(graph) if w.kind in PARAMETERS]
    sizes = {
        kind: sum(elements(w.type, {}) for w in weights if w.kind == kind) + graph.unused.get(kind, 0)
        for kind in PARAMETERS
    }
    types = [type_ for _, type_ in exported.values()]
    return {
        "parameters": sum(sizes.values()),
        "trainable": sizes["parameter"],
        "macs": total_macs(graph, graph.sizes),
        "activations": activations,
        "nodes": sum(1 for _ in graph.walk()),
        "opset": exported.opset,
        "values": len(types),
        "shaped": sum(type_ is not None and type_.is_full for type_ in types),
    }
