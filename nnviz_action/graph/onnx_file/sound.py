"""What a graph must be like to be drawn and counted: an ONNX file may come from anywhere, and may be damaged."""

from collections.abc import Iterable, Sequence
from math import prod

from onnx import AttributeProto, GraphProto, ModelProto, NodeProto

from nnviz_action.errors import ModelError
from nnviz_action.graph.onnx_file.schema import opset_of, schema_of
from nnviz_action.graph.values import ONNX

LARGEST = 10**15  # elements of one tensor: more than anything has, and few enough for counts of many of them
DEEPEST = 32  # bodies within bodies, as a chain of elif is
MOST_BODIES = 1000
_KINDS = ("int", "ints", "float", "floats", "string", "strings")
_VALUES = frozenset(("value", "sparse_value", *(f"value_{kind}" for kind in _KINDS)))  # how a Constant holds its own
CURE = "onnx.checker.check_model(path)  tells more; export the file again"


def require_sound(model: ModelProto, name: str) -> None:
    """Raises `ModelError` where what the file called `name` holds could not be drawn.

    That are values from nowhere or from two operators, operators before what they use, tensors of impossible
    sizes, bodies that are missing or without end.
    """
    try:
        _Graph(frozenset(), 0, [0], opset_of(model)).check(model.graph)
    except ValueError as error:
        raise ModelError(f"{name} cannot be drawn: {error}", hint=CURE) from None


class _Graph:
    """One graph, with what surrounds it: the values it may use, how deep it lies, how many bodies there were."""

    def __init__(self, outer: frozenset[str], depth: int, bodies: list[int], opset: int) -> None:
        self._known, self._depth, self._bodies, self._opset = outer, depth, bodies, opset

    def check(self, graph: GraphProto) -> None:
        known = set(self._known)
        held = [(t.name, t.dims) for t in graph.initializer]
        held += [(s.values.name, s.dims) for s in graph.sparse_initializer]
        for name, dims in held:
            _require_text(name)
            _require_size(name, dims)
        for info in (*graph.input, *graph.output, *graph.value_info):
            _require_text(info.name, *(d.dim_param for d in info.type.tensor_type.shape.dim))
            _require_size(info.name, [d.dim_value for d in info.type.tensor_type.shape.dim if d.dim_value > 0])
        known.update((name for name, _ in held), (info.name for info in graph.input))
        made: set[str] = set()
        for node in graph.node:
            _require_texts(node)
            _require_known(node.input, known, _called(node))
            _require_signature(node, self._opset)
            self._require_bodies(node, known)
            for output in filter(None, node.output):
                if output in made:
                    raise ValueError(f"two operators give {output!r}")
                made.add(output)
                known.add(output)
        _require_known((o.name for o in graph.output), known, "an output of the graph")

    def _require_bodies(self, node: NodeProto, known: set[str]) -> None:
        if node.domain in ONNX and node.op_type in ("Constant", "RandomUniform"):
            _require_held(node)
        found = [a.g for a in node.attribute if a.type == AttributeProto.GRAPH]
        self._bodies[0] += len(found)
        if found and (self._depth == DEEPEST or self._bodies[0] > MOST_BODIES):
            raise ValueError(f"more than {DEEPEST} bodies within each other, or more than {MOST_BODIES} in all")
        for body in found:
            _Graph(frozenset(known), self._depth + 1, self._bodies, self._opset).check(body)


def _require_texts(node: NodeProto) -> None:
    names = [a.name for a in node.attribute]
    said = [text for p in node.metadata_props for text in (p.key, p.value)]
    _require_text(node.name, node.op_type, node.domain, *node.input, *node.output, *names, *said)
    if len(set(names)) < len(names):
        raise ValueError(f"{_called(node)} has an attribute twice")


def _require_signature(node: NodeProto, opset: int) -> None:
    """What ONNX says an operator of its own cannot do without, and the types of its attributes."""
    schema = schema_of(node.op_type, opset) if node.domain in ONNX else None
    if schema is None:
        return
    given = {a.name: a.type for a in node.attribute}
    lacks = [name for name, attribute in schema.attributes.items() if attribute.required and name not in given]
    odd = [n for n, t in given.items() if n in schema.attributes and schema.attributes[n].type.value != t]  # type: ignore[attr-defined]
    if lacks or odd:
        raise ValueError(f"{_called(node)} has no {lacks[0]}" if lacks else f"{odd[0]} of {_called(node)} is odd")
    if len(node.input) < schema.min_input or not any(node.output):
        raise ValueError(f"{_called(node)} has {len(node.input)} inputs and {len(node.output)} outputs")


def _require_held(node: NodeProto) -> None:
    """What a node holds is there, and has a size that can be."""
    if node.op_type == "RandomUniform":
        _require_size(_called(node), next((a.ints for a in node.attribute if a.name == "shape"), ()))
        return
    if len(node.attribute) != 1 or node.attribute[0].name not in _VALUES or not any(node.output):
        raise ValueError(f"{_called(node)} holds no value")
    attribute = node.attribute[0]
    tensor = attribute.sparse_tensor if attribute.name == "sparse_value" else attribute.t
    _require_size(node.output[0], tensor.dims)


def _require_text(*texts: str | bytes) -> None:
    """Protobuf gives bytes where a text is not UTF-8."""
    odd = next((text for text in texts if isinstance(text, bytes)), None)
    if odd is not None:
        raise ValueError(f"{odd!r} is no text")


def _require_size(name: str, dims: Sequence[int]) -> None:
    if any(dim < 0 for dim in dims) or prod(dim or 1 for dim in dims) > LARGEST:
        raise ValueError(f"{name!r} has the shape {'×'.join(map(str, dims[:8]))}")


def _require_known(names: Iterable[str], known: set[str], where: str) -> None:
    lost = next((name for name in names if name and name not in known), None)
    if lost is not None:
        raise ValueError(f"{where} uses {lost!r}, which nothing before it gives")


def _called(node: NodeProto) -> str:
    return f"{node.op_type or 'an operator'} {(node.name or next(iter(node.output), ''))!r}"
