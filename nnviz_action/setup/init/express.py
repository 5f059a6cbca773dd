"""How a model that the code builds is written in a config: what is called, with which plain arguments."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nnviz_action.setup.init.files import is_test
from nnviz_action.setup.init.walk.execute import defaults
from nnviz_action.setup.init.walk.forward_walk import attempt
from nnviz_action.setup.init.walk.index import Index
from nnviz_action.setup.init.walk.machine import Machine
from nnviz_action.setup.init.walk.modules import Class, Function, Module
from nnviz_action.setup.init.walk.values import Instance, is_plain

_ASKS_FOR_TUPLES = re.compile(r"isinstance\([^()]*,\s*tuple\)")
_FETCHES = ("pretrained", "weights", "checkpoint", "ckpt", "progress", "weights_backbone")


@dataclass(frozen=True)
class Call:
    """What the config calls, and with what."""

    what: Class | Function
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()


def express(index: Index, instance: Instance) -> Call | None:
    """The call that gives this instance, if its arguments are plain: of a function that made it, or of its class."""
    ways: list[tuple[Class | Function, tuple[Any, ...], Mapping[str, Any]]] = [
        (m.function, m.args, m.kwargs)
        for m in reversed(instance.makers)
        if not is_test(m.function.module.path) and not _fetches(m.function.name)
    ]
    own = [] if instance.promised else [(instance.made_of, instance.args, instance.kwargs)]
    for what, args, kwargs in [*ways, *own]:
        call = offline(index, Call(what, args, tuple(kwargs.items())))
        given = [*call.args, *dict(call.kwargs).values()]
        if all(is_plain(v) and not _must_be_tuple(v, what.module) for v in given) and not missing(index, call):
            return call
    return None


def default_call(index: Index, what: Class | Function) -> Call | None:
    """The call without arguments, if none must be given."""
    call = offline(index, Call(what))
    return None if missing(index, call) else call


def offline(index: Index, call: Call) -> Call:
    """The same call, without weights that would be fetched from the network: a diagram needs none."""
    function = _called(index, call.what)
    names = _names(function, call.what)
    given = dict(call.kwargs)
    args = list(call.args)
    known = attempt(lambda: defaults(Machine(index), function), {}) if function else {}
    keywords = [p.arg for p in function.node.args.kwonlyargs] if function else []
    for name in dict.fromkeys((*names, *keywords, *given)):
        value = args[names.index(name)] if name in names[: len(args)] else given.get(name, known.get(name))
        if _fetches(name) and value is not None and value is not False:
            if name in names[: len(args)]:
                args[names.index(name)] = _instead(value)
            else:
                given[name] = _instead(value)
    return Call(call.what, tuple(args), tuple((n, v) for n, v in given.items() if not _is_default(n, v, known)))


def _instead(value: Any) -> Any:
    return False if value is True else None


def _fetches(name: str) -> bool:
    return name != "progress" and (name in _FETCHES or name.endswith(("_weights", "_pretrained", "_checkpoint")))


def _is_default(name: str, value: Any, known: Mapping[str, Any]) -> bool:
    return name in known and type(known[name]) is type(value) and bool(known[name] == value)


def missing(index: Index, call: Call) -> list[str]:
    """The parameters that must be given and are not."""
    function = _called(index, call.what)
    if function is None:
        return []
    known = attempt(lambda: defaults(Machine(index), function), {})
    names = _names(function, call.what)
    rest = [*names[len(call.args) :], *(p.arg for p in function.node.args.kwonlyargs)]
    return [name for name in rest if name not in known and name not in dict(call.kwargs)]


def _called(index: Index, what: Class | Function) -> Function | None:
    return index.method(what, "__init__") if isinstance(what, Class) else what


def _names(function: Function | None, what: Class | Function) -> list[str]:
    if function is None:
        return []
    names = [p.arg for p in (*function.node.args.posonlyargs, *function.node.args.args)]
    return names[1:] if isinstance(what, Class) or what.owner is not None else names


def built(index: Index, call: Call) -> Instance | None:
    """What the call gives, as far as the code tells."""
    made = attempt(lambda: Machine(index).call(call.what, list(call.args), dict(call.kwargs)))
    return made if isinstance(made, Instance) else None


def objects(instance: Instance) -> Iterator[tuple[str, Any]]:
    """The arguments that a config cannot hold."""
    given = [*((f"argument {i + 1}", v) for i, v in enumerate(instance.args)), *instance.kwargs.items()]
    module = instance.made_of.module
    yield from ((name, v) for name, v in given if not is_plain(v) or _must_be_tuple(v, module))


def _must_be_tuple(value: Any, module: Module) -> bool:
    """Whether this is a tuple, which a config has as a list, and the code may tell the two apart."""
    return isinstance(value, tuple) and bool(_ASKS_FOR_TUPLES.search(module.text))
