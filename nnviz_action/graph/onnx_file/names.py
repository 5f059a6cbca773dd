"""Names and metadata that depend on the model alone, not on the exporter's counters or the machine."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count

import onnx_ir as ir

NO_MODULE = "_empty_nn_module_stack"  # how torch marks a node that it made outside any module


def canonicalise(model: ir.Model, output_names: Sequence[str], dims: Mapping[str, str]) -> None:
    """Rename nodes, values and dynamic dimensions; drop paths, line numbers and local versions. In place.

    `output_names` are those of the graph's outputs in order (empty: as they are); `dims` maps a symbol of the
    exporter to the name of the dimension.
    """
    model.producer_version = ""
    model.doc_string = None
    model.metadata_props.clear()
    _clear(model.graph)
    _name_dims(model, dims)
    if output_names:
        _name_values(model.graph, output_names)


def _clear(graph: ir.Graph) -> None:
    graph.name = "main_graph"
    graph.doc_string = None
    graph.metadata_props.clear()
    for value in (*graph.inputs, *graph.initializers.values()):
        value.metadata_props.clear()
        value.doc_string = None
    for node in graph.all_nodes():
        namespace = node.metadata_props.get("namespace", "")
        node.metadata_props.clear()
        if namespace and not namespace.startswith(NO_MODULE):
            node.metadata_props["namespace"] = _below_root(namespace)
        node.doc_string = None
        for value in node.outputs:
            value.metadata_props.clear()
            value.doc_string = None


def _below_root(namespace: str) -> str:
    """Without the model itself, which is the same for all nodes, and without the overload of the operator."""
    root, _, rest = namespace.partition("/")
    return (rest if root.startswith(": ") else namespace).removesuffix(".default")


def _name_dims(model: ir.Model, dims: Mapping[str, str]) -> None:
    if not dims:
        return
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, dims)) + r")\b")
    values = [*model.graph.inputs, *(o for node in model.graph.all_nodes() for o in node.outputs)]
    for value in values:
        if value.shape is not None:
            value.shape = ir.Shape([_named(dim, pattern, dims) for dim in value.shape])


def _named(dim: int | ir.SymbolicDim, pattern: re.Pattern[str], dims: Mapping[str, str]) -> int | str | None:
    if isinstance(dim, int):
        return dim
    return None if dim.value is None else pattern.sub(lambda found: dims[found.group(1)], dim.value)


def _name_values(graph: ir.Graph, output_names: Sequence[str]) -> None:
    """A node is named by its module and operator; values are numbered, as each name stands in many places."""
    taken = Counter(value.name for value in (*graph.inputs, *graph.initializers.values()))
    _name_constants(graph, taken)
    numbers = count()
    for node in graph.all_nodes():
        node.name = _fresh(f"{_module_path(node)}{node.op_type}", taken)
        for value in node.outputs:
            value.name = _fresh(f"v{next(numbers)}", taken)
    for value, name in zip(graph.outputs, output_names, strict=False):
        value.name = _fresh(name, taken)


def _name_constants(graph: ir.Graph, taken: Counter[str | None]) -> None:
    for old, value in list(graph.initializers.items()):
        if value.const_value is not None and value.is_initializer() and re.fullmatch(r"val_\d+", old):
            taken[old] -= 1
            value.name = _fresh("constant", taken)


def _fresh(name: str, taken: Counter[str | None]) -> str:
    taken[name] += 1
    while taken[name] > 1:
        candidate = f"{name}#{taken[name]}"
        if not taken[candidate]:
            taken[candidate] = 1
            return candidate
        taken[name] += 1
    return name


def _module_path(node: ir.Node) -> str:
    parts = node.metadata_props.get("namespace", "").split("/")[:-1]
    path = parts[-1].partition(": ")[0] if parts else ""
    return f"{path}/" if path else ""
