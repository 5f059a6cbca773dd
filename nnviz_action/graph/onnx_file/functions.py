"""Local functions of a model, opened: each call becomes the operators of the function, in a frame of its name."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from onnx import AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto

from nnviz_action.errors import ModelError
from nnviz_action.graph.onnx_file.namespace import parts_of, tell_place
from nnviz_action.graph.onnx_file.schema import opset_of, schema_of
from nnviz_action.graph.onnx_file.shapes import graphs
from nnviz_action.graph.values import FUNCTION

DEEPEST = 32  # functions that call each other
MOST_NODES = 200_000  # in all
_LIBRARY = "pkg.onnxscript"  # in which an exporter keeps the conversion of each single operator
_Place = tuple[str, ...]  # the modules around a node, as a namespace tells them: `path: class`


def open_functions(model: ModelProto) -> list[str]:
    """Replace the calls of local functions by what these consist of, in place; what is to be said of it.

    ONNX's own domain is to be the empty one throughout. Raises `ModelError` where they call each other without end.
    """
    if not model.functions:
        return []
    opening = _Opening(model)
    opening.open(model.graph, (), 0)
    del model.functions[:]
    said = "the function {} is of opset {}, where some operators mean something else than in that of the model"
    return [said.format(name, opset) for name, opset in opening.others.items()]


class _Opening:
    """All functions by key, the names that values have; and the functions of an opset that is not the model's."""

    def __init__(self, model: ModelProto) -> None:
        self._functions = {(f.domain, f.name, f.overload): f for f in model.functions}
        self._model, self._opset = model, opset_of(model)
        self._taken = set(_names(model.graph))
        self._called: set[str] = set()
        self._nodes = 0
        self.others: dict[str, int] = {}

    def open(self, graph: GraphProto, around: _Place, depth: int) -> None:
        """Open the calls in a graph and in its bodies."""
        opened = list(self._opened(graph.node, around, depth))
        del graph.node[:]
        graph.node.extend(opened)

    def _opened(self, nodes: Iterable[NodeProto], around: _Place, depth: int) -> Iterator[NodeProto]:
        for node in nodes:
            self._nodes += 1
            if depth > DEEPEST or self._nodes > MOST_NODES:
                raise ModelError("its functions call each other without end, or are too many to draw")
            function = self._functions.get((node.domain, node.op_type, node.overload))
            place = around or parts_of(node)
            if function is None:
                for body in (a.g for a in node.attribute if a.type == AttributeProto.GRAPH):
                    self.open(body, place, depth)
                if around:
                    tell_place(node, around)
                yield node
                continue
            frame = self._frame(node, place)
            self._import(function)
            yield from self._opened(self._instance(node, function), (*place, frame), depth + 1)

    def _import(self, function: FunctionProto) -> None:
        """Take over the domains that the function imports, and note where its operators are not the model's."""
        known = {o.domain for o in self._model.opset_import}
        self._model.opset_import.extend(o for o in function.opset_import if o.domain and o.domain not in known)
        opset = next((o.version for o in function.opset_import if not o.domain), self._opset)
        ops = {node.op_type for node in walk(function.node) if not node.domain}
        if opset != self._opset and any(_since(op, opset) != _since(op, self._opset) for op in ops):
            self.others[function.name] = opset

    def _frame(self, node: NodeProto, place: _Place) -> str:
        """The module that a call is: its path, which no other call has, and its class."""
        outer = place[-1].partition(": ")[0] if place else ""
        own = (node.name.rpartition("/")[2] or node.op_type).replace(": ", ":")
        path = _fresh(f"{outer}.{own}" if outer else own, self._called)
        kind = node.op_type.replace("/", ".").replace(": ", ":")
        return f"{path}: {kind}" if node.domain.startswith(_LIBRARY) else f"{path}: {FUNCTION}{kind}"

    def _instance(self, call: NodeProto, function: FunctionProto) -> list[NodeProto]:
        """The function's operators, with the call's values and attributes for its own."""
        given = {a.name: a for a in (*function.attribute_proto, *call.attribute)}
        names = dict.fromkeys(function.input, "")
        names |= dict(zip(function.input, call.input, strict=False))
        passed = []
        for inner, outer in zip(function.output, call.output, strict=False):
            if inner in names and outer:  # what goes in comes out, or comes out twice
                passed.append((inner, outer))
            elif outer:
                names[inner] = outer
        renaming = _Renaming(names, self._taken, call.name or call.op_type)
        nodes = [renaming.renamed(node, given) for node in function.node]
        return [*nodes, *(NodeProto(op_type="Identity", input=[names[i]], output=[o]) for i, o in passed)]


class _Renaming:
    """The names of one call's values: those of its own are made up as they come."""

    def __init__(self, names: dict[str, str], taken: set[str], prefix: str) -> None:
        self._names, self._taken, self._prefix = names, taken, prefix

    def renamed(self, node: NodeProto, given: Mapping[str, AttributeProto]) -> NodeProto:
        """A copy of a node of the function."""
        copy = NodeProto()
        copy.CopyFrom(node)
        del copy.input[:], copy.output[:], copy.attribute[:]
        copy.input.extend(map(self._name, node.input))
        copy.output.extend(map(self._name, node.output))
        for attribute in node.attribute:
            if attribute.ref_attr_name:
                found = given.get(attribute.ref_attr_name)
                copy.attribute.extend([_called(found, attribute.name)] if found is not None else [])
            else:
                self._rename_body(copy.attribute.add(), attribute, given)
        return copy

    def _rename_body(
        self, copy: AttributeProto, attribute: AttributeProto, given: Mapping[str, AttributeProto]
    ) -> None:
        copy.CopyFrom(attribute)
        if attribute.type != AttributeProto.GRAPH:
            return
        for named in (*copy.g.input, *copy.g.output, *copy.g.value_info, *copy.g.initializer):
            named.name = self._name(named.name)
        for sparse in copy.g.sparse_initializer:
            sparse.values.name = self._name(sparse.values.name)
        nodes = [self.renamed(node, given) for node in attribute.g.node]
        del copy.g.node[:]
        copy.g.node.extend(nodes)

    def _name(self, name: str) -> str:
        if name and name not in self._names:
            self._names[name] = _fresh(f"{self._prefix}/{name}", self._taken)
        return self._names[name] if name else ""


def _called(attribute: AttributeProto, name: str) -> AttributeProto:
    copy = AttributeProto()
    copy.CopyFrom(attribute)
    copy.name = name
    return copy


def _since(op: str, opset: int) -> int:
    schema = schema_of(op, opset)
    return schema.since_version if schema is not None else 0


def _fresh(name: str, taken: set[str]) -> str:
    found = next(c for n in count(1) if (c := name if n == 1 else f"{name}_{n}") not in taken)
    taken.add(found)
    return found


def walk(nodes: Iterable[NodeProto]) -> Iterator[NodeProto]:
    """All nodes, those in bodies too."""
    for node in nodes:
        yield node
        for attribute in node.attribute:
            yield from walk(attribute.g.node)


def _names(graph: GraphProto) -> Iterator[str]:
    for inner in graphs(graph):
        yield from (info.name for info in (*inner.input, *inner.initializer))
        yield from (output for node in inner.node for output in node.output)
