"""What a piece of code says without being run: constants, names of such, and the shapes of new tensors."""

import ast
from typing import Any

from nnviz_action.setup.init.uses import Code

_NEW = {
    "randn": "float32",
    "rand": "float32",
    "zeros": "float32",
    "ones": "float32",
    "empty": "float32",
    "randint": "int64",
}
Literal = Any


def literal_call(code: Code) -> tuple[list[Any], dict[str, Any]] | None:
    """The arguments of the call; None where some are more than constants."""
    try:
        names = _names(code)
        keywords = {k.arg: literal(k.value, names) for k in code.call.keywords if k.arg}
        if len(keywords) < len(code.call.keywords):
            return None
        return [_listed(literal(a, names)) for a in code.call.args], {k: _listed(v) for k, v in keywords.items()}
    except ValueError:
        return None


def inputs_of(code: Code) -> Any:
    """The inputs as the config has them; None where some are not told."""
    try:
        names = _names(code)
        args = [_input(a, code, names) for a in code.call.args]
        kwargs = {str(k.arg): _input(k.value, code, names) for k in code.call.keywords}
    except ValueError:
        return None
    return None if args and kwargs else kwargs or args


def literal(node: ast.expr, names: dict[str, Any]) -> Literal:
    """Raises `ValueError` where this is more than a constant, or a name of one."""
    match node:
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.Tuple(elts=items):
            return tuple(literal(item, names) for item in items)
        case ast.List(elts=items):
            return [literal(item, names) for item in items]
        case ast.Dict(keys=keys, values=values):
            return {literal(k, names): literal(v, names) for k, v in zip(keys, values, strict=True) if k is not None}
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise ValueError from None


def _names(code: Code) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for statement in code.piece.statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                try:
                    names[name] = literal(value, names)
                except ValueError:
                    names.pop(name, None)
            case _:
                raise ValueError
    return names


def _input(node: ast.expr, code: Code, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name) and node.id not in names:
        for statement in reversed(code.piece.statements):
            if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == node.id:
                return _input(statement.value, code, names)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _NEW:
        return _tensor(node, node.func.attr, names)
    return {"value": _listed(literal(node, names))}


def _tensor(call: ast.Call, name: str, names: dict[str, Any]) -> Any:
    if {k.arg for k in call.keywords} - {"requires_grad"}:
        raise ValueError
    args = [literal(a, names) for a in call.args]
    if name == "randint":
        if len(args) < 2 or not isinstance(args[-1], (list, tuple)):
            raise ValueError
        return {"shape": _shape(args[-1]), "dtype": "int64", "high": args[-2]}
    return _shape(args[0] if len(args) == 1 and isinstance(args[0], (list, tuple)) else args)


def _shape(sizes: Any) -> list[int]:
    if not all(type(size) is int and size >= 0 for size in sizes):
        raise ValueError
    return list(sizes)


def _listed(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_listed(child) for child in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError
        return {key: _listed(child) for key, child in value.items()}
    if value is not None and type(value) not in (bool, int, float, str):
        raise ValueError
    return value
