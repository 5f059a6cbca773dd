"""Functions of the repository that make a model, such as `resnet18()`."""

import ast

from nnviz_action.setup.init.walk.execute import defaults
from nnviz_action.setup.init.walk.forward_walk import attempt
from nnviz_action.setup.init.walk.index import Index
from nnviz_action.setup.init.walk.machine import Machine
from nnviz_action.setup.init.walk.modules import Class, Function
from nnviz_action.setup.init.walk.values import Instance

MOST_STEPS = 5_000
MOST_STATEMENTS = 60  # of a function that makes a model and does nothing else


def find_factories(index: Index) -> dict[Class, list[Function]]:
    """By class, the public functions that give a model of it and need no arguments."""
    found: dict[Class, list[Function]] = {}
    for function in index.functions():
        if function.name.startswith("_") or function.name == "main" or not _may_make(function):
            continue
        made = _made(index, function) if _needs_nothing(index, function) else None
        if made is not None and index.is_module(made):
            found.setdefault(made, []).append(function)
    return found


def _made(index: Index, function: Function) -> Class | None:
    """The class that a function makes: as it says, or as its code tells."""
    returns = getattr(function.node, "returns", None)
    promised = index.named(function.module, returns) if returns is not None else None
    if isinstance(promised, Class) and index.is_module(promised):
        return promised
    instance = attempt(lambda: Machine(index, most=MOST_STEPS).call(function, [], {}))
    return instance.made_of if isinstance(instance, Instance) else None


def _may_make(function: Function) -> bool:
    body = getattr(function.node, "body", [])
    returns = any(isinstance(node, ast.Return) and node.value is not None for s in body for node in ast.walk(s))
    return returns and len(body) <= MOST_STATEMENTS and not _is_property(function)


def _is_property(function: Function) -> bool:
    marks = [ast.unparse(mark) for mark in getattr(function.node, "decorator_list", ())]
    return any("fixture" in mark or "command" in mark for mark in marks)


def _needs_nothing(index: Index, function: Function) -> bool:
    parameters = function.node.args
    named = {p.arg for p in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)}
    return not named - set(defaults(Machine(index), function))
