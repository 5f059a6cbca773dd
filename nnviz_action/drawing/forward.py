"""The forward graph as a drawing: a box for each leaf module and each function outside of one."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from types import MappingProxyType

from nnviz_action.drawing.auxiliary import frame_auxiliary, root_of
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.call_lines import DROPOUTS, index_of
from nnviz_action.drawing.control_flow import inline_bodies
from nnviz_action.drawing.details import VIEWS, describe, weight_row
from nnviz_action.drawing.idle import IDLE, is_idle, without_idle
from nnviz_action.drawing.kinds import GLOBAL_POOL, kind_of, operators_of
from nnviz_action.drawing.known import Known
from nnviz_action.drawing.units import Unit, derived_weights, is_recorded, units
from nnviz_action.graph.numbers import Numbers, macs
from nnviz_action.graph.sizes import bytes_of, elements
from nnviz_action.graph.values import PARAMETERS, Graph, Module, Node, TensorType, Weight, own_name

OF_TORCH = ("torch.", "torchvision.ops.")  # whose classes are what they are called
OPAQUE_DOMAIN = "nnviz.opaque"
MOST_VIEWS = 3  # names of functions that only change shapes on one pill
_UNKNOWN = TensorType("?", None)
_NOWHERE = Module("", "")
NOTHING_SAVED: Mapping[str, int] = MappingProxyType({})
_OUTPUTS = {"LSTM": ("output", "h_n", "c_n"), "GRU": ("output", "h_n"), "RNN": ("output", "h_n")}


def draw(graph: Graph, detail: str = "modules", saved: Mapping[str, int] = NOTHING_SAVED) -> Drawing:
    """Boxes for inputs, units and outputs; arrows carry the full type of the value. `detail`: see `units`.

    `saved` tells what training keeps, in bytes by the path of the module.
    """
    found = draft(graph, detail, saved)
    drawing = without_idle(found.drawing)
    if detail != "modules":
        return drawing
    framed = frame_auxiliary(drawing, found.units, found.context.graph) if is_recorded(graph) else drawing
    return join_views(framed)


@dataclass(frozen=True)
class Draft:
    """A graph without bodies, its units, and a drawing with a box of the same key for each of them."""

    context: "Context"
    units: list[Unit]
    drawing: Drawing


def draft(graph: Graph, detail: str = "modules", saved: Mapping[str, int] = NOTHING_SAVED) -> Draft:
    """The drawing before functions in a row are joined."""
    graph = inline_bodies(graph)
    found = units(graph, detail)
    counted: set[str] = set()
    left = dict(saved)
    context = Context(graph, derived_weights(graph), _leaving(graph, found))
    boxes = [Box(f"in {name}", name, "io") for name in graph.inputs]
    boxes += [_with_saved(_box(unit, context, counted), unit, left) for unit in found]
    boxes += [_held(graph.weights[name], counted) for name in graph.outputs if name in graph.weights]
    boxes += [Box(f"out {name}", name, "io") for name in graph.outputs]
    return Draft(context, found, Drawing(tuple(boxes), tuple(dict.fromkeys(_arrows(graph, found, context.leaving)))))


@dataclass(frozen=True)
class Context:
    """What a unit is part of: `derived` values depend on no input, `leaving` ones leave the unit that makes them."""

    graph: Graph
    derived: Mapping[str, tuple[str, ...]]
    leaving: frozenset[str]

    @cached_property
    def known(self) -> Known:
        """What the lines of a card are told from."""
        return Known(self.graph, self.graph.weights.keys() | self.derived.keys())

    def weights(self, unit: Unit) -> list[Weight]:
        """The weights and constants that a unit uses."""
        names = dict.fromkeys(leaf for n in unit.nodes for i in n.inputs for leaf in self.derived.get(i, (i,)))
        return [self.graph.weights[name] for name in names if name in self.graph.weights]


def _box(unit: Unit, context: Context, counted: set[str]) -> Box:
    weights = context.weights(unit)
    opaque = any(node.domain == OPAQUE_DOMAIN for node in unit.nodes)
    name = (unit.leaf[-1].short_kind or unit.nodes[0].op) if unit.leaf else unit.function
    kind = "opaque" if opaque else IDLE if is_idle(unit) else _kind(unit, name, context.graph)
    path = (unit.leaf or unit.modules or (_NOWHERE,))[-1].path
    known = {weight.name for weight in weights if weight.name in counted}
    given = any(module.is_function for module in unit.modules)
    row = weight_row(weights, path, known, buffers=not unit.leaf, short=given)
    chance = "random" if any(n.random and n.op not in DROPOUTS for n in unit.nodes) else ""
    said = ", ".join(filter(None, (describe(unit, context.known), chance)))
    rows = (said, row) if kind != "control" else ()
    index = index_of(unit)
    return Box(
        key=unit.key,
        title=own_name(unit.leaf) if unit.leaf else index or name,
        kind=kind,
        subtitle=name if unit.leaf else "",
        rows=tuple(row for row in rows if row and row != index),
        modules=unit.modules,
        numbers=_numbers(unit, context, weights, counted),
    )


def _kind(unit: Unit, name: str, graph: Graph) -> str:
    of_torch = not unit.leaf or unit.leaf[-1].kind.startswith(OF_TORCH)
    called = operators_of(unit.nodes, graph)
    pools = not unit.leaf and called[-1] == GLOBAL_POOL
    return kind_of(GLOBAL_POOL if pools else name, called, of_torch)


def _with_saved(box: Box, unit: Unit, left: dict[str, int]) -> Box:
    """What a module saves stands at its card, or at the first function that is called in it."""
    path = (unit.leaf or unit.modules or (_NOWHERE,))[-1].path
    saved = left.pop(path, 0)
    return replace(box, numbers=replace(box.numbers, saved=saved)) if saved else box


def _held(weight: Weight, counted: set[str]) -> Box:
    """A weight or a constant that is a result as it is."""
    row = weight_row([weight]) or weight.value
    fresh = weight.kind in PARAMETERS and weight.name not in counted
    numbers = Numbers(parameters=elements(weight.type, {}) if fresh else 0)
    return Box(f"held {weight.name}", weight.kind or "constant", "shape", rows=(row,) if row else (), numbers=numbers)


def _numbers(unit: Unit, context: Context, weights: list[Weight], counted: set[str]) -> Numbers:
    fresh = [w for w in weights if w.kind in PARAMETERS and w.name not in counted]
    counted.update(w.name for w in fresh)
    graph, views = context.graph, all(_takes_no_memory(node, context.graph) for node in unit.nodes)
    kept = [o for n in unit.nodes for o in n.outputs if o in context.leaving and not views]
    return Numbers(
        parameters=sum(prod(d for d in w.type.shape or () if isinstance(d, int)) for w in fresh),
        macs=sum(macs(node, graph, graph.sizes) for node in unit.nodes),
        activations=sum(bytes_of(graph.types.get(o), graph.sizes) for o in kept),
    )


def _takes_no_memory(node: Node, graph: Graph) -> bool:
    """Whether what it gives is what it takes, or a part of it. An index by lists or tensors copies."""
    if node.op == "getitem":
        return len(node.inputs) == 1 and "[" not in str(dict(node.attributes).get("index", ""))
    if node.op == "to":
        taken, given = (graph.types.get(name) for name in (node.inputs[0], node.outputs[0]))
        return taken is None or given is None or taken.dtype == given.dtype
    return node.op in VIEWS or (node.op in DROPOUTS and not node.random)


def _leaving(graph: Graph, found: Sequence[Unit]) -> frozenset[str]:
    """The values that a unit makes and another uses, and the results."""
    made = {output: unit.key for unit in found for node in unit.nodes for output in node.outputs}
    used = {i for unit in found for n in unit.nodes for i in n.inputs if made.get(i, unit.key) != unit.key}
    return frozenset(used | (set(graph.outputs) & made.keys()))


def _arrows(graph: Graph, found: Sequence[Unit], leaving: frozenset[str]) -> Iterator[Arrow]:
    made: dict[str, str] = {name: f"in {name}" for name in graph.inputs}
    for unit in found:
        made |= dict.fromkeys((o for node in unit.nodes for o in node.outputs if o), unit.key)
    names = _output_names(found, leaving)
    for unit in found:
        for value in dict.fromkeys(i for node in unit.nodes for i in node.inputs):
            if made.get(value, unit.key) != unit.key:
                yield Arrow(made[value], unit.key, _label(graph, value, names))
    made |= {name: f"held {name}" for name in graph.outputs if name in graph.weights}
    for value in graph.outputs:
        if value in made:
            yield Arrow(made[value], f"out {value}", _label(graph, value, names))


def _output_names(found: Sequence[Unit], leaving: frozenset[str]) -> dict[str, str]:
    """What to call each value of a unit that gives several: torch's word for it, or its number."""
    names: dict[str, str] = {}
    for unit in found:
        values = [o for node in unit.nodes for o in node.outputs if o in leaving]
        words, numbers = _words(unit), _numbers_given(unit, values)
        if len(values) > 1:
            names |= {v: words.get(v, f"[{numbers[v]}]") for v in values}
    return names


