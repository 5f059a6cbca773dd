"""The nodes of a graph → rows, in the order in which they are read, so that both know the same values at each."""

from collections.abc import Iterator
from typing import Any

from nnviz_action.graph.graph_file import checks
from nnviz_action.graph.graph_file.entries import MORE, Input, input_json, is_plain, output_json, short_name
from nnviz_action.graph.graph_file.fold import fold
from nnviz_action.graph.graph_file.limits import Budget
from nnviz_action.graph.graph_file.modules import Index
from nnviz_action.graph.graph_file.names import BEFORE, Labels, Scope
from nnviz_action.graph.graph_file.prefixes import Prefixes
from nnviz_action.graph.graph_file.texts import attribute_json, type_json
from nnviz_action.graph.values import Graph, Node, TensorType, Weight

Json = dict[str, Any]


class WrittenFile:
    """What the graphs of one file share: the index, the labels given so far, and how much there is."""

    def __init__(self, index: Index, domain: str) -> None:
        self.index, self.domain = index, domain
        self.labels = Labels()
        self.budget = Budget()


class GraphWriter:
    """One graph."""

    def __init__(self, file: WrittenFile, graph: Graph, outer: "GraphWriter | None") -> None:
        self._file, self.graph, self._outer = file, graph, outer
        self._depth: int = outer._depth + 1 if outer else 0
        self._scope: Scope = Scope(outer._scope if outer else None)
        self._called: dict[str, str] = {}
        self._before = ""
        self._prefixes = Prefixes()
        self.owner: GraphWriter = outer.owner if outer and not graph.types else self
        self.declared: dict[str, TensorType] = {}
        own = {name for node in graph.nodes for name in node.inputs}
        inner = {name for node in graph.nodes for _, body in node.bodies for name in _used(body)}
        self._waiting = {name: weight for name, weight in graph.weights.items() if name in own - inner}

    def written(self) -> Json:
        """The keys of the graph in a file."""
        graph = self.graph
        self._require_names()
        first = [w for n, w in sorted(graph.weights.items()) if n not in self._waiting]
        shared = [input_json(Input(new=self._declare(weight)), "", False) for weight in first]
        inputs = [output_json(name, self._declare_value(name)) for name in graph.inputs]
        nodes = [self._row(node) for node in graph.nodes]
        self._before = ""
        outputs = [input_json(self._ref(name, "", ""), "", False) for name in graph.outputs]
        rows: Json = {"weights": shared, "inputs": inputs, "outputs": outputs}
        if graph.opset:
            rows["opset"] = checks.number(graph.opset, "opset")
        rows |= self._types()
        return {key: value for key, value in rows.items() if value} | {"nodes": nodes if self._depth else fold(nodes)}

    def _require_names(self) -> None:
        odd = next((key for key, weight in self.graph.weights.items() if weight.name != key), None)
        if odd is not None:
            raise ValueError(f"the weight {odd!r} has another name in itself")

    def _types(self) -> Json:
        """How the types of the graph follow from those in the rows, and where they do not."""
        if self.owner is not self:
            return {}
        said, types = self.declared, self.graph.types
        scope = {}
        if self._outer is not None:
            around = self._outer.owner.graph.types
            inherits = around.keys() <= types.keys()
            scope = {"types_of": "outer" if inherits else "own"}
            self._file.budget.count(len(around) if inherits else 0)
            said = {**around, **said} if inherits else said
        found = {name: type_json(kind) for name, kind in types.items() if said.get(name) != kind}
        lost = {name: None for name in said if name not in types}
        return {**scope, "types": dict(sorted((found | lost).items()))}

    def _type(self, name: str) -> TensorType | None:
        found = self.owner.graph.types.get(name)
        if found is not None:
            self.owner.declared[name] = found
        return found

    def _declare_value(self, name: str, label: str = "") -> TensorType | None:
        if name in self.graph.weights:
            raise ValueError(f"{name!r} is made twice")
        self._scope.add(name, label)
        if label:
            self._called[name] = label
        return self._type(name)

    def _declare(self, weight: Weight) -> Weight:
        self._scope.add(weight.name)
        self.owner.declared[weight.name] = weight.type
        return weight

    def _row(self, node: Node) -> Json:
        path = node.modules[-1].path if node.modules else ""
        row: Json = {"at": self._file.index.at_json(node.modules)} if node.modules else {}
        row["op"] = node.op
        if node.domain != self._file.domain:
            row["domain"] = node.domain
        given = self._inputs(node, path)
        bodies = [[name, self._body(body)] for name, body in node.bodies]
        labels = self._file.labels.of(path, node.op, len(node.outputs))
        self._prefixes.add(labels[0], node.op, node.inputs, node.arguments)
        outputs = [self._output(name, label) for name, label in zip(node.outputs, labels, strict=False)]
        rest = {"with": self._attributes(node), "out": outputs[0] if len(outputs) == 1 else outputs}
        row |= {**given, **{key: value for key, value in rest.items() if value or key == "out"}}
        if node.name != labels[0]:
            row["name"] = node.name
        self._before = node.outputs[0] if node.outputs else ""
        return row | _facts(node) | ({"bodies": bodies} if bodies else {})

    def _attributes(self, node: Node) -> Json:
        names = [name for name, _ in node.attributes]
        if len(set(names)) < len(names):
            raise ValueError(f"{node.name!r} has an attribute twice")
        return {name: attribute_json(value) for name, value in node.attributes}

    def _body(self, body: Graph) -> Json:
        self._file.budget.count_body(self._depth + 1)
        if body.sizes or body.unused:
            raise ValueError("sizes or unused parameters of a body")
        return GraphWriter(self._file, body, self).written()

    def _inputs(self, node: Node, path: str) -> Json:
        names = node.arguments
        is_named = len(names) == len(node.inputs) and all(_is_argument(name) for name in names)
        first = self._prefixes.before(node.op, node.inputs, names)
        start = len(node.inputs) - 1 if first else 0
        self._file.budget.count(start)
        padded = names if is_named else ("",) * len(node.inputs)
        rows: list[Any] = [f"{MORE}{first}"] if first else []
        for name, argument in zip(node.inputs[start:], padded[start:], strict=True):
            rows.append(input_json(self._ref(name, argument, path), path, is_named))
        if not is_named:
            return {"in": rows, "arguments": list(names)} if names else {"in": rows}
        return {"args": rows} if rows else {}

    def _ref(self, name: str, argument: str, path: str) -> Input:
        if not name or name == self._before:
            return Input(argument, BEFORE if name else "")
        if name in self._waiting:
            return Input(argument, new=self._declare(self._waiting.pop(name)))
        text = self._label(name) or name
        if not self._scope.knows(name):
            raise ValueError(f"nothing gives {name!r}")
        if self._scope.find(text) != name or not is_plain(text):
            return Input(argument, name=name)
        return Input(argument, short_name(text, path) if text == name else text)

    def _label(self, name: str) -> str:
        if name in self._called or self._scope.has(name) or self._outer is None:
            return self._called.get(name, "")
        return self._outer._label(name)

    def _output(self, name: str, label: str) -> Any:
        if not name:
            return ""
        expected = name == self._file.labels.expected
        self._file.labels.passed(name)
        return output_json(None if expected else name, self._declare_value(name, label if expected else ""))


def _used(graph: Graph) -> Iterator[str]:
    """All values that a body uses or gives, with those of the bodies in it."""
    yield from graph.outputs
    for node in graph.nodes:
        yield from node.inputs
        for _, body in node.bodies:
            yield from _used(body)


def _is_argument(name: str) -> bool:
    return bool(name) and ": " not in name and " = " not in name


def _facts(node: Node) -> Json:
    function = [] if node.function is None else [node.function.name, node.function.target]
    gives = [checks.number(place, "gives") for place in node.gives]
    facts = {"macs": checks.number(node.macs, "macs"), "random": node.random, "gives": gives, "function": function}
    return {key: value for key, value in facts.items() if value}
