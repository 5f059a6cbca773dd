"""Expressions."""

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk import attributes
from nnviz_action.setup.init.walk.assignments import assign
from nnviz_action.setup.init.walk.modules import Function
from nnviz_action.setup.init.walk.operators import PLAIN, binary, compared, iterate, truth
from nnviz_action.setup.init.walk.values import UNKNOWN, Tensor

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine, Scope


def evaluate(machine: "Machine", scope: "Scope", node: ast.expr) -> Any:
    """The value, `UNKNOWN` where nothing tells."""
    machine.tick()
    handler = _HANDLERS.get(type(node))
    return UNKNOWN if handler is None else handler(machine, scope, node)


def _name(machine: "Machine", scope: "Scope", node: ast.Name) -> Any:
    return machine.name(scope, node.id)


def _constant(_: "Machine", __: "Scope", node: ast.Constant) -> Any:
    return node.value if isinstance(node.value, PLAIN) else UNKNOWN


def _attribute(machine: "Machine", scope: "Scope", node: ast.Attribute) -> Any:
    return attributes.get(machine, machine.evaluate(scope, node.value), node.attr)


def _call(machine: "Machine", scope: "Scope", node: ast.Call) -> Any:
    if isinstance(node.func, ast.Name) and node.func.id == "super":
        return attributes.super_of(scope)
    what = machine.evaluate(scope, node.func)
    args = list(_items(machine, scope, node.args))
    kwargs: dict[str, Any] = {}
    for keyword in node.keywords:
        value = machine.evaluate(scope, keyword.value)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value, dict):
            kwargs.update({k: v for k, v in value.items() if isinstance(k, str)})
    machine.place = f"{scope.module.path}:{node.lineno}"
    return machine.call(what, args, kwargs)


def _items(machine: "Machine", scope: "Scope", nodes: Iterable[ast.expr]) -> Iterator[Any]:
    for node in nodes:
        value = machine.evaluate(scope, node.value if isinstance(node, ast.Starred) else node)
        if isinstance(node, ast.Starred):
            yield from iterate(attributes.sizes(machine, value)) or ()
        else:
            yield value


def _tuple(machine: "Machine", scope: "Scope", node: ast.Tuple) -> Any:
    return tuple(_items(machine, scope, node.elts))


def _list(machine: "Machine", scope: "Scope", node: ast.List | ast.Set) -> Any:
    return list(_items(machine, scope, node.elts))


def _dict(machine: "Machine", scope: "Scope", node: ast.Dict) -> Any:
    found: dict[Any, Any] = {}
    for key, child in zip(node.keys, node.values, strict=True):
        value = machine.evaluate(scope, child)
        if key is None:
            found.update(value if isinstance(value, dict) else {})
            continue
        name = machine.evaluate(scope, key)
        if isinstance(name, (str, int, float, bool)):
            found[name] = value
    return found


def _binary(machine: "Machine", scope: "Scope", node: ast.BinOp) -> Any:
    left, right = machine.evaluate(scope, node.left), machine.evaluate(scope, node.right)
    return binary(machine, type(node.op), left, right)


def _unary(machine: "Machine", scope: "Scope", node: ast.UnaryOp) -> Any:
    value = machine.evaluate(scope, node.operand)
    if isinstance(value, Tensor):
        return value
    if isinstance(node.op, ast.Not):
        known = truth(value)
        return UNKNOWN if known is None else not known
    if isinstance(value, (int, float)) and isinstance(node.op, ast.USub):
        return -value
    return UNKNOWN


def _boolean(machine: "Machine", scope: "Scope", node: ast.BoolOp) -> Any:
    stops = isinstance(node.op, ast.Or)
    value: Any = UNKNOWN
    unsure = False
    for child in node.values:
        value = machine.evaluate(scope, child)
        known = truth(value)
        unsure = unsure or known is None
        if known is stops:
            return value
    return UNKNOWN if unsure else value


def _compare(machine: "Machine", scope: "Scope", node: ast.Compare) -> Any:
    left = machine.evaluate(scope, node.left)
    result: Any = True
    for kind, child in zip(node.ops, node.comparators, strict=True):
        right = machine.evaluate(scope, child)
        result = compared(type(kind), left, right)
        if result is not True:
            return result
        left = right
    return result


