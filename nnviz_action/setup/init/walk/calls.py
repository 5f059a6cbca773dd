"""What is called: a class, a function, a method, a layer, something of a library."""

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk import attributes, layers, plain, tensors
from nnviz_action.setup.init.walk.modules import Class, Function
from nnviz_action.setup.init.walk.values import (
    UNKNOWN,
    External,
    Instance,
    Layer,
    Maker,
    Method,
    Namespace,
    Stack,
    Super,
    Tensor,
)  # fmt: skip

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine

Args = Sequence[Any]
Kwargs = Mapping[str, Any]
_SELF = frozenset({
    "to", "cuda", "cpu", "eval", "train", "half", "float", "double", "requires_grad_", "apply", "type",
    "bfloat16", "compile",
})  # fmt: skip
_WRAPPERS = frozenset({
    "DataParallel", "DistributedDataParallel", "compile", "script", "prepare", "autocast", "no_grad",
})  # fmt: skip
_STACKS = frozenset({"Sequential", "ModuleList", "ModuleDict"})


def call(machine: "Machine", what: Any, args: Args, kwargs: Kwargs) -> Any:
    """What it gives."""
    match what:
        case Class():
            return _make(machine, what, args, kwargs)
        case Function():
            return _function(machine, what, args, kwargs)
        case Method():
            return _method(machine, what, args, kwargs)
        case Instance():
            return _instance(machine, what, args, kwargs)
        case Layer():
            return layers.apply(machine, what, args, kwargs)
        case Stack():
            return _stack(machine, what, args, kwargs)
        case External():
            return _external(machine, what.name, args, kwargs)
    return tensors.made_from(args)


def _make(machine: "Machine", made: Class, args: Args, kwargs: Kwargs) -> Any:
    instance = Instance(made, tuple(args), dict(kwargs), machine.place)
    machine.built.append(instance)
    if any(name.endswith(("Enum", "NamedTuple", "TypedDict")) for name in machine.index.external_bases(made)):
        return UNKNOWN
    return instance


def _function(machine: "Machine", function: Function, args: Args, kwargs: Kwargs, me: Any = None) -> Any:
    value = machine.function(function, args, kwargs, me)
    if not isinstance(value, Instance) and function.node and not isinstance(function.node, ast.Lambda):
        value = _promised(machine, function, value)
    if isinstance(value, Instance) and function.scope is None and (isinstance(me, Class) or (me is function.owner)):
        value.makers.append(Maker(function, tuple(args), dict(kwargs)))
    return value


def _promised(machine: "Machine", function: Function, value: Any) -> Any:
    """A model that the code makes in ways that cannot be followed, where the function says of which class it is."""
    returns = getattr(function.node, "returns", None)
    if value is UNKNOWN and returns is not None and not isinstance(returns, ast.Constant):
        found = machine.index.named(function.module, returns)
        if isinstance(found, Class) and machine.index.is_module(found):
            return Instance(found, place=machine.place, promised=True)
    return value


def _method(machine: "Machine", method: Method, args: Args, kwargs: Kwargs) -> Any:
    owner, name = method.owner, method.name
    if method.function is not None:
        return _function(machine, method.function, args, kwargs, owner)
    if isinstance(owner, Tensor):
        return tensors.method(machine, owner, name, args, kwargs)
    if isinstance(owner, Super):
        _base_init(machine, owner, name, args, kwargs)
        return _base_forward(machine, owner, name, args, kwargs)
    if isinstance(owner, Instance):
        return _of_module(machine, owner, name, args, kwargs)
    if isinstance(owner, (Layer, Stack)):
        return _of_layer(machine, owner, name, args, kwargs)
    if isinstance(owner, Namespace) and name == "partial":
        given = owner.attrs
        return machine.call(given["what"], [*given["args"], *args], {**given["kwargs"], **kwargs})
    return plain.method(owner, name, args, kwargs)


def _base_init(machine: "Machine", owner: Super, name: str, args: Args, kwargs: Kwargs) -> None:
    """`super().__init__(…)` that reaches a layer of torch's."""
    for base in machine.index.external_bases(owner.owner.made_of) if name == "__init__" else ():
        made = _external(machine, base, args, kwargs)
        if isinstance(made, (Layer, Stack)):
            owner.owner.wrapped = made


def _base_forward(machine: "Machine", owner: Super, name: str, args: Args, kwargs: Kwargs) -> Any:
    wrapped = owner.owner.wrapped
    return machine.call(wrapped, args, kwargs) if name == "forward" and wrapped is not None else UNKNOWN


def _of_module(machine: "Machine", owner: Instance, name: str, args: Args, kwargs: Kwargs) -> Any:
    """What every `torch.nn.Module`, and every dataclass, can do."""
    if name == "__init__":
        _fill(machine, owner, args, kwargs)
    elif name in _SELF:
        return owner
    elif name in ("register_buffer", "add_module", "register_module", "register_parameter") and len(args) > 1:
        attributes.put(machine, owner, str(args[0]), args[1])
        if isinstance(owner.wrapped, Stack):
            owner.wrapped.items.append(args[1])
            owner.wrapped.keys = [*(owner.wrapped.keys or ()), args[0]]
    elif name in ("children", "modules"):
        values = owner.wrapped.items if isinstance(owner.wrapped, Stack) else (owner.attrs or {}).values()
        return [v for v in values if isinstance(v, (Instance, Layer, Stack))]
    elif name == "forward" and owner.wrapped is not None:
        return machine.call(owner.wrapped, args, kwargs)
    elif owner.wrapped is not None and isinstance(owner.wrapped, Stack):
        return _of_layer(machine, owner.wrapped, name, args, kwargs)
    return UNKNOWN


