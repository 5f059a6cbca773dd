"""Assignments: to names, attributes, items, and several at once."""

import ast
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk import attributes
from nnviz_action.setup.init.walk.operators import MOST_JOINED, binary, iterate
from nnviz_action.setup.init.walk.values import UNKNOWN, Method, Stack, Tensor

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine, Scope


def assign(machine: "Machine", scope: "Scope", target: ast.expr, value: Any) -> None:
    """`target = value`."""
    match target:
        case ast.Name(id=name):
            scope.names[name] = value
        case ast.Attribute(value=owner, attr=name):
            attributes.put(machine, machine.evaluate(scope, owner), name, value)
        case ast.Subscript(value=owner, slice=key):
            _put_item(machine.evaluate(scope, owner), machine.evaluate(scope, key), value)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            for child, item in zip(targets, _unpacked(machine, targets, value), strict=False):
                assign(machine, scope, child.value if isinstance(child, ast.Starred) else child, item)


def _unpacked(machine: "Machine", targets: list[ast.expr], value: Any) -> list[Any]:
    star = next((i for i, child in enumerate(targets) if isinstance(child, ast.Starred)), None)
    if isinstance(value, Method) and value.name == "shape" and isinstance(value.owner, Tensor):
        if star is None and value.owner.shape is None and value.owner.origin:
            value.owner.roles = tuple(t.id if isinstance(t, ast.Name) else "_" for t in targets)
        value = attributes.shape_of(machine, value.owner, len(targets) if star is None else None)
    if isinstance(value, Tensor) and value.shape:
        value = [Tensor(value.shape[1:], value.dtype) for _ in targets]
    items = iterate(value)
    if items is None:
        return [UNKNOWN] * len(targets)
    if star is None:
        return [*items, *[UNKNOWN] * (len(targets) - len(items))]
    after = len(targets) - star - 1
    return [*items[:star], items[star : len(items) - after], *items[len(items) - after :]]


def _put_item(owner: Any, key: Any, value: Any) -> None:
    if isinstance(owner, dict) and isinstance(key, (str, int, float)):
        owner[key] = value
    elif isinstance(owner, (list, Stack)) and isinstance(key, int):
        items = owner.items if isinstance(owner, Stack) else owner
        if -len(items) <= key < len(items):
            items[key] = value
    elif isinstance(owner, Stack) and isinstance(key, str) and owner.keys is not None:
        owner.keys.append(key)
        owner.items.append(value)


def _settle_starred(machine: "Machine", scope: "Scope", node: ast.Assign) -> None:
    """`b, n, device = *x.shape, x.device` tells how many dimensions x has."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            starred = [v.value for v in values if isinstance(v, ast.Starred)]
            shape = machine.evaluate(scope, starred[0]) if len(starred) == 1 else None
            if isinstance(shape, Method) and shape.name == "shape" and isinstance(shape.owner, Tensor):
                attributes.shape_of(machine, shape.owner, len(names) - len(values) + 1)


def plain(machine: "Machine", scope: "Scope", node: ast.Assign) -> None:
    """`a = b = value`."""
    _settle_starred(machine, scope, node)
    value = machine.evaluate(scope, node.value)
    for target in node.targets:
        assign(machine, scope, target, value)


def annotated(machine: "Machine", scope: "Scope", node: ast.AnnAssign) -> None:
    """`a: int = value`."""
    if node.value is not None:
        assign(machine, scope, node.target, machine.evaluate(scope, node.value))


def augmented(machine: "Machine", scope: "Scope", node: ast.AugAssign) -> None:
    """`a += value`."""
    left = machine.evaluate(scope, node.target)
    right = machine.evaluate(scope, node.value)
    if isinstance(left, list) and isinstance(right, (list, tuple)) and len(left) + len(right) <= MOST_JOINED:
        left.extend(right)
    else:
        assign(machine, scope, node.target, binary(machine, type(node.op), left, right))