def _numbers_given(unit: Unit, values: Sequence[str]) -> dict[str, int]:
    """Which of its results each value is, as the author unpacks them; else in the order in which they are made."""
    if not unit.leaf or not any(node.gives for node in unit.nodes):
        return {value: place for place, value in enumerate(values)}
    given = {o: n for node in unit.nodes for o, n in zip(node.outputs, node.gives or range(99), strict=False)}
    return {value: given.get(value, place) for place, value in enumerate(values)}


def _words(unit: Unit) -> dict[str, str]:
    """torch's words for what a recurrent layer gives, also where it is put in torch's order afterwards."""
    words: dict[str, str] = {}
    for node in unit.nodes:
        if node.op in _OUTPUTS:
            words |= dict(zip(node.outputs, _OUTPUTS[node.op], strict=False))
        else:
            word = next((words[i] for i in node.inputs if i in words), "")
            words |= dict.fromkeys(node.outputs, word) if word else {}
    return words


def _label(graph: Graph, name: str, names: Mapping[str, str]) -> str:
    found = graph.types.get(name) or TensorType("?", None)
    text = "" if found == _UNKNOWN and is_recorded(graph) else str(found)
    return f"{names[name]} {text}".strip() if name in names else text


def join_views(drawing: Drawing, named: Callable[[list[str]], list[str]] = list) -> Drawing:
    """Functions in a row that only change the shape of one value become one box; `named` says which to name."""
    into, out = Counter(a.target for a in drawing.arrows), Counter(a.source for a in drawing.arrows)
    boxes = {box.key: box for box in drawing.boxes}
    joined = {key: key for key in boxes}
    for arrow in drawing.arrows:
        one, other = boxes[root_of(joined, arrow.source)], boxes[arrow.target]
        alike = one != other and all(b.kind == "shape" and not b.subtitle and not b.rows for b in (one, other))
        if alike and one.modules == other.modules and out[arrow.source] == 1 and into[other.key] == 1:
            numbers = one.numbers + other.numbers
            boxes[one.key] = replace(one, title=f"{one.title} · {other.title}", numbers=numbers)
            joined[other.key] = one.key
    arrows = (replace(a, source=root_of(joined, a.source), target=root_of(joined, a.target)) for a in drawing.arrows)
    kept = [_few(box, named) for key, box in boxes.items() if joined[key] == key]
    return Drawing(tuple(kept), tuple(a for a in arrows if a.source != a.target))


def _few(box: Box, named: Callable[[list[str]], list[str]]) -> Box:
    if box.kind != "shape":
        return box
    names = named(box.title.split(" · "))
    if len(names) > MOST_VIEWS:
        names = [*names[: MOST_VIEWS - 1], "…", names[-1]]
    return replace(box, title=" · ".join(names))
