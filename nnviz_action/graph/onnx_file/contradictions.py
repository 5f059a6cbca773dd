"""Shapes in a file that cannot all be true: told, as no picture shows them."""

import re
from collections.abc import Iterator
from contextlib import suppress

import onnx
from onnx import ModelProto

from nnviz_action.graph.onnx_file.read import UNREADABLE, graph_of
from nnviz_action.graph.values import ONNX, Graph

MOST = 3  # contradictions that are told one by one
LONGEST = 200  # characters of one
_WHERE = re.compile(r"\(op_type:([^,)]+)(?:, node name: ([^)]*))?\): ")
_CLASS = re.compile(r"\[\w+Error\] (?:Inference error\(s\): )?")


def contradictions(model: ModelProto) -> list[str]:
    """One note for each place in which shapes contradict each other, as ONNX's inference words it; few in all."""
    found = [*_of_inference(model)]
    with suppress(*UNREADABLE):  # who reads it will say so
        found += _of_channels(graph_of(model))
    found = list(dict.fromkeys(found))
    told = [f"its shapes contradict each other at {text[:LONGEST]}" for text in found[:MOST]]
    return [*told, *([f"{len(found) - MOST} more contradictions of this kind"] if len(found) > MOST else [])]


def _of_inference(model: ModelProto) -> Iterator[str]:
    if model.ByteSize() > 2**31 - 1:
        return
    try:
        onnx.shape_inference.infer_shapes(model, strict_mode=True)  # as the checker does
    except onnx.shape_inference.InferenceError as error:
        lines = (_CLASS.sub("", line) for line in str(error).splitlines())
        yield from (_worded(line) for line in lines if line.strip() and _is_told(line))
    except (ValueError, RuntimeError):
        return  # no word on shapes


def _is_told(line: str) -> bool:
    """Whether it is about shapes or types, rather than about something that inference itself cannot do."""
    return bool(_WHERE.match(line)) and "must be specified for a Constant" not in line


def _worded(line: str) -> str:
    """`Relu 'act': inferred shape and existing shape differ in rank: (2) vs (3)`, of the innermost operator."""
    operator, name = _WHERE.findall(line)[-1]
    text = line[[found.end() for found in _WHERE.finditer(line)][-1] :]
    return f"{operator}{f' {name!r}' if name else ''}: {text[:1].lower()}{text[1:]}".rstrip()


def _of_channels(graph: Graph) -> Iterator[str]:
    """Of convolutions, which inference does not ask for their channels."""
    for node in graph.nodes:
        for _, body in node.bodies:
            yield from _of_channels(body)
        if node.op == "Conv" and node.domain in ONNX:
            given, weight = (_shape(graph, node.input(place)) for place in (0, 1))
            groups = dict(node.attributes).get("group", 1)
            ours = (given[1:2], weight[1:2])
            if all(isinstance(size, int) for sizes in ours for size in (*sizes, groups)) and all(ours):
                wanted = int(weight[1] or 0) * int(str(groups))
                if given[1] != wanted:
                    name = f" {node.name!r}" if node.name else ""
                    yield f"Conv{name}: {given[1]} channels come in, its weight is for {wanted}"


def _shape(graph: Graph, name: str) -> tuple[int | str | None, ...]:
    found = graph.types.get(name)
    return (found.shape or ()) if found else ()
