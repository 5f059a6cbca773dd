"""Who calls the functions of a repository, and with what."""

import ast
from collections.abc import Iterator

from nnviz_action.setup.init.index import Index
from nnviz_action.setup.init.modules import Class, Function, Module
from nnviz_action.setup.init.place import Place, expressions, places

MOST = 4


class Callers:
    """All calls of functions and classes of the repository, by what is called."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._calls: dict[int, list[tuple[Place, ast.Call]]] = {}
        for module in index.modules:
            for place, call in calls_in(module):
                found = index.named(module, call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else None
                if isinstance(found, (Class, Function)):
                    self._calls.setdefault(id(found), []).append((place, call))

    def of(self, found: Class | Function) -> list[tuple[Place, ast.Call]]:
        """The calls of one."""
        return self._calls.get(id(found), [])

    def arguments(self, function: Function, name: str) -> Iterator[tuple[Place, ast.expr]]:
        """What is given to a parameter; to one of `__init__`, where the class is called."""
        made = function.owner is not None
        calls = (
            self.of(function.owner)
            if function.owner is not None and function.name == "__init__"
            else self.of(function)
        )
        names = function.parameters[made:]
        for place, call in calls[:MOST]:
            if place.function is function:
                continue
            given = dict(zip(names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
            if name in given and not isinstance(given[name], ast.Starred):
                yield place, given[name]


def calls_in(module: Module) -> Iterator[tuple[Place, ast.Call]]:
    """All calls in a module's statements, functions and methods, with their places."""
    for place, statement in statements_in(module):
        for node in expressions(statement):
            if isinstance(node, ast.Call):
                yield place, node


def statements_in(module: Module) -> Iterator[tuple[Place, ast.stmt]]:
    """All statements but those of nested definitions, with their places."""
    yield from places(module, None, module.tree.body)
    for statement in module.tree.body:
        yield from _of_definition(module, statement, None)
        if isinstance(statement, ast.If):
            for inner in statement.body:
                yield from _of_definition(module, inner, None)


def _of_definition(module: Module, statement: ast.stmt, owner: Class | None) -> Iterator[tuple[Place, ast.stmt]]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        bound = owner.methods.get(statement.name) if owner else module.names.get(statement.name)
        function = bound if isinstance(bound, Function) and bound.node is statement else None
        function = function or Function(statement.name, statement, module, owner)
        yield from places(module, function, statement.body)
    elif isinstance(statement, ast.ClassDef) and owner is None:
        found = module.names.get(statement.name)
        class_ = found if isinstance(found, Class) else Class(statement.name, statement, module)
        for inner in statement.body:
            yield from _of_definition(module, inner, class_)
