"""Rows → the nodes of a graph, with the values that are known at each."""

from collections.abc import Iterator
from typing import Any

from nnviz_action.graph.graph_file import checks
from nnviz_action.graph.graph_file.entries import MORE, Input, full_name, read_input, read_output
from nnviz_action.graph.graph_file.limits import Budget
from nnviz_action.graph.graph_file.modules import Index
from nnviz_action.graph.graph_file.names import BEFORE, Labels, Scope
from nnviz_action.graph.graph_file.prefixes import Prefixes
from nnviz_action.graph.graph_file.texts import read_attribute, read_type
from nnviz_action.graph.graph_file.unfold import unfold
from nnviz_action.graph.values import Function, Graph, Node, TensorType, Weight

_BODY = frozenset(["weights", "inputs", "outputs", "opset", "types", "types_of", "nodes"])
_NODE = frozenset(
    [
        "at",
        "op",
        "domain",
        "args",
        "in",
        "arguments",
        "with",
        "out",
        "name",
        "macs",
        "random",
        "gives",
        "function",
        "bodies",
    ]
)
Names = tuple[str, ...]


class ReadFile:
    """What the graphs of one file share."""

    def __init__(self, domain: str, index: Index, lines: Iterator[str]) -> None:
        self.domain, self.index, self.lines = domain, index, lines
        self.labels = Labels()
        self.budget = Budget()

    def line(self) -> str:
        """The line of the next node."""
        line = next(self.lines, None)
        if line is None:
            raise ValueError("fewer lines than nodes")
        return line


