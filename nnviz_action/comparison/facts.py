"""What a unit says of itself, as labels and values that can be compared one by one."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from nnviz_action.comparison.call_facts import call_facts, ordinal
from nnviz_action.comparison.expressions import Formula, formulas
from nnviz_action.comparison.layer_sizes import RECURRENT, groups, is_product, recurrent, sizes
from nnviz_action.comparison.options import SIGNS, attributes, constants
from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.forward import Context
from nnviz_action.drawing.units import Unit
from nnviz_action.graph.digest import is_commutative
from nnviz_action.graph.values import RECORDED, Graph, Node, TensorType, Weight

FROZEN, TYPE = "frozen", "weights"  # what is frozen in a layer, and the type of its weights
_OWN = frozenset({"Conv", "ConvTranspose", "LayerNormalization", "Gelu"})  # their attributes need no name before them


@dataclass(frozen=True)
class Facts:
    """`made_of` are the operators, `firm` facts the author's; `loose` ones also follow from the types of what comes
    in, `deep` ones are constants among several operators: both are told where nothing else is. `types` are those of
    what goes out, which follow from the facts labelled `sizes`; `inner` tells how the operators are wired, `formulas`
    what several functions compute together."""

    made_of: tuple[str, ...] = ()
    firm: Mapping[str, str] = field(default_factory=dict)
    loose: Mapping[str, str] = field(default_factory=dict)
    deep: Mapping[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    inner: str = ""
    sizes: frozenset[str] = frozenset()
    formulas: tuple[Formula, ...] = ()

    def key(self) -> tuple[object, ...]:
        """All that does not follow from the sizes of the inputs."""
        return (self.made_of, tuple(self.firm.items()), tuple(self.deep.items()))

    def is_like(self, other: "Facts") -> bool:
        """Whether all is the same but what is frozen, and the type of the weights."""
        own, others = ({k: v for k, v in f.firm.items() if k not in (FROZEN, TYPE)} for f in (self, other))
        return (self.made_of, own, self.deep) == (other.made_of, others, other.deep)


def facts_of(unit: Unit, box: Box, context: Context, path: str) -> Facts:
    """The facts of a unit; `box` is how it is drawn, `path` is that of its module."""
    weights = context.weights(unit)
    types = tuple(
        str(context.graph.types.get(o) or TensorType("?", None))
        for node in unit.nodes
        for o in node.outputs
        if o in context.leaving
    )
    if any(node.domain in RECORDED for node in unit.nodes):
        return _of_calls(unit, box, context, path, types)
    if any(node.op in RECURRENT for node in unit.nodes):
        made_of, told = recurrent(unit, context.graph, weights)
        own = {k: v for k, v in _weights(weights, path, told).items() if k in (FROZEN, TYPE)}
        return Facts(made_of, told | own, types=types, sizes=frozenset(told))
    firm, loose, deep = _of_operators(unit, context.graph)
    heads = _heads(box)
    told = sizes(unit, context.graph, weights) | groups(unit, context.graph)
    own = _weights(weights, path, {w.name for w in weights} if "out" in told else ())
    known = frozenset({*heads, *told, *own} - {FROZEN, TYPE})
    return Facts(_made_of(unit, context), firm | heads | told | own, loose, deep, types, _inner(unit), known)


def _of_calls(unit: Unit, box: Box, context: Context, path: str, types: tuple[str, ...]) -> Facts:
    """The same of what was recorded, in torch's words."""
    found = call_facts(unit, context.graph)
    own = _weights(context.weights(unit), path, found.told)
    if "hidden" in found.sizes:
        own = {label: value for label, value in own.items() if label in (FROZEN, TYPE)}
    firm = {**found.firm, **_heads(box), **found.sizes, **own}
    known = frozenset({*_heads(box), *found.sizes, *own, *found.loose, "", "shape"} - {FROZEN, TYPE, "kernel"})
    made_of = tuple(f"{n.domain}::{n.op}" if n.domain != "torch" else n.op for n in unit.nodes)
    names = {w.name: _own_name(w.name, path) if w.kind else "constant" for w in context.weights(unit)}
    told = formulas(unit.nodes, names) if len(unit.nodes) > 1 else ()
    return Facts(made_of, firm, found.loose, {}, types, _inner(unit), known, told)