def _choice(machine: "Machine", scope: "Scope", node: ast.IfExp) -> Any:
    known = truth(machine.evaluate(scope, node.test))
    if known is not None:
        return machine.evaluate(scope, node.body if known else node.orelse)
    first, second = machine.evaluate(scope, node.body), machine.evaluate(scope, node.orelse)
    return second if first is UNKNOWN or first is None else first


def _subscript(machine: "Machine", scope: "Scope", node: ast.Subscript) -> Any:
    value = machine.evaluate(scope, node.value)
    if isinstance(value, Tensor):
        return attributes.sliced(machine, scope, value, node.slice)
    if isinstance(node.slice, ast.Slice):
        bounds = [n and machine.evaluate(scope, n) for n in (node.slice.lower, node.slice.upper, node.slice.step)]
        if any(b is not None and not isinstance(b, int) for b in bounds) or bounds[2] == 0:
            return UNKNOWN
        return attributes.part(machine, value, slice(*bounds))
    return attributes.item(machine, value, machine.evaluate(scope, node.slice))


def _text(machine: "Machine", scope: "Scope", node: ast.JoinedStr) -> Any:
    parts = []
    for child in node.values:
        value = machine.evaluate(scope, child.value if isinstance(child, ast.FormattedValue) else child)
        if not isinstance(value, (str, int)):
            return UNKNOWN
        parts.append(str(value))
    return "".join(parts)


def _comprehension(machine: "Machine", scope: "Scope", node: ast.ListComp | ast.GeneratorExp) -> Any:
    found: list[Any] = []
    known = _generate(machine, scope, node.generators, lambda inner: found.append(machine.evaluate(inner, node.elt)))
    return found if known else UNKNOWN


def _dict_comprehension(machine: "Machine", scope: "Scope", node: ast.DictComp) -> Any:
    found: dict[Any, Any] = {}

    def add(inner: "Scope") -> None:
        key = machine.evaluate(inner, node.key)
        if isinstance(key, (str, int)):
            found[key] = machine.evaluate(inner, node.value)

    return found if _generate(machine, scope, node.generators, add) else UNKNOWN


def _generate(
    machine: "Machine", scope: "Scope", levels: list[ast.comprehension], emit: Callable[["Scope"], None]
) -> bool:
    """Whether all that is gone through is known."""
    from nnviz_action.setup.init.walk.machine import Scope as NewScope  # noqa: PLC0415

    if not levels:
        emit(scope)
        return True
    items = iterate(machine.evaluate(scope, levels[0].iter))
    if items is None:
        return False
    for item in items:
        inner = NewScope(scope.module, {}, scope, scope.owner, scope.me)
        assign(machine, inner, levels[0].target, item)
        if all(truth(machine.evaluate(inner, test)) is not False for test in levels[0].ifs) and not _generate(
            machine, inner, levels[1:], emit
        ):
            return False
    return True


def _lambda(_: "Machine", scope: "Scope", node: ast.Lambda) -> Any:
    return Function("<lambda>", node, scope.module, scope.owner, scope)


def _walrus(machine: "Machine", scope: "Scope", node: ast.NamedExpr) -> Any:
    value = machine.evaluate(scope, node.value)
    scope.names[node.target.id] = value
    return value


_HANDLERS: dict[type[ast.expr], Callable[["Machine", "Scope", Any], Any]] = {
    ast.Name: _name, ast.Constant: _constant, ast.Attribute: _attribute, ast.Call: _call, ast.Tuple: _tuple,
    ast.List: _list, ast.Set: _list, ast.Dict: _dict, ast.BinOp: _binary, ast.UnaryOp: _unary, ast.BoolOp: _boolean,
    ast.Compare: _compare, ast.IfExp: _choice, ast.Subscript: _subscript, ast.JoinedStr: _text,
    ast.ListComp: _comprehension, ast.GeneratorExp: _comprehension, ast.DictComp: _dict_comprehension,
    ast.Lambda: _lambda, ast.NamedExpr: _walrus,
}  # fmt: skip
