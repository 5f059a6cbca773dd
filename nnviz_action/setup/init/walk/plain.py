"""Python's own functions, and the methods of lists, dicts and texts."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk.modules import Class
from nnviz_action.setup.init.walk.operators import MOST_ITEMS, iterate, truth
from nnviz_action.setup.init.walk.values import (
    UNKNOWN,
    External,
    Instance,
    Layer,
    Method,
    Namespace,
    Stack,
    Tensor,
    is_plain,
)

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine

_PURE: dict[str, Callable[..., Any]] = {
    **{f"builtins.{f.__name__}": f for f in (int, float, bool, abs, sum, round, str, divmod, pow)},
    **{f"math.{n}": getattr(math, n) for n in ["sqrt", "log", "log2", "ceil", "floor", "prod", "exp", "pow", "gcd"]},
    "numpy.prod": math.prod, "numpy.log2": math.log2, "numpy.sqrt": math.sqrt, "torch.Size": tuple,
}  # fmt: skip
_TYPES = {"int": int, "float": float, "str": str, "bool": bool, "tuple": tuple, "list": list, "dict": dict}


def call(machine: "Machine", name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[bool, Any]:
    """Whether this is known here, and what it gives."""
    if name in _PURE:
        return True, _pure(_PURE[name], args)
    if name in _OTHERS:
        return True, _OTHERS[name](machine, args, kwargs)
    if name == "builtins.dict":
        return True, {**(dict(args[0]) if args and isinstance(args[0], dict) else {}), **kwargs}
    if name.endswith(("ArgumentParser", "SimpleNamespace")):
        return True, Namespace(dict(kwargs) if name.endswith("Namespace") else {})
    return False, UNKNOWN


def _pure(function: Callable[..., Any], args: Sequence[Any]) -> Any:
    values = [list(a) if isinstance(a, (list, tuple)) else a for a in args]
    if not all(map(is_plain, values)) or any(isinstance(v, int) and abs(v) > 2**64 for v in values):
        return UNKNOWN
    try:
        return function(*values)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return UNKNOWN


def method(owner: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """A method of a list, a dict, a text, an argument parser."""
    if isinstance(owner, Namespace):
        return _of_namespace(owner, name, args, kwargs)
    if isinstance(owner, list) and name in ("append", "extend", "insert", "pop", "index", "copy", "reverse"):
        return _of_list(owner, name, args)
    if isinstance(owner, dict):
        return _of_dict(owner, name, args, kwargs)
    if isinstance(owner, str) and name in ("lower", "upper", "startswith", "endswith", "replace", "split", "strip"):
        return _pure(getattr(owner, name), args)
    return UNKNOWN


def _of_list(owner: list[Any], name: str, args: Sequence[Any]) -> Any:
    if name == "extend":
        owner.extend(iterate(args[0]) or () if args else ())
        return None
    if len(owner) > MOST_ITEMS or any(a is UNKNOWN for a in args if name != "append"):
        return UNKNOWN
    try:
        return getattr(owner, name)(*args)
    except (TypeError, ValueError, IndexError):
        return UNKNOWN


def _of_dict(owner: dict[Any, Any], name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    if name in ("keys", "values", "items"):
        return list(getattr(owner, name)())
    if name == "update":
        owner.update({**(args[0] if args and isinstance(args[0], dict) else {}), **kwargs})
        return None
    if name == "copy":
        return dict(owner)
    if name in ("get", "pop", "setdefault") and args and isinstance(args[0], (str, int)):
        return getattr(owner, name)(args[0], args[1] if len(args) > 1 else None)
    return UNKNOWN


def _of_namespace(owner: Namespace, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """An argument parser gives what it has by default."""
    if name == "add_argument":
        option = next((a for a in args if isinstance(a, str) and a.startswith("--")), args[0] if args else "")
        default = False if kwargs.get("action") == "store_true" else kwargs.get("default", UNKNOWN)
        dest = str(kwargs.get("dest", option)).lstrip("-").replace("-", "_")
        owner.attrs[dest] = default
    elif name in ("parse_args", "add_argument_group"):
        return owner
    elif name == "parse_known_args":
        return (owner, [])
    return UNKNOWN


def _range(_: "Machine", args: Sequence[Any], __: Mapping[str, Any]) -> Any:
    if not args or not all(isinstance(a, int) for a in args) or (len(args) > 2 and args[2] == 0):
        return UNKNOWN
    found = range(*args[:3])
    return list(found) if len(found) <= MOST_ITEMS else UNKNOWN


def _length(_: "Machine", args: Sequence[Any], __: Mapping[str, Any]) -> Any:
    items = iterate(args[0]) if args else None
    if items is None and args and isinstance(args[0], Tensor) and args[0].shape:
        return UNKNOWN if args[0].shape[0] is None else args[0].shape[0]
    return UNKNOWN if items is None else len(items)


def _sequence(_: "Machine", args: Sequence[Any], __: Mapping[str, Any]) -> Any:
    if not args:
        return []
    items = iterate(args[0])
    return UNKNOWN if items is None else items


def _tuple(machine: "Machine", args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    items = _sequence(machine, args, kwargs)
    return items if items is UNKNOWN else tuple(items)


def _zip(_: "Machine", args: Sequence[Any], __: Mapping[str, Any]) -> Any:
    columns = [iterate(a) for a in args]
    known = [c for c in columns if c is not None]
    if not known:
        return UNKNOWN
    rounds = min(map(len, known))
    return [tuple(UNKNOWN if c is None else c[i] for c in columns) for i in range(rounds)]


def _enumerate(_: "Machine", args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    items = iterate(args[0]) if args else None
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    if items is None or not isinstance(start, int):
        return UNKNOWN
    return list(enumerate(items, start))


def _reversed(_: "Machine", args: Sequence[Any], __: Mapping[str, Any]) -> Any:
    items = iterate(args[0]) if args else None
    return UNKNOWN if items is None else items[::-1]


def _map(machine: "Machine", args: Sequence[Any], _: Mapping[str, Any]) -> Any:
    columns = [iterate(a) for a in args[1:]]
    if not columns or any(c is None for c in columns):
        return UNKNOWN
    return [machine.call(args[0], items, {}) for items in zip(*(c or () for c in columns), strict=False)]


def _filter(machine: "Machine", args: Sequence[Any], _: Mapping[str, Any]) -> Any:
    items = iterate(args[1]) if len(args) > 1 else None
    if items is None:
        return UNKNOWN
    return [i for i in items if truth(i if args[0] is None else machine.call(args[0], [i], {})) is not False]


def _extreme(choose: Callable[[Any], Any]) -> Callable[..., Any]:
    def found(_: "Machine", args: Sequence[Any], __: Mapping[str, Any]) -> Any:
        items = args[0] if len(args) == 1 and isinstance(args[0], (list, tuple)) else args
        known = items and all(isinstance(i, (int, float)) for i in items)
        return choose(items) if known else UNKNOWN

    return found


def _isinstance(machine: "Machine", args: Sequence[Any], _: Mapping[str, Any]) -> Any:
    if len(args) < 2 or args[0] is UNKNOWN:
        return UNKNOWN
    kinds = args[1] if isinstance(args[1], tuple) else (args[1],)
    answers = [_is_a(machine, args[0], kind) for kind in kinds]
    return True if True in answers else UNKNOWN if None in answers else False


def _is_a(machine: "Machine", value: Any, kind: Any) -> bool | None:
    if isinstance(kind, Class):
        return isinstance(value, Instance) and kind in machine.index.line(value.made_of)
    if not isinstance(kind, External):
        return None
    last = kind.name.rpartition(".")[2]
    if kind.name.startswith("builtins.") and last in _TYPES:
        return isinstance(value, _TYPES[last])
    if last == "Tensor":
        return isinstance(value, Tensor)
    if kind.name.startswith("torch.nn."):
        return (isinstance(value, (Layer, Stack)) and (value.kind == last or last == "Module")) or (
            isinstance(value, Instance) and last == "Module"
        )
    if last in ("Iterable", "Sequence"):
        return isinstance(value, (list, tuple))
    return None if isinstance(value, (Instance, Method)) else False


_OTHERS: dict[str, Callable[["Machine", Sequence[Any], Mapping[str, Any]], Any]] = {
    "builtins.range": _range, "builtins.len": _length, "builtins.list": _sequence, "builtins.tuple": _tuple,
    "builtins.set": _sequence, "builtins.zip": _zip, "builtins.enumerate": _enumerate,
    "builtins.reversed": _reversed, "builtins.map": _map, "builtins.filter": _filter,
    "builtins.min": _extreme(min), "builtins.max": _extreme(max), "builtins.isinstance": _isinstance,
    "builtins.sorted": _sequence, "collections.OrderedDict": lambda m, a, k: _ordered(a, k),
    "itertools.repeat": lambda m, a, k: [a[0]] * a[1] if len(a) > 1 and isinstance(a[1], int) else UNKNOWN,
}  # fmt: skip


def _ordered(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    first = args[0] if args else {}
    if isinstance(first, list):
        first = {pair[0]: pair[1] for pair in first if isinstance(pair, (list, tuple)) and len(pair) == 2}
    return {**first, **kwargs} if isinstance(first, dict) else UNKNOWN
