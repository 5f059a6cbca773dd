"""A place in the code: a statement, in the bodies around it."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnviz_action.setup.init.modules import Function, FunctionNode, Module

Chain = list[tuple[Sequence[ast.stmt], int]]  # bodies from the outside in, each with the number of the statement


@dataclass(frozen=True)
class Place:
    """Where a statement stands; `function` is None at the top level of the module."""

    module: Module
    function: Function | None
    chain: Chain

    @staticmethod
    def assigned(method: Function, name: str) -> Iterator[tuple["Place", ast.expr]]:
        """The places in a method where `self.name` is set, and to what."""
        for place, statement in places(method.module, method, method.node.body):
            if isinstance(statement, ast.Assign) and any(name in names_bound(t) for t in statement.targets):
                yield place, statement.value


def places(
    module: Module, function: Function | None, body: Sequence[ast.stmt], chain: Chain | None = None
) -> Iterator[tuple[Place, ast.stmt]]:
    """All statements of a body, those in branches and loops too; not those of definitions."""
    for at, statement in enumerate(body):
        here = [*(chain or []), (body, at)]
        yield Place(module, function, here), statement
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for part in ("body", "orelse", "finalbody"):
                inner = getattr(statement, part, None)
                if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
                    yield from places(module, function, inner, here)


def expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement, without those of statements in it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [c for c in ast.iter_child_nodes(node) if not isinstance(c, (ast.stmt, ast.ExceptHandler))]


def names_bound(target: ast.AST) -> set[str]:
    """The names that an assignment to this sets or changes; `self.name` is one."""
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        return {f"self.{target.attr}"}
    if isinstance(target, ast.Name):
        return {target.id}
    if isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
        return names_bound(target.value)
    if isinstance(target, (ast.Tuple, ast.List)):
        return set().union(*map(names_bound, target.elts)) if target.elts else set()
    return set()


def parameter_default(node: FunctionNode, name: str) -> ast.expr | None:
    """What a parameter is where nobody gives it."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args]
    with_default = zip(named[len(named) - len(arguments.defaults) :], arguments.defaults, strict=True)
    keywords = ((a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None)
    return next((default for a, default in (*with_default, *keywords) if a.arg == name), None)


def parametrized(node: FunctionNode, name: str) -> ast.expr | None:
    """The first value that `@pytest.mark.parametrize` gives a parameter."""
    for mark in node.decorator_list:
        match mark:
            case ast.Call(
                func=ast.Attribute(attr="parametrize"), args=[names, ast.List(elts=rows) | ast.Tuple(elts=rows), *_]
            ):
                keys = _keys(names)
                if name in keys and rows:
                    row = rows[0].elts if len(keys) > 1 and isinstance(rows[0], (ast.Tuple, ast.List)) else rows[:1]
                    return row[keys.index(name)] if len(row) == len(keys) else None
    return None


def _keys(names: ast.expr) -> list[str]:
    if isinstance(names, ast.Constant) and isinstance(names.value, str):
        return names.value.replace(",", " ").split()
    return [str(getattr(n, "value", "")) for n in getattr(names, "elts", ())]
