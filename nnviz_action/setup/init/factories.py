"""Functions of the repository that make a model, such as `resnet18()`."""

import ast

from nnviz_action.setup.init.index import Index
from nnviz_action.setup.init.modules import Class, Function
from nnviz_action.setup.init.place import names_bound, parameter_default

MOST_STATEMENTS = 60  # of a function that makes a model and does nothing else
_ROUNDS = 4  # factories that call factories


class Factories:
    """Which class the functions of a repository give a model of."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._made: dict[int, Class] = {}
        functions = [f for f in index.functions() if _may_make(f)]
        for _ in range(_ROUNDS):
            before = len(self._made)
            for function in functions:
                if id(function) not in self._made and (class_ := self._class_of(function)) is not None:
                    self._made[id(function)] = class_
            if len(self._made) == before:
                break
        self._functions = [f for f in functions if id(f) in self._made]

    def made_by(self, found: object) -> Class | None:
        """The class of the model that a call of this gives: of a class itself, or of a function."""
        if isinstance(found, Class):
            return found if self._index.is_module(found) else None
        if isinstance(found, Function) and found.owner is not None and found.is_of_class:
            makes = "pretrained" not in found.name and "cls(" in ast.unparse(found.node)
            return found.owner if makes and self._index.is_module(found.owner) else None
        return self._made.get(id(found))

    def public(self) -> dict[Class, list[Function]]:
        """By class, those that somebody may call without arguments."""
        found: dict[Class, list[Function]] = {}
        for function in self._functions:
            if not function.name.startswith("_") and function.name != "main" and not _needed(function):
                found.setdefault(self._made[id(function)], []).append(function)
        return found

    def _class_of(self, function: Function) -> Class | None:
        """The class that a function makes: as it says, or as what it returns was made."""
        returns = getattr(function.node, "returns", None)
        promised = self._index.named(function.module, returns) if returns is not None else None
        if isinstance(promised, Class) and self._index.is_module(promised):
            return promised
        made: dict[str, Class] = {}
        for node in ast.walk(function.node):
            if isinstance(node, ast.Assign) and (class_ := self._of(function, node.value)) is not None:
                made |= {name: class_ for target in node.targets for name in names_bound(target)}
        for node in ast.walk(function.node):
            if isinstance(node, ast.Return) and node.value is not None:
                value = node.value.elts[0] if isinstance(node.value, ast.Tuple) and node.value.elts else node.value
                found = made.get(value.id) if isinstance(value, ast.Name) else self._of(function, value)
                if found is not None:
                    return found
        return None

    def _of(self, function: Function, value: ast.expr) -> Class | None:
        while isinstance(value, ast.Call):
            if isinstance(value.func, (ast.Name, ast.Attribute)):
                found = self.made_by(self._index.named(function.module, value.func))
                if found is not None:
                    return found
            if not isinstance(value.func, ast.Attribute):
                return None
            value = value.func.value  # Net(…).to(device)
        return None


def _may_make(function: Function) -> bool:
    marks = [ast.unparse(mark) for mark in function.node.decorator_list]
    short = len(function.node.body) <= MOST_STATEMENTS
    return short and not any("fixture" in mark or "command" in mark for mark in marks)


def _needed(function: Function) -> list[str]:
    return [name for name in function.parameters if parameter_default(function.node, name) is None]
