"""Our numbers against torch's own, and the inputs of calls that come from nowhere."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nnviz_action.freshness.outputs import GRAPH
from nnviz_action.graph.graph_file import parse_graph_file
from nnviz_action.graph.values import Graph, Node
from nnviz_action.project.diagram import Diagram

HERE = Path(__file__).resolve().parent
_NAMELESS = re.compile(r"\Aconstant(#\d+)?\Z")  # a tensor of which only its value is known
WHAT = {
    "parameters": "Parameters equal `sum(p.numel())`, tied ones once",
    "macs": "MACs, and those of calls that lead to no result, equal torch's counter",
}


def torch_counts(*options: str) -> dict[str, dict[str, Any]]:
    """What flops.py finds; its options are `--second`, `--only` and a part of names."""
    command = [sys.executable, str(HERE / "flops.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stderr, file=sys.stderr)
    return json.loads(done.stdout) if done.stdout else {}


def lines(done: Mapping[str, Diagram], counted: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """One line for each of our numbers, and one for the origins."""
    idle = {name: _idle(diagram) for name, diagram in done.items()}
    for key, what in WHAT.items():
        known = [name for name in done if key in counted.get(name, {})]
        more = idle if key == "macs" else {}
        wrong = [n for n in known if done[n].lock.numbers[key] + more.get(n, 0) != counted[n][key]]
        told = f"; not {', '.join(wrong)}" if wrong else ""
        yield f"{what}: {len(known) - len(wrong)} of {len(known)}{told}"
    yield f"Models with calls that lead to no result: {', '.join(n for n, macs in idle.items() if macs) or 'none'}"
    not_counted = sorted(name for name in done if "macs" not in counted.get(name, {}) and name in counted)
    hidden = sorted(name for name in done if counted.get(name, {}).get("uncounted"))
    yield f"Models that torch's counter does not take: {', '.join(not_counted) or 'none'}"
    yield f"Models with products that it has no formula for: {', '.join(hidden) or 'none'}"
    unknown = {name: list(unknown_inputs(parse_graph_file(d.files[GRAPH], GRAPH))) for name, d in _recorded(done)}
    told = "".join(f"\n  - {name}: {', '.join(found[:5])}" for name, found in unknown.items() if found)
    total = sum(map(len, unknown.values()))
    yield f"Inputs of calls whose origin is not known: {total}, in {len(unknown)} graphs{told}"


def _idle(diagram: Diagram) -> int:
    """The work that leads to no result, which torch's counter counts and a graph does not show."""
    return parse_graph_file(diagram.files[GRAPH], GRAPH).unused.get("macs", 0) if GRAPH in diagram.files else 0


def _recorded(done: Mapping[str, Diagram]) -> list[tuple[str, Diagram]]:
    return [(name, diagram) for name, diagram in done.items() if GRAPH in diagram.files]


def unknown_inputs(graph: Graph) -> Iterator[str]:
    """What no call before gives, and is no input, weight or constant that the code has a name for."""
    made = {*graph.inputs, *graph.weights}
    yield from _unknown(graph.nodes, made)


def _unknown(nodes: tuple[Node, ...], made: set[str]) -> Iterator[str]:
    for node in nodes:
        for name in filter(None, node.inputs):
            if name not in made or _NAMELESS.match(name):
                yield f"{name} of {node.name}"
        for _, body in node.bodies:
            yield from _unknown(body.nodes, {*made, *body.inputs, *body.weights})
        made.update(node.outputs)
