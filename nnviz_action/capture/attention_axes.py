"""Attention over more than four axes, which ONNX has no operator for: the leading ones become one."""

from collections.abc import Sequence

import torch
from torch.fx import Node

ATTENTION = torch.ops.aten.scaled_dot_product_attention.default
AXES = 4  # of query, key and value that the exporter takes


def flatten_attention(nodes: Sequence[Node]) -> bool:
    """Reshape what goes into each such attention, and back what comes out of it; False where there is none.

    One stays as it is in which any other axis than the first has a name, the leading axes of query, key and value
    differ, or the mask has other than two axes.
    """
    found = [node for node in nodes if node.op == "call_function" and node.target is ATTENTION and _can_be_flat(node)]
    for node in found:
        _flatten(node)
    return bool(found)


def _can_be_flat(node: Node) -> bool:
    operands = [arg for arg in (*node.args, *node.kwargs.values()) if isinstance(arg, Node)]
    shapes = [arg.meta["val"].shape for arg in operands]
    plain = all(isinstance(size, int) for shape in shapes for size in shape[1:])
    leading = {tuple(map(str, shape[: 1 - AXES])) for shape in shapes[:3]}
    wide = all(len(shape) > AXES for shape in shapes[:3])
    return plain and wide and len(leading) == 1 and all(len(shape) == 2 for shape in shapes[3:])


def _flatten(node: Node) -> None:
    shape = list(node.meta["val"].shape)
    for place in range(3):
        taken = node.args[place]
        assert isinstance(taken, Node)
        with node.graph.inserting_before(node):
            node.update_arg(place, _reshape(node, taken, [-1, *taken.meta["val"].shape[1 - AXES :]]))
    users = list(node.users)
    node.meta["val"] = node.meta["val"].reshape([-1, *shape[1 - AXES :]])
    with node.graph.inserting_after(node):
        whole = _reshape(node, node, [-1, *shape[1:]])
    for user in users:
        user.replace_input_with(node, whole)


def _reshape(beside: Node, taken: Node, shape: list[int]) -> Node:
    """A node that gives a value another shape, in the module of the node beside it."""
    found = beside.graph.call_function(torch.ops.aten.reshape.default, (taken, shape))
    found.meta = {**beside.meta, "val": taken.meta["val"].reshape(shape)}
    return found
