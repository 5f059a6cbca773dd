"""A hash of what a graph says: equal for graphs that mean the same, whatever the order they are written in."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator

from nnviz_action.graph.state_dict import remainder
from nnviz_action.graph.values import ONNX, PARAMETERS, RECORDED, Graph, Module, Node, Weight

# Functions, and below ONNX's operators, that give the same whatever the order of what they receive.
COMMUTATIVE = frozenset(
    """add mul eq ne bitwise_and bitwise_or bitwise_xor logical_and logical_or logical_xor maximum minimum
    Add Mul Equal And Or Xor Max Min Sum Mean""".split()  # noqa: SIM905
)


def digest(graph: Graph) -> str:
    """A hash of what a reader would call the architecture.

    It covers the operators, their attributes and modules, the wiring, shapes, types, the names of inputs, outputs and
    weights, how buffers are made, and what else a checkpoint holds. It covers neither the names of inner values, nor
    lines of code, nor the file that a class stands in, nor the order of what does not depend on each other, nor the
    values of weights that the file does not keep.
    """
    text = json.dumps(_canonical(graph, {}), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def node_hashes(graph: Graph) -> list[str]:
    """Of each node, a hash of what it does and of all that it depends on."""
    return _hashes(graph, _given(graph, {}))


def class_name(kind: str) -> str:
    """A class by its own name, as it may stand in any file; one of torch's with its package."""
    return kind if kind.startswith("torch.") else kind.rpartition(".")[2]


def is_commutative(node: Node) -> bool:
    """Whether the order of what the node receives is no matter."""
    is_known = node.domain in ("torch", *ONNX)  # a function of the author's own may be called so
    return is_known and node.op in COMMUTATIVE and not node.attributes and len(node.inputs) > 1


def used_in(node: Node) -> Iterator[str]:
    """The names of the values that a node uses, those that its bodies use included."""
    yield from node.inputs
    for _, body in node.bodies:
        yield from body.outputs
        for inner in body.nodes:
            yield from used_in(inner)


def _canonical(graph: Graph, outer: dict[str, str]) -> object:
    ids = _given(graph, outer)
    hashes = _hashes(graph, ids)
    used = {i for node in graph.walk() for i in node.inputs}
    return {
        "inputs": [[ids[name] if outer else name, _type(graph, name)] for name in graph.inputs],
        "outputs": _outputs(graph, ids, bool(outer)),
        "nodes": sorted(hashes),
        "calls": _calls(graph, hashes),
        "sizes": graph.sizes,
        "unused": {kind: count for kind, count in graph.unused.items() if kind in PARAMETERS},
        **_state(graph),
        "weights": sorted(
            [n, str(w.type), w.kind, w.value, *([w.recipe] if w.recipe else [])]
            for n, w in graph.weights.items()
            if w.kind and n in used
        ),
    }


def _state(graph: Graph) -> dict[str, object]:
    """What a checkpoint holds beside the weights that are used."""
    rest = remainder(graph)
    if rest is None:
        return {}
    return {"state": sorted([key, str(kind)] for key, kind in rest.keys.items()), "unsaved": sorted(rest.unsaved)}


def _outputs(graph: Graph, ids: dict[str, str], is_body: bool) -> list[list[object]]:
    """By name, where the author's own names tell them apart: the order of a dict's keys is no matter."""
    found: list[list[object]] = [["" if is_body else n, ids.get(n, ""), _type(graph, n)] for n in graph.outputs]
    is_recorded = all(node.domain in RECORDED for node in graph.nodes)
    return sorted(found, key=lambda item: str(item[0])) if is_recorded and not is_body else found


def _given(graph: Graph, outer: dict[str, str]) -> dict[str, str]:
    """What the nodes of a graph may use, by name; the inputs of a body by their place."""
    ids = dict(outer)
    for place, name in enumerate(graph.inputs):
        ids[name] = f"given {len(outer)}.{place}" if outer else name
    for name, weight in graph.weights.items():
        ids[name] = f"weight {name}" if weight.kind else _constant(weight)
    return ids


def _hashes(graph: Graph, ids: dict[str, str]) -> list[str]:
    """Of each node a hash, by which `ids` then knows its results. What is drawn by chance twice is not the same."""
    found: list[str] = []
    drawn: Counter[str] = Counter()
    for node in graph.nodes:
        own = hash_of(_row(graph, node, ids))
        if node.random:
            drawn[own] += 1
            own = hash_of([own, drawn[own]])
        found.append(own)
        ids.update({output: f"%{own}.{place}" for place, output in enumerate(node.outputs) if output})
    return found


def _row(graph: Graph, node: Node, ids: dict[str, str]) -> list[object]:
    inputs = [ids.get(i, "") for i in node.inputs]
    return [
        node.domain,
        node.op,
        sorted(inputs) if is_commutative(node) else inputs,
        [_type(graph, o) for o in node.outputs],
        [[k, v] for k, v in sorted(node.attributes)],
        [[m.path, class_name(m.kind)] for m in node.modules],
        node.name if node.bodies and node.domain not in RECORDED else "",
        node.function.target if node.function else "",
        [[k, _canonical(body, ids)] for k, body in node.bodies],
        *([[*node.arguments, node.random]] if node.arguments or node.random else []),
    ]


def _calls(graph: Graph, hashes: list[str]) -> list[str]:
    """Of each call of a module, a hash of what is done in it: which call it is follows from that."""
    calls: dict[tuple[Module, ...], list[str]] = {}
    for node, own in zip(graph.nodes, hashes, strict=True):
        for depth in range(1, len(node.modules) + 1):
            calls.setdefault(node.modules[:depth], []).append(own)
    return sorted(hash_of([place[-1].path, sorted(inside)]) for place, inside in calls.items())


def hash_of(value: object) -> str:
    """A short hash of plain values."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:24]


def _constant(weight: Weight) -> str:
    return f"constant {weight.type} {weight.value} {weight.recipe}".rstrip()


def _type(graph: Graph, name: str) -> str:
    found = graph.types.get(name)
    return str(found) if found else "?"