def _fill(machine: "Machine", owner: Instance, args: Args, kwargs: Kwargs) -> None:
    """An object whose class has no `__init__` of its own: a dataclass, or a layer of torch's with another name."""
    if machine.index.is_module(owner.made_of):
        _base_init(machine, Super(owner, owner.made_of), "__init__", args, kwargs)
        return
    scope = machine.scope(owner.made_of.module)
    names = []
    for class_ in reversed(machine.index.line(owner.made_of)):
        for statement in class_.node.body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name), value=value):
                    names.append(name)
                    attributes.put(machine, owner, name, machine.evaluate(scope, value) if value else UNKNOWN)
    for name, value in (*zip(names, args, strict=False), *kwargs.items()):
        attributes.put(machine, owner, name, value)


def _of_layer(machine: "Machine", owner: Layer | Stack, name: str, args: Args, kwargs: Kwargs) -> Any:
    if name == "forward":
        return machine.call(owner, args, kwargs)
    if isinstance(owner, Stack) and name == "append" and args:
        owner.items.append(args[0])
    elif isinstance(owner, Stack) and name in ("extend", "insert", "add_module") and args:
        owner.items += list(args[0]) if isinstance(args[0], (list, tuple)) else [args[-1]]
    elif isinstance(owner, Stack) and name in ("values", "children"):
        return list(owner.items)
    elif isinstance(owner, Stack) and name in ("items", "named_children"):
        return list(zip(owner.keys or map(str, range(len(owner.items))), owner.items, strict=False))
    return owner if name in (*_SELF, "append", "extend") else UNKNOWN


def _instance(machine: "Machine", owner: Instance, args: Args, kwargs: Kwargs) -> Any:
    if machine.on_call is not None and machine.index.is_module(owner.made_of):
        machine.on_call(owner, args, kwargs, machine.place)
        return UNKNOWN
    if machine.index.is_module(owner.made_of) and isinstance(_wrapped(machine, owner), Layer):
        return _like_layer(machine, owner, args, kwargs)
    called = "forward" if machine.index.is_module(owner.made_of) else "__call__"
    found = attributes.get(machine, owner, called)
    return machine.call(found, args, kwargs) if found is not UNKNOWN else UNKNOWN


def _wrapped(machine: "Machine", owner: Instance) -> Any:
    attributes.fields(machine, owner)
    return owner.wrapped


def _like_layer(machine: "Machine", owner: Instance, args: Args, kwargs: Kwargs) -> Any:
    """A subclass of a layer takes what the layer takes; if it has a `forward` of its own, sizes may differ."""
    value = layers.apply(machine, owner.wrapped, args, kwargs)
    own = machine.index.method(owner.made_of, "forward")
    if own is not None and isinstance(value, Tensor) and value.shape is not None and len(value.shape) > 2:
        return Tensor([*value.shape[:2], *[None] * (len(value.shape) - 2)], value.dtype)
    return value


def _stack(machine: "Machine", stack: Stack, args: Args, kwargs: Kwargs) -> Any:
    if stack.kind != "Sequential" or not args:
        return UNKNOWN
    value = args[0]
    for item in stack.items:
        value = machine.call(item, [value], {})
    return value


def _external(machine: "Machine", name: str, args: Args, kwargs: Kwargs) -> Any:
    last = name.rpartition(".")[2]
    if last in _STACKS:
        return _new_stack(last, args, kwargs)
    if last in _WRAPPERS and args and isinstance(args[0], (Instance, Layer, Stack)):
        return args[0]
    if last == "partial" and args:
        return _partial(args, kwargs)
    if last in layers.SIGNATURES and (name.startswith(("torch.nn.", "nn.")) or "einops" in name):
        return layers.make(last, args, kwargs)
    if name.startswith("torch.nn.") and last[:1].isupper() and last not in ("Parameter", "Module"):
        return Layer(last, dict(kwargs))
    if name.startswith("builtins.") and last in ("getattr", "setattr", "hasattr"):
        return _by_name(machine, last, args)
    known, value = plain.call(machine, name, args, kwargs)
    return value if known else tensors.call(machine, name, args, kwargs)


def _new_stack(kind: str, args: Args, kwargs: Kwargs) -> Any:
    first = args[0] if args else kwargs.get("modules")
    if isinstance(first, dict):
        return Stack(kind, list(first.values()), list(first))
    if kind == "Sequential" and not (len(args) == 1 and isinstance(first, (list, tuple))):
        return Stack(kind, list(args))
    if kind == "ModuleDict":
        return Stack(kind, [], [])
    return Stack(kind, list(first) if isinstance(first, (list, tuple)) else [])


def _partial(args: Args, kwargs: Kwargs) -> Any:
    return Method(Namespace({"what": args[0], "args": args[1:], "kwargs": dict(kwargs)}), "partial")


def _by_name(machine: "Machine", what: str, args: Args) -> Any:
    if len(args) < 2 or not isinstance(args[1], str):
        return UNKNOWN
    if what == "setattr" and len(args) > 2:
        attributes.put(machine, args[0], args[1], args[2])
        return None
    found = attributes.get(machine, args[0], args[1])
    if what == "hasattr":
        known = isinstance(args[0], Instance) and isinstance(found, Method) and found.function is None
        return UNKNOWN if found is UNKNOWN else not known
    return args[2] if found is UNKNOWN and len(args) > 2 else found
