"""Statements, and functions."""

import ast
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk import assignments
from nnviz_action.setup.init.walk.modules import Class, Function, Import, imports
from nnviz_action.setup.init.walk.operators import iterate, truth
from nnviz_action.setup.init.walk.values import UNKNOWN, External

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine, Scope

MOST_ROUNDS = 128


class End(Enum):
    """How a body ended, other than by its last statement."""

    RETURN, BREAK, CONTINUE, RAISE = range(4)


def run(machine: "Machine", scope: "Scope", body: Sequence[ast.stmt]) -> End | None:
    """Go through statements; what they return is in the scope under `return`."""
    for statement in body:
        machine.tick()
        handler = _HANDLERS.get(type(statement))
        end: End | None = handler(machine, scope, statement) if handler is not None else None
        if end is not None:
            return end
    return None


def function(machine: "Machine", called: Function, args: Sequence[Any], kwargs: Mapping[str, Any], me: Any) -> Any:
    """What a call of a function gives; `me` is what it was looked up on."""
    from nnviz_action.setup.init.walk.machine import Scope as NewScope  # noqa: PLC0415

    outer = called.scope if called.scope is not None else None
    scope = NewScope(called.module, {}, outer, called.owner, me)  # type: ignore[arg-type]
    own = [me, *args] if me is not None else list(args)
    scope.names.update(bound(machine, called, own, kwargs))
    if isinstance(called.node, ast.Lambda):
        return machine.evaluate(scope, called.node.body)
    end = run(machine, scope, called.node.body)
    if end is End.RAISE and not machine.unsure:
        machine.refuse("the code raises an error")
    return scope.names.get("return", None if end is None else UNKNOWN)


