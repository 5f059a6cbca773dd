"""Recorded calls → Graph: names for values, weights, types; what reaches nothing is left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nnviz_action.capture.built import BufferRecipes
from nnviz_action.capture.recorder.attributes import attribute_of, dtype_name
from nnviz_action.capture.recorder.origins import Origin, fresh, numbers_of
from nnviz_action.capture.recorder.values import Body, Call, Value, shape_of
from nnviz_action.graph.values import Graph, Node, TensorType, Weight

Dim = Callable[[Any], "int | str | None"]


def live(calls: Sequence[Call], wanted: Iterable[Value]) -> list[Call]:
    """The calls that something depends on, in order; in their bodies likewise."""
    needed = set(map(id, wanted))
    kept = []
    for call in reversed(calls):
        given = [*call.outputs, *(after for _, after in call.written)]
        if not any(id(value) in needed for value in given):
            continue
        kept.append(call)
        needed.update(id(value) for _, value in call.inputs)
        for body in call.bodies:
            body.calls = live(body.calls, body.outputs)
            needed.update(map(id, outer_values(body)))
        needed.update(id(before) for before, after in call.written if id(after) in needed)
    return kept[::-1]


def outer_values(body: Body) -> list[Value]:
    """What the calls of a body use and nothing in it made."""
    own = {id(value) for value in body.inputs}
    used: list[Value] = []
    for call in body.calls:
        used += [value for _, value in call.inputs if id(value) not in own]
        for inner in call.bodies:
            used += [value for value in outer_values(inner) if id(value) not in own]
        own.update(map(id, call.outputs))
        own.update(id(after) for _, after in call.written)
    return used + [value for value in body.outputs if id(value) not in own]


def _gives(call: Call) -> tuple[int, ...]:
    """Which of the results of the module around it a call gives; nothing where these are the first, or others too."""
    places = [value.given for value in call.outputs]
    numbers = tuple(place[1] for place in places if place is not None and place[0] == call.modules)
    return numbers if len(numbers) == len(places) and numbers != tuple(range(len(numbers))) else ()


class Assembler:
    """Names and types for everything in a graph; `dim` says what a size is called."""

    def __init__(self, dim: Dim, weights: Mapping[str, Origin], recipes: BufferRecipes | None) -> None:
        self._dim, self._weights, self._recipes = dim, weights, recipes
        self._names: dict[int, str] = {}
        self._taken: set[str] = set(weights)
        self._nodes: Counter[str] = Counter()
        self._count = 0
        self.types: dict[str, TensorType] = {}

    def graph(self, inputs: Mapping[str, Value], outputs: Mapping[str, Value], calls: Sequence[Call]) -> Graph:
        """The whole graph. `outputs` are each made by a call of their own."""
        for name, value in (*inputs.items(), *outputs.items()):
            self._name(value, fresh(name, self._taken))
        given = tuple(self._names[id(value)] for value in inputs.values())
        nodes = tuple(self._node(call) for call in calls)
        used = {i for node in Graph((), (), nodes).walk() for i in node.inputs}
        weights = {name: self._weight(origin) for name, origin in self._weights.items() if name in used}
        self.types |= {name: weight.type for name, weight in weights.items()}
        results = tuple(self._names[id(value)] for value in outputs.values())
        return Graph(given, results, nodes, self.types, weights)

    def _weight(self, origin: Origin) -> Weight:
        kind = self._type(origin.tensor.dtype, shape_of(origin.tensor))
        value = "" if origin.kind else numbers_of(origin.tensor)
        recipe = self._recipe(origin) if origin.kind in ("", "buffer") else ""
        return Weight(origin.name, kind, origin.kind, value, recipe)

    def _recipe(self, origin: Origin) -> str:
        if self._recipes is None:
            return ""
        return self._recipes.named.get(origin.name) or self._recipes.of(origin.tensor)

    def _node(self, call: Call) -> Node:
        inputs = tuple(self._name(value) for _, value in call.inputs)
        bodies = tuple((body.name, self._body(body)) for body in call.bodies)
        outputs = tuple(self._name(value) for value in (*call.outputs, *(after for _, after in call.written)))
        path = f"{call.modules[-1].path}/" if call.modules else ""
        self._nodes[path + call.op] += 1
        number = self._nodes[path + call.op]
        return Node(
            name=f"{path}{call.op}" if number == 1 else f"{path}{call.op}#{number}",
            op=call.op,
            domain=call.domain,
            inputs=inputs,
            outputs=outputs,
            attributes=tuple((name, attribute_of(value, self._dim)) for name, value in call.attributes),
            modules=call.modules,
            bodies=bodies,
            arguments=tuple(name for name, _ in call.inputs),
            macs=call.macs,
            line=call.line,
            random=call.random,
            gives=_gives(call),
        )

    def _body(self, body: Body) -> Graph:
        inputs = tuple(self._name(value) for value in body.inputs)
        nodes = tuple(self._node(call) for call in body.calls)
        return Graph(inputs, tuple(self._name(value) for value in body.outputs), nodes)

    def _name(self, value: Value, name: str = "") -> str:
        if value.source in self._weights and not name:
            return value.source
        if id(value) not in self._names:
            if not name:
                self._count += 1
                name = fresh(f"v{self._count}", self._taken)
            self._names[id(value)] = name
            self.types[name] = self._type(value.dtype, value.shape)
        return self._names[id(value)]

    def _type(self, dtype: Any, shape: tuple[Any, ...] | None) -> TensorType:
        return TensorType(dtype_name(dtype), None if shape is None else tuple(map(self._dim, shape)))
