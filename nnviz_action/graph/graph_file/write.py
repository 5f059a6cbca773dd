"""Graph → the bytes of a file: the same for equal graphs, everywhere."""

from typing import Any

from nnviz_action.errors import ModelError
from nnviz_action.graph.graph_file import checks
from nnviz_action.graph.graph_file.entries import output_json
from nnviz_action.graph.graph_file.fold import fold
from nnviz_action.graph.graph_file.layout import text_of
from nnviz_action.graph.graph_file.limits import MOST_BYTES, VERSION, require_room, require_texts
from nnviz_action.graph.graph_file.modules import classes_of, collect, index_rows
from nnviz_action.graph.graph_file.write_rows import GraphWriter, WrittenFile
from nnviz_action.graph.state_dict import remainder
from nnviz_action.graph.values import Graph, Node


def graph_bytes(graph: Graph, lines: bool = True) -> bytes:
    """The graph as it is written: UTF-8, LF, one node a line; with the lines of code that call the nodes, or without.

    Raises `ModelError` where `parse_graph_file` would refuse it: for values from nowhere or made twice, for more than
    a file may hold.
    """
    try:
        data = text_of(_document(graph, lines)).encode()
        if len(data) > MOST_BYTES:
            raise ValueError(f"it has more than {MOST_BYTES // 1_000_000} MB")
        return data
    except (ValueError, RecursionError) as error:
        raise ModelError(f"the graph cannot be written: {error}") from None


def _document(graph: Graph, lines: bool) -> dict[str, Any]:
    nodes = list(graph.walk())
    index = collect(nodes)
    classes = classes_of(index)
    domain = _domain(nodes)
    written = GraphWriter(WrittenFile(index, domain), graph, None).written()
    found = [node.line for node in nodes] if lines else []
    document = {
        "nnviz_graph": VERSION,
        "domain": domain,
        "sizes": dict(sorted(checks.counts(graph.sizes, "sizes").items())),
        "unused": dict(sorted(checks.counts(graph.unused, "unused").items())),
        "classes": classes,
        "modules": fold(index_rows(index, classes)),
        **written,
        "training": graph.training,
        **_state(graph),
        "lines": fold(found) if any(found) else [],
    }
    always = ("nnviz_graph", "domain", "nodes", "state")
    shown = {key: value for key, value in document.items() if value or key in always}
    require_texts(shown)
    require_room(shown)
    return shown


def _state(graph: Graph) -> dict[str, Any]:
    """The keys of the state dict that no row tells, and the weights that are none."""
    rest = remainder(graph)
    if rest is None:
        return {}
    keys = [output_json(key, kind) for key, kind in rest.keys.items()]
    return {
        "state": fold(keys),
        "unsaved": fold([*rest.unsaved]),
        "tied": fold([list(pair) for pair in graph.tied.items()]),
    }


def _domain(nodes: list[Node]) -> str:
    """The domain that is not said at each node."""
    domains = {node.domain for node in nodes}
    return "torch" if "torch" in domains else min(domains, default="torch")