def bound(machine: "Machine", called: Function, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a function by name; what is not given is its default, or unknown."""
    parameters = called.node.args
    positional = [*parameters.posonlyargs, *parameters.args]
    names = [p.arg for p in positional]
    found: dict[str, Any] = {p.arg: UNKNOWN for p in (*positional, *parameters.kwonlyargs)}
    found |= defaults(machine, called)
    found |= dict(zip(names, args, strict=False))
    known = set(found)
    found |= {name: value for name, value in kwargs.items() if name in known}
    if parameters.vararg:
        found[parameters.vararg.arg] = tuple(args[len(names) :])
    if parameters.kwarg:
        found[parameters.kwarg.arg] = {name: value for name, value in kwargs.items() if name not in known}
    return found


def defaults(machine: "Machine", called: Function) -> dict[str, Any]:
    """The defaults of a function's parameters."""
    parameters = called.node.args
    positional = [*parameters.posonlyargs, *parameters.args]
    with_default = positional[len(positional) - len(parameters.defaults) :]
    pairs = [*zip(with_default, parameters.defaults, strict=True)]
    pairs += [(p, d) for p, d in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if d is not None]
    scope = machine.scope(called.module)
    return {parameter.arg: machine.evaluate(scope, default) for parameter, default in pairs}


def _expression(machine: "Machine", scope: "Scope", node: ast.Expr) -> None:
    machine.evaluate(scope, node.value)


def _return(machine: "Machine", scope: "Scope", node: ast.Return) -> End | None:
    value = None if node.value is None else machine.evaluate(scope, node.value)
    if value is not UNKNOWN or "return" not in scope.names:
        scope.names["return"] = value
    return End.RETURN


def _if(machine: "Machine", scope: "Scope", node: ast.If) -> End | None:
    known = truth(machine.evaluate(scope, node.test))
    if known is not None:
        return run(machine, scope, node.body if known else node.orelse)
    ends = [_maybe(machine, scope, body) for body in (node.body, node.orelse)]
    return ends[0] if ends[0] is not None and ends[0] is ends[1] else None


def _maybe(machine: "Machine", scope: "Scope", body: Sequence[ast.stmt]) -> End | None:
    """A body of which it is not known whether the code gets there."""
    machine.unsure += 1
    try:
        return run(machine, scope, body)
    finally:
        machine.unsure -= 1


def _for(machine: "Machine", scope: "Scope", node: ast.For) -> End | None:
    items = iterate(machine.evaluate(scope, node.iter))
    if items is None:
        assignments.assign(machine, scope, node.target, UNKNOWN)
        end = _maybe(machine, scope, node.body)
        return None if end is not None else run(machine, scope, node.orelse)
    for item in items[:MOST_ROUNDS]:
        assignments.assign(machine, scope, node.target, item)
        end = run(machine, scope, node.body)
        if end is End.BREAK:
            return None
        if end in (End.RETURN, End.RAISE):
            return end
    return run(machine, scope, node.orelse)


def _while(machine: "Machine", scope: "Scope", node: ast.While) -> End | None:
    for _ in range(MOST_ROUNDS):
        known = truth(machine.evaluate(scope, node.test))
        if known is False:
            return None
        if known is None or isinstance(node.test, ast.Constant):
            _maybe(machine, scope, node.body)
            return None
        end = run(machine, scope, node.body)
        if end in (End.RETURN, End.RAISE):
            return end
        if end is End.BREAK:
            return None
    return None


def _with(machine: "Machine", scope: "Scope", node: ast.With) -> End | None:
    for item in node.items:
        value = machine.evaluate(scope, item.context_expr)
        if item.optional_vars is not None:
            assignments.assign(machine, scope, item.optional_vars, value)
    return run(machine, scope, node.body)


def _try(machine: "Machine", scope: "Scope", node: ast.Try) -> End | None:
    end = _maybe(machine, scope, node.body)
    if end is End.RAISE:
        end = None
        for handler in node.handlers[:1]:
            end = _maybe(machine, scope, handler.body)
    end = end or run(machine, scope, node.orelse)
    return run(machine, scope, node.finalbody) or end


def _raise(*_: object) -> End:
    return End.RAISE


def _assert(machine: "Machine", scope: "Scope", node: ast.Assert) -> None:
    if truth(machine.evaluate(scope, node.test)) is False:
        machine.refuse(f"`{ast.unparse(node.test)}` does not hold")


def _define(_: "Machine", scope: "Scope", node: ast.FunctionDef) -> None:
    scope.names[node.name] = Function(node.name, node, scope.module, scope.owner, scope)


def _class(machine: "Machine", scope: "Scope", node: ast.ClassDef) -> None:
    scope.names[node.name] = Class(node.name, node, scope.module)


def _import(machine: "Machine", scope: "Scope", node: ast.Import | ast.ImportFrom) -> None:
    stars = len(scope.module.stars)
    for name, found in imports(node, scope.module).items():
        scope.names[name] = _imported(machine, scope, found)
    del scope.module.stars[max(stars, 50) :]


def _imported(machine: "Machine", scope: "Scope", found: Import) -> Any:
    value, where = machine.index.resolve(found.dotted)
    if isinstance(value, ast.expr):
        return machine.constant(where, found.dotted.rpartition(".")[2])
    return External(found.dotted) if value is None else value


_HANDLERS: dict[type[ast.stmt], Any] = {
    ast.Assign: assignments.plain, ast.AnnAssign: assignments.annotated, ast.AugAssign: assignments.augmented,
    ast.Expr: _expression, ast.Return: _return, ast.If: _if, ast.For: _for, ast.AsyncFor: _for, ast.While: _while,
    ast.With: _with, ast.AsyncWith: _with, ast.Try: _try, ast.Raise: _raise, ast.Assert: _assert,
    ast.FunctionDef: _define, ast.ClassDef: _class, ast.Import: _import, ast.ImportFrom: _import,
    ast.Break: lambda *_: End.BREAK, ast.Continue: lambda *_: End.CONTINUE,
}  # fmt: skip
