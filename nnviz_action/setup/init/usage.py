"""How the repository itself uses its models: what tests, scripts and examples build and call them with."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from nnviz_action.setup.init.files import is_documentation, is_test
from nnviz_action.setup.init.snippets import of_docstrings, of_text
from nnviz_action.setup.init.walk.forward_walk import attempt
from nnviz_action.setup.init.walk.index import Index
from nnviz_action.setup.init.walk.machine import Machine, Scope
from nnviz_action.setup.init.walk.modules import Class, Function, Module
from nnviz_action.setup.init.walk.values import UNKNOWN, Instance

MOST_STEPS = 5_000  # of a test or a script: those that use a model simply are short
MOST_USES = 20  # of one class: more tell nothing new


class Kind(IntEnum):
    """Where a use stands; the first is the most trusted."""

    TEST, TEXT, SCRIPT, DOCSTRING = range(4)


@dataclass(frozen=True)
class Use:
    """A model that is built somewhere, and what it is called with there, if it is."""

    instance: Instance
    kind: Kind
    place: str
    inputs: tuple[tuple[Any, ...], Mapping[str, Any]] | None = None


def find_uses(folder: Path, index: Index, paths: Iterable[str]) -> dict[Class, list[Use]]:
    """All uses by the class of the model, the most trusted first."""
    found: dict[Class, list[Use]] = {}
    for path in paths:
        if is_documentation(path):
            _run(index, list(of_text(folder, path)), Kind.TEXT, found)
    for module in index.modules:
        if is_test(module.path) or _is_script(module):
            _run(index, [module], Kind.TEST if is_test(module.path) else Kind.SCRIPT, found)
        if not is_test(module.path):
            _run(index, list(of_docstrings(module)), Kind.DOCSTRING, found)
    for uses in found.values():
        uses.sort(key=lambda use: (use.inputs is None, use.kind))
    return found


def _run(index: Index, modules: Sequence[Module], kind: Kind, found: dict[Class, list[Use]]) -> None:
    """Go through code top to bottom, and through its functions; blocks of one text share their names."""
    shared: dict[str, Any] = {}
    for module in modules:
        machine = _machine(index, kind, found)
        own = module if kind is not Kind.DOCSTRING else _home(index, module)
        scope = Scope(own, shared if kind is Kind.TEXT else {})
        attempt(lambda: machine.run(scope, _executed(module, kind)))  # noqa: B023  # called at once
        _note(machine, kind, found)
        for node, owner in _functions(module):
            _run_function(_machine(index, kind, found), scope, node, owner, kind, found)


def _home(index: Index, module: Module) -> Module:
    return next((m for m in index.modules if m.path == module.path), module)


def _is_script(module: Module) -> bool:
    """Whether the file is there to be started: it lies in no package, or says what it then does."""
    return "." not in module.name or "__name__ ==" in module.text


def _executed(module: Module, kind: Kind) -> list[ast.stmt]:
    """What runs when the file is started. Its definitions are known anyway."""
    if kind is not Kind.SCRIPT:
        return module.tree.body
    return [s for s in module.tree.body if not isinstance(s, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))]


def _machine(index: Index, kind: Kind, found: dict[Class, list[Use]]) -> Machine:
    def on_call(instance: Instance, args: Sequence[Any], kwargs: Mapping[str, Any], place: str) -> None:
        uses = found.setdefault(instance.made_of, [])
        if len(uses) < MOST_USES:
            uses.append(Use(instance, kind, place, (tuple(args), dict(kwargs))))

    return Machine(index, on_call=on_call, most=MOST_STEPS)


def _note(machine: Machine, kind: Kind, found: dict[Class, list[Use]]) -> None:
    """Models that were built and never called."""
    for instance in machine.built:
        uses = found.setdefault(instance.made_of, [])
        if len(uses) < MOST_USES and all(use.instance is not instance for use in uses):
            uses.append(Use(instance, kind, instance.place))


def _functions(module: Module) -> Iterable[tuple[ast.FunctionDef, ast.ClassDef | None]]:
    for statement in module.tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield statement, None
        elif isinstance(statement, ast.ClassDef):
            yield from ((child, statement) for child in statement.body if isinstance(child, ast.FunctionDef))


def _run_function(
    machine: Machine, scope: Scope, node: ast.FunctionDef, owner: ast.ClassDef | None, kind: Kind, found: Any
) -> None:
    """A function with what `pytest.mark.parametrize` gives it first; a method of a test on what `setUp` made."""
    if owner is not None and kind is not Kind.TEST:
        return
    class_ = Class(owner.name, owner, scope.module) if owner is not None else None
    me = Instance(class_, attrs={}) if class_ is not None else None
    if class_ is not None and me is not None:
        for name in ("setUp", "setup_method", "setup"):
            if name in class_.methods:
                attempt(lambda: machine.function(class_.methods[name], [UNKNOWN] * 3, {}, me))  # noqa: B023
    function = Function(node.name, node, scope.module, class_, scope)
    given = parametrized(machine, scope, node) | fixtures(machine, scope, node)
    attempt(lambda: machine.function(function, [], given, me))
    _note(machine, kind, found)


def parametrized(machine: Machine, scope: Scope, node: ast.FunctionDef) -> dict[str, Any]:
    """The first set of parameters of `@pytest.mark.parametrize`."""
    found: dict[str, Any] = {}
    for mark in node.decorator_list:
        match mark:
            case ast.Call(func=ast.Attribute(attr="parametrize"), args=[names, values, *_]):
                keys = machine.evaluate(scope, names)
                keys = keys.replace(",", " ").split() if isinstance(keys, str) else list(keys or ())
                rows = machine.evaluate(scope, values)
                first = rows[0] if isinstance(rows, (list, tuple)) and rows else UNKNOWN
                row = first if len(keys) > 1 and isinstance(first, (list, tuple)) else [first]
                found |= dict(zip(keys, row, strict=False))
    return found


def fixtures(machine: Machine, scope: Scope, node: ast.FunctionDef) -> dict[str, Any]:
    """What fixtures of the same file give to a test that names them."""
    found = {}
    for parameter in node.args.args:
        fixture = scope.names.get(parameter.arg, scope.module.names.get(parameter.arg))
        if isinstance(fixture, Function) and _is_fixture(fixture):
            found[parameter.arg] = attempt(lambda: machine.function(fixture, [], {}), UNKNOWN)  # noqa: B023
    return found


def _is_fixture(function: Function) -> bool:
    return any("fixture" in ast.unparse(mark) for mark in getattr(function.node, "decorator_list", ()))
