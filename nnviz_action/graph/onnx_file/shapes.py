"""Shapes that torch did not give: by ONNX's inference, and by rules for what it lacks.

That are three for dynamic dimensions, and those for operators that ONNX Runtime fuses.
"""

from collections import Counter
from collections.abc import Iterator
from math import prod

import onnx
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, ValueInfoProto

from nnviz_action.graph.onnx_file.dims import dims_of, is_full, is_named, set_dim
from nnviz_action.graph.onnx_file.fused import fill_fused
from nnviz_action.graph.onnx_file.metadata import gives_weight
from nnviz_action.graph.onnx_file.named_shapes import fill_named
from nnviz_action.graph.onnx_file.schema import opset_of
from nnviz_action.graph.values import ONNX

MOST_ROUNDS = 200  # each finds something, most in a file of fused layers, a few for each of them


def fill_shapes(proto: ModelProto, named: bool = False) -> None:
    """Complete the `value_info` of the graph and of all bodies, in place; what is known is kept.

    `named` follows names of dimensions where inference does not: torch's exporter has done so already.
    """
    if proto.ByteSize() > 2**31 - 1:
        return  # more than a protobuf can carry to the inference: kept weights
    for _ in range(MOST_ROUNDS):
        inferred = onnx.shape_inference.infer_shapes(proto, data_prop=True)
        _merge(proto.graph, inferred.graph)
        found = [_apply_rules(graph) for graph in graphs(proto.graph)]
        found += [fill_fused(proto.graph, opset_of(proto), {})]
        found += [named and fill_named(proto.graph, {}, {})]
        if named:
            _forget_unknown(proto.graph)
        if not any(found):
            return


def _forget_unknown(graph: GraphProto) -> None:
    """Names that inference made up go: it would keep them, whatever it learns."""
    for inner in graphs(graph):
        for info in (*inner.value_info, *inner.output):
            for dim in info.type.tensor_type.shape.dim:
                if dim.dim_param and not is_named(dim.dim_param):
                    dim.Clear()


def graphs(graph: GraphProto) -> Iterator[GraphProto]:
    """A graph and all of its bodies."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield from graphs(attribute.g)


def _merge(graph: GraphProto, inferred: GraphProto) -> None:
    known = {info.name: info for info in graph.value_info if is_full(info)}
    merged = {info.name: info for info in inferred.value_info} | known
    shown = {name for node in graph.node if not gives_weight(node) for name in node.output}
    shown -= {o.name for o in graph.output}
    ordered = [merged[n] for node in graph.node for n in node.output if n in shown and n in merged]
    copies = [ValueInfoProto.FromString(info.SerializeToString()) for info in ordered]
    del graph.value_info[:]
    graph.value_info.extend(copies)
    for mine, other in zip(graph.output, inferred.output, strict=True):
        if mine.name == other.name and not is_full(mine):
            mine.type.CopyFrom(other.type)
    for ours, theirs in zip(graph.node, inferred.node, strict=True):
        for one, two in zip(ours.attribute, theirs.attribute, strict=True):
            if one.type == AttributeProto.GRAPH:
                _merge(one.g, two.g)


def _apply_rules(graph: GraphProto) -> bool:
    """One pass of the rules; whether any of them found something."""
    infos = {info.name: info for info in (*graph.value_info, *graph.input, *graph.output)}
    found = False
    for node in graph.node:
        if node.domain not in ONNX or not node.output:
            continue
        if node.op_type == "Loop":
            found |= _loop(node, infos)
        rule = {"Reshape": _reshape, "Transpose": _transpose}.get(node.op_type)
        before, after = infos.get(node.input[0]) if node.input else None, infos.get(node.output[0])
        if rule and before is not None and after is not None:
            found |= rule(node, before, after)
    return found


def _loop(node: NodeProto, infos: dict[str, ValueInfoProto]) -> bool:
    """A value that each round of a loop leaves in the shape it began with has that shape at the end."""
    body = next(a.g for a in node.attribute if a.name == "body")
    found = False
    for before, inside, name in zip(node.input[2:], body.output[1:], node.output, strict=False):
        first, after = infos.get(before), infos.get(name)
        known = first is not None and is_full(first) and dims_of(first) == dims_of(inside)
        if known and first is not None and after is not None and not is_full(after):
            after.type.CopyFrom(first.type)
            found = True
    return found


def _reshape(_: NodeProto, before: ValueInfoProto, after: ValueInfoProto) -> bool:
    """The one dimension that is not known is what is left of the number of elements."""
    result = dims_of(after)
    if not is_full(before) or result.count(None) != 1:
        return False
    names = Counter(d for d in dims_of(before) if isinstance(d, str))
    names.subtract(d for d in result if isinstance(d, str))
    size = prod(d for d in dims_of(before) if isinstance(d, int))
    rest = prod(d for d in result if isinstance(d, int))
    left = list(names.elements())
    if min(names.values(), default=0) < 0 or not rest or size % rest or len(left) > 1:
        return False
    factor = size // rest
    field = after.type.tensor_type.shape.dim[result.index(None)]
    set_dim(field, factor if not left else left[0] if factor == 1 else f"{factor}*{left[0]}")
    return True


def _transpose(node: NodeProto, before: ValueInfoProto, after: ValueInfoProto) -> bool:
    """What is known on one side of a transposition is known on the other."""
    order = next((list(a.ints) for a in node.attribute if a.name == "perm"), None)
    one, other = dims_of(before), dims_of(after)
    if order is None or len(one) != len(order) or len(other) != len(order):
        return False
    found = False
    for to, origin in enumerate(order):
        source, target = one[origin], other[to]
        if source is None and target is not None:
            set_dim(before.type.tensor_type.shape.dim[origin], target)
        elif target is None and source is not None:
            set_dim(after.type.tensor_type.shape.dim[to], source)
        found |= (source is None) != (target is None)
    return found