class GraphReader:
    """One graph: its rows in their order, with the values that are known at each."""

    def __init__(self, file: ReadFile, said: dict[str, Any], outer: "GraphReader | None", level: int) -> None:
        self._file, self._said, self._level = file, said, level
        self._scope: Scope = Scope(outer._scope if outer else None)
        self.depth: int = outer.depth + 1 if outer else 0
        self._before = ""
        self._prefixes = Prefixes()
        self._types_of = said.get("types_of")
        if self._types_of not in (None, "outer", "own"):
            raise ValueError(f"types_of is {self._types_of!r:.60}")
        self.owner: GraphReader = outer.owner if outer and self._types_of is None else self
        self.inner: list[GraphReader] = []
        self.declared: dict[str, TensorType] = {}
        self._types: dict[str, TensorType] = {}
        self._weights: dict[str, Weight] = {}

    def read(self, sizes: dict[str, int], unused: dict[str, int]) -> Graph:
        """The graph; its types, and those of its bodies, are there after `settle`."""
        for row in self._rows("weights"):
            if (given := read_input(row, "", False)).new is None:
                raise ValueError(f"{row!r:.60} is no weight")
            self._declare(given.new)
        inputs = tuple(self._declare_value(*_named(row)) for row in self._rows("inputs"))
        nodes = tuple(self._node(row, level) for row, level in unfold(self._rows("nodes"), self._level))
        self._before = ""
        results = [self._name(read_input(row, "", False), "") for row in self._rows("outputs")]
        opset = checks.number(self._said.get("opset", 0), "opset")
        return Graph(inputs, tuple(results), nodes, self._types, self._weights, opset, sizes, unused)

    def settle(self, around: dict[str, TensorType]) -> None:
        """Fill in the types, which bodies have from the graph around them once that is read."""
        inherited = around if self._types_of == "outer" else {}
        self._file.budget.count(len(inherited))
        self._types.update(inherited)
        self._types.update(self.declared)
        for name, kind in checks.mapping(self._said.get("types", {}), "types").items():
            if kind is None:
                self._types.pop(name, None)
            else:
                self._types[name] = read_type(kind)
        for body in self.inner:
            body.settle(self._types)

    def _rows(self, key: str) -> list[Any]:
        return checks.rows(self._said.get(key, []), key)

    def _declare_value(self, name: str, kind: TensorType | None, label: str = "") -> str:
        if name in self._weights:
            raise ValueError(f"{name[:60]!r} is made twice")
        self._scope.add(name, label)
        if kind is not None:
            self.owner.declared[name] = kind
        return name

    def _declare(self, weight: Weight) -> None:
        self._scope.add(weight.name)
        self._weights[weight.name] = weight
        self.owner.declared[weight.name] = weight.type

    def _node(self, row: Any, level: int) -> Node:
        try:
            checks.require_keys(row, _NODE, "a node")
            return self._built(row, level)
        except ValueError as error:
            raise ValueError(f"{_place(row)}: {error}") from None

    def _built(self, row: dict[str, Any], level: int) -> Node:
        modules = self._file.index.read_at(row["at"]) if "at" in row else ()
        path = modules[-1].path if modules else ""
        op, line = checks.text(row.get("op"), "op"), self._file.line()
        inputs, arguments = self._inputs(row, path)
        bodies = tuple(self._body(item, level) for item in checks.rows(row.get("bodies", []), "bodies"))
        outputs, label = self._outputs(row, path, op)
        self._prefixes.add(label, op, inputs, arguments)
        return Node(
            name=checks.text(row.get("name", label), "name"),
            op=op,
            domain=checks.text(row.get("domain", self._file.domain), "domain"),
            inputs=inputs,
            outputs=outputs,
            attributes=tuple((k, read_attribute(v)) for k, v in checks.mapping(row.get("with", {}), "with").items()),
            modules=modules,
            bodies=bodies,
            function=_function(row),
            arguments=arguments,
            macs=checks.number(row.get("macs", 0), "macs"),
            line=line,
            random=checks.flag(row.get("random", False), "random"),
            gives=tuple(checks.number(place, "gives") for place in checks.rows(row.get("gives", []), "gives")),
        )

    def _inputs(self, row: dict[str, Any], path: str) -> tuple[Names, Names]:
        is_named = "args" in row
        if is_named and ("in" in row or "arguments" in row):
            raise ValueError("args beside in")
        rows = checks.rows(row.get("args" if is_named else "in", []), "the inputs")
        inputs: Names = ()
        arguments: Names = ()
        if rows and isinstance(rows[0], str) and rows[0].startswith(MORE):
            inputs, arguments = self._prefixes.of(rows[0].removeprefix(MORE))
            self._file.budget.count(len(inputs))
            rows = rows[1:]
        given = [read_input(item, path, is_named) for item in rows]
        inputs += tuple(self._name(item, path) for item in given)
        if is_named:
            return inputs, (*arguments, *(item.argument for item in given))
        return inputs, checks.texts(row.get("arguments", []), "arguments")

    def _name(self, given: Input, path: str) -> str:
        if given.new is not None:
            self._declare(given.new)
            return given.new.name
        if given.name is not None:
            found = given.name if self._scope.knows(given.name) else None
        elif given.ref == BEFORE:
            found = self._before or None
        else:
            found = self._scope.find(full_name(given.ref, path)) if given.ref else ""
        if found is None:
            raise ValueError(f"nothing before it gives {(given.name or given.ref)[:60]!r}")
        return found

    def _body(self, item: Any, level: int) -> tuple[str, Graph]:
        if not isinstance(item, list) or len(item) != 2:
            raise ValueError(f"{item!r:.60} is no body")
        name, said = item
        checks.require_keys(said, _BODY, "a body")
        reader = GraphReader(self._file, said, self, level)
        self._file.budget.count_body(reader.depth)
        if reader.owner is reader:
            self.owner.inner.append(reader)
        elif "types" in said:
            raise ValueError("types of a body that has none of its own")
        return checks.text(name, "a body's name"), reader.read({}, {})

    def _outputs(self, row: dict[str, Any], path: str, op: str) -> tuple[Names, str]:
        """The outputs of a node, and its label."""
        if "out" not in row:
            raise ValueError("out is missing")
        shown = row["out"] if isinstance(row["out"], list) else [row["out"]]
        labels = self._file.labels.of(path, op, len(shown))
        outputs = tuple(self._output(item, label) for item, label in zip(shown, labels, strict=False))
        self._before = outputs[0] if outputs else ""
        return outputs, labels[0]

    def _output(self, item: Any, label: str) -> str:
        name, kind = read_output(item)
        if name == "":
            return ""
        shown = self._file.labels.expected if name is None else name
        self._file.labels.passed(shown)
        return self._declare_value(shown, kind, label if name is None else "")


def _named(row: Any) -> tuple[str, TensorType | None]:
    """An input of a graph."""
    name, kind = read_output(row)
    if not name:
        raise ValueError(f"{row!r:.60} is no input: it has no name")
    return name, kind


def _place(row: Any) -> str:
    """Which node it is, in signs that a terminal shows as they are."""
    said = [row.get(key) for key in ("at", "op")] if isinstance(row, dict) else []
    return " ".join(repr(text)[1:-1][:60] for text in said if isinstance(text, str)) or "a node"


def _function(row: dict[str, Any]) -> Function | None:
    if "function" not in row:
        return None
    said = checks.texts(row["function"], "function")
    if len(said) != 2:
        raise ValueError("function is not a name and what was called")
    return Function(*said)
