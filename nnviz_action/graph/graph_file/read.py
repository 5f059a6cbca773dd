"""The bytes of a file → Graph. Nothing in it is believed: it may be damaged, merged, or made to harm."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from nnviz_action.errors import ModelError
from nnviz_action.graph.graph_file import checks
from nnviz_action.graph.graph_file.document import load
from nnviz_action.graph.graph_file.entries import read_output
from nnviz_action.graph.graph_file.modules import Index, read_index
from nnviz_action.graph.graph_file.read_rows import GraphReader, ReadFile
from nnviz_action.graph.graph_file.unfold import unfold
from nnviz_action.graph.state_dict import state_of
from nnviz_action.graph.values import Graph, TensorType

_KEYS = frozenset(
    [
        "nnviz_graph",
        "domain",
        "sizes",
        "unused",
        "classes",
        "modules",
        "weights",
        "inputs",
        "outputs",
        "opset",
        "types",
    ]
    + ["nodes", "training", "state", "unsaved", "tied", "lines"]
)
CURE = "nnviz-action generate  writes it anew"


def parse_graph_file(data: bytes, name: str) -> Graph:
    """The graph in the content of a file called `name`. Raises `ModelError` where it holds none."""
    try:
        return _graph(load(data))
    except json.JSONDecodeError as error:
        why = f"line {error.lineno} is no JSON"
    except UnicodeDecodeError:
        why = "it is not UTF-8"
    except RecursionError:
        why = "brackets without end"
    except ValueError as error:
        why = str(error)
    raise ModelError(f"{name} is no graph: {why}", hint=CURE)


def _graph(document: dict[str, Any]) -> Graph:
    checks.require_keys(document, _KEYS, "the file")
    domain = checks.text(document.get("domain", "torch"), "domain")
    file = ReadFile(domain, _index(document), _lines(document))
    reader = GraphReader(file, document, None, 0)
    sizes, unused = (checks.counts(document.get(key, {}), key) for key in ("sizes", "unused"))
    graph = reader.read(sizes, unused)
    if "lines" in document and next(file.lines, None) is not None:
        raise ValueError("more lines than nodes")
    reader.settle({})
    training = checks.flag(document.get("training", False), "training")
    state = _state(document, graph)
    return replace(graph, training=training, state=state, tied=_tied(document, state))


def _state(document: dict[str, Any], graph: Graph) -> dict[str, TensorType] | None:
    """The whole state dict; None where the file does not tell it."""
    if "state" not in document:
        if "unsaved" in document:
            raise ValueError("unsaved is there without state")
        return None
    keys: dict[str, TensorType] = {}
    for row, _ in unfold(document["state"]):
        key, kind = read_output(row)
        if not key or kind is None or key in keys:
            raise ValueError(f"{row!r:.60} is no key of a state dict, or twice one")
        keys[key] = kind
    unsaved = [checks.text(row, "unsaved") for row, _ in unfold(document.get("unsaved", []))]
    return state_of(graph.weights, keys, unsaved)


def _tied(document: dict[str, Any], state: Mapping[str, TensorType] | None) -> dict[str, str]:
    """Keys that are one tensor with an earlier one."""
    found: dict[str, str] = {}
    for row, _ in unfold(document.get("tied", [])):
        key, first = checks.texts(row, "tied") if isinstance(row, list) and len(row) == 2 else ("", "")
        if not key or key == first or key in found or not {key, first} <= (state or {}).keys():
            raise ValueError(f"{row!r:.60} are no two keys of one tensor")
        found[key] = first
    if any(first in found for first in found.values()):
        raise ValueError("a tied key is not tied to the first of them")
    return found


def _index(document: dict[str, Any]) -> Index:
    classes = checks.mapping(document.get("classes", {}), "classes")
    named = {name: checks.text(kind, "a class") for name, kind in classes.items()}
    return read_index((row for row, _ in unfold(document.get("modules", []))), named)


def _lines(document: dict[str, Any]) -> Iterator[str]:
    """The line of each node in its order; without end where the file has none."""
    while "lines" not in document:
        yield ""
    for line, _ in unfold(document["lines"]):
        yield checks.text(line, "a line")