def _heads(box: Box) -> dict[str, str]:
    rows = (re.match(r"(\d+) heads", row) for row in box.rows)
    return {"heads": found[1] for found in rows if found}  # noqa: B035  (one at most)


def _of_operators(unit: Unit, graph: Graph) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Attributes and constants of the operators: firm, loose and deep ones."""
    firm: dict[str, str] = {}
    loose: dict[str, str] = {}
    deep: dict[str, str] = {}
    name = unit.leaf[-1].short_kind if unit.leaf else unit.function
    several, calm = len(unit.nodes) > 1, "ttention" not in name
    for number, node in enumerate(unit.nodes):
        alone = node.op in _OWN and sum(n.op == node.op for n in unit.nodes) == 1
        place = f"{node.op}{ordinal(unit.nodes, number)} " if several and not alone else ""
        own = loose if name.startswith("Adaptive") else firm
        own.update({f"{place}{label}": value for label, value in attributes(node)})
        for label, value, is_firm in constants(node, graph):
            into = loose if not is_firm or not calm else deep if several else firm
            free = label in SIGNS.values() and label not in into
            into[label if free else f"{place}{label}"] = value
    return firm, loose, deep


def _made_of(unit: Unit, context: Context) -> tuple[str, ...]:
    """The operators. A product with a weight is the same with and without a bias, of rows and of matrices."""
    known = context.known.fixed
    products = {n.outputs[0] for n in unit.nodes if is_product(n, known)}
    names = []
    for node in unit.nodes:
        if node.op == "Add" and products & set(node.inputs) and known & set(node.inputs):
            continue
        op = "Gemm" if is_product(node, known) else node.op
        names.append(f"{node.domain}::{op}" if node.domain else op)
    return tuple(names)


def _weights(weights: list[Weight], path: str, told: Collection[str]) -> dict[str, str]:
    """Shapes (but of those that other facts tell), element types, and what is frozen.

    Buffers count where there is nothing else, and never those of integers: they number places.
    """
    own = [
        (_own_name(w.name, path), w)
        for w in weights
        if w.kind and not (w.kind == "buffer" and "f" not in w.type.dtype)
    ]
    if any(w.kind != "buffer" for _, w in own):
        own = [(name, w) for name, w in own if w.kind != "buffer"]
    found = {name: "" if w.name in told else _shape(w) for name, w in own}
    types = dict.fromkeys(w.type.dtype for _, w in own)
    frozen = [name for name, w in own if w.kind == "frozen"]
    found |= {TYPE: ", ".join(types)} if types else {}
    return found | ({FROZEN: "all" if len(frozen) == len(own) else ", ".join(frozen)} if frozen else {})


def _own_name(name: str, path: str) -> str:
    """A weight's name in its layer; one that belongs to another layer is called as it is there."""
    return name.removeprefix(f"{path}.") if not path or name.startswith(f"{path}.") else name.rpartition(".")[2]


def _shape(weight: Weight) -> str:
    return "×".join(map(str, weight.type.shape or ())) or "scalar"


def _inner(unit: Unit) -> str:
    """Which operator's result goes where, inside the unit; in a sum it is no matter where."""
    made = {o: f"{i}.{j}" for i, n in enumerate(unit.nodes) for j, o in enumerate(n.outputs) if o}
    return " ".join(_received(node, made) for node in unit.nodes)


def _received(node: Node, made: Mapping[str, str]) -> str:
    if is_commutative(node):
        return ",".join(sorted(made[i] for i in node.inputs if i in made))
    return ",".join(f"{at}:{made[i]}" for at, i in enumerate(node.inputs) if i in made)
