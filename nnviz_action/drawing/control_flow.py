"""Graph → Graph in which the bodies of If, Loop and Scan stand among the other nodes, as modules of their own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nnviz_action.graph.values import FRAME, Graph, Module, Node, TensorType, Weight

_TITLES = {"then_branch": "then", "else_branch": "else", "body": "body"}
_FED = ("Loop", "Scan", "SequenceMap")  # what gives its inputs to its body


@dataclass
class _Flat:
    nodes: list[Node]
    types: dict[str, TensorType]
    weights: dict[str, Weight]
    frames: Counter[str] = field(default_factory=Counter)

    def frame(self, node: Node) -> Module:
        """The module around a node and its bodies. Other frameworks leave nodes without a name, or with one alike."""
        path = node.name or node.outputs[0]
        self.frames[path] += 1
        title = node.name.rpartition("/")[2] or node.op
        again = f"#{self.frames[path]}" if self.frames[path] > 1 else ""
        return Module(f"{path}{again}", FRAME if title == node.op else f"{FRAME}{node.op}", title=title)


def inline_bodies(graph: Graph) -> Graph:
    """The same graph without bodies.

    The control-flow node stays, behind its bodies: what they give are its further inputs. What a body receives is
    taken from where it comes from.
    """
    if not any(node.bodies for node in graph.nodes):
        return graph
    flat = _Flat([], dict(graph.types), dict(graph.weights))
    _add(flat, graph, (), 0, {})
    return replace(graph, nodes=tuple(flat.nodes), types=flat.types, weights=flat.weights)


def _add(flat: _Flat, graph: Graph, inside: tuple[Module, ...], depth: int, names: Mapping[str, str]) -> None:
    """Append a graph's nodes. `inside` are the modules around them, of which their own begin after `depth`."""
    known = dict(names)
    for node in graph.nodes:
        place = (*inside, *node.modules[depth:]) if inside else node.modules
        inputs = [known.get(i, i) for i in node.inputs]
        if node.bodies:
            place = (*place, flat.frame(node))
        for attribute, body in node.bodies:
            inputs += _add_body(flat, node, attribute, body, place, known)
        own = 0 if node.bodies else node.macs  # recorded, it has those of its bodies, which now stand apart
        flat.nodes.append(replace(node, inputs=tuple(inputs), modules=place, bodies=(), macs=own))


def _add_body(
    flat: _Flat, node: Node, attribute: str, body: Graph, frame: tuple[Module, ...], known: Mapping[str, str]
) -> list[str]:
    """Append one body under names that nothing else has; returns what it gives."""
    path = f"{frame[-1].path}/{attribute}"
    inner = (*frame, Module(path, FRAME, title=_TITLES.get(attribute, attribute)))
    own = {value: f"{path}/{value}" for inner_node in body.nodes for value in inner_node.outputs if value}
    own |= {name: f"{path}/{name}" for name in body.weights}
    types = body.types or flat.types  # of recorded calls the graph around has them all
    flat.types |= {new: types[old] for old, new in own.items() if old in types}
    flat.weights |= {own[name]: weight for name, weight in body.weights.items()}
    first = len(node.inputs) - len(body.inputs) if node.op == "Scan" else 0  # a Scan of opset 8 begins with lengths
    fed = dict(zip(body.inputs, node.inputs[max(first, 0) :], strict=False)) if node.op in _FED else {}
    names = {**known, **{to: known.get(source, source) for to, source in fed.items()}, **own}
    renamed = replace(body, nodes=tuple(_renamed(n, own) for n in body.nodes))
    _add(flat, renamed, inner, len(node.modules), names)
    return [names.get(value, value) for value in body.outputs]


def _renamed(node: Node, own: Mapping[str, str]) -> Node:
    return replace(node, outputs=tuple(own.get(o, o) for o in node.outputs))
