"""Arguments of a command line, as they are where nobody gives any."""

import ast
from collections.abc import Iterator
from keyword import iskeyword

from nnviz_action.setup.init.index import Index
from nnviz_action.setup.init.modules import Function, Module

_ASKING = frozenset({"parse_args", "parse_known_args", "parse_intermixed_args"})
_NAMES = frozenset({"args", "opt", "opts", "options", "config", "cfg", "hparams", "flags", "params", "parsed_args"})
MOST = 120


def asks(value: ast.expr, module: Module, index: Index) -> ast.expr | None:
    """What stands for a call that reads the command line; None where this is none."""
    if not isinstance(value, ast.Call):
        return None
    if isinstance(value.func, ast.Attribute) and value.func.attr in _ASKING:
        found = _namespace(module) or _anywhere(index)
        known = value.func.attr == "parse_known_args"
        return ast.Tuple([found, ast.List([], ast.Load())], ast.Load()) if known and found else found
    if isinstance(value.func, (ast.Name, ast.Attribute)):
        function = index.named(module, value.func)
        if isinstance(function, Function) and _is_asking(function.node):
            return _namespace(function.module)
    return None


def namespace(module: Module, name: str, index: Index) -> ast.expr | None:
    """What a parameter of this name is, where a script's arguments are handed on by it."""
    return (_namespace(module) or _anywhere(index)) if name in _NAMES else None


def _anywhere(index: Index) -> ast.expr | None:
    """Those of the only script that has some."""
    found = [m for m in index.modules if not m.is_test and "add_argument" in m.text]
    return _namespace(found[0]) if len(found) == 1 else None


def _is_asking(node: ast.AST) -> bool:
    """Whether a function reads the command line, and returns nothing beside."""
    several = any(isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple) for n in ast.walk(node))
    return not several and any(isinstance(n, ast.Attribute) and n.attr in _ASKING for n in ast.walk(node))


def _namespace(module: Module) -> ast.expr | None:
    given = dict(_arguments(module))
    if not given or len(given) > MOST:
        return None
    keywords = [ast.keyword(name, value) for name, value in given.items()]
    name = ast.Attribute(
        ast.Call(ast.Name("__import__", ast.Load()), [ast.Constant("types")], []), "SimpleNamespace", ast.Load()
    )
    return ast.Call(name, [], keywords)


def _arguments(module: Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(module.tree):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument"
        ):
            continue
        options = {k.arg: k.value for k in node.keywords if k.arg}
        names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        long = next((n for n in names if n.startswith("--")), names[0] if names else "")
        name = getattr(options.get("dest"), "value", long.lstrip("-").replace("-", "_"))
        if isinstance(name, str) and name.isidentifier() and not iskeyword(name):
            yield name, _default(options)


def _default(options: dict[str, ast.expr]) -> ast.expr:
    action = getattr(options.get("action"), "value", "")
    default = options.get("default", ast.Constant({"store_true": False, "store_false": True}.get(str(action))))
    kind = getattr(options.get("type"), "id", "")
    try:
        value = ast.literal_eval(default)
        if isinstance(value, str) and kind in ("int", "float"):
            value = {"int": int, "float": float}[kind](value)
    except (ValueError, TypeError, SyntaxError):
        return default if _is_arithmetic(default) else ast.Constant(None)
    return ast.Constant(value) if isinstance(value, (int, float, str, bool, type(None))) else default


def _is_arithmetic(node: ast.expr) -> bool:
    return all(
        isinstance(n, (ast.BinOp, ast.UnaryOp, ast.Constant, ast.operator, ast.unaryop)) for n in ast.walk(node)
    )
