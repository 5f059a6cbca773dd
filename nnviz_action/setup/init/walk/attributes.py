"""Attributes and items of values."""

import ast
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk.modules import Class, Function
from nnviz_action.setup.init.walk.values import (
    UNKNOWN,
    External,
    Instance,
    Layer,
    Method,
    ModuleRef,
    Namespace,
    Stack,
    Super,
    Tensor,
    is_size,
)  # fmt: skip

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine, Scope

_OF_TENSORS = ("device", "grad", "requires_grad", "is_cuda", "layout")
OF_MODULES = frozenset({
    "to", "cuda", "cpu", "eval", "train", "half", "float", "double", "requires_grad_", "apply", "type",
    "bfloat16", "compile", "load_state_dict", "state_dict", "parameters", "register_buffer", "add_module",
    "register_module", "register_parameter", "children", "modules", "named_parameters", "named_modules",
    "zero_grad", "buffers",
})  # fmt: skip
_FIELDS = {"training": False}  # the forward graph shows a model in eval mode


def get(machine: "Machine", owner: Any, name: str) -> Any:
    """`owner.name`."""
    match owner:
        case Instance():
            return _of_instance(machine, owner, name)
        case Super():
            return _above(machine, owner, name)
        case Tensor():
            return _of_tensor(owner, name)
        case Class():
            return _of_class(machine, owner, name)
        case ModuleRef():
            return machine.attribute_of(owner, name)
        case External():
            return machine.index.resolve(f"{owner.name}.{name}")[0]
        case Namespace():
            return owner.attrs[name] if name in owner.attrs else Method(owner, name)
        case Layer() if name in owner.given:
            return owner.given[name]
        case Layer() | Stack() | list() | dict() | str() | tuple() | Function():
            return Method(owner, name)
    return UNKNOWN


def put(machine: "Machine", owner: Any, name: str, value: Any) -> None:
    """`owner.name = value`."""
    if isinstance(owner, Instance):
        (owner.later if owner.attrs is None else owner.attrs)[name] = value
    elif isinstance(owner, Namespace):
        owner.attrs[name] = value


def fields(machine: "Machine", owner: Instance) -> dict[str, Any]:
    """The attributes of an object, once its `__init__` was gone through."""
    if owner.attrs is None:
        owner.attrs = dict(_FIELDS)
        init = machine.index.method(owner.made_of, "__init__")
        machine.call(Method(owner, "__init__", init), owner.args, owner.kwargs)
        owner.attrs.update(owner.later)
    return owner.attrs


def _of_instance(machine: "Machine", owner: Instance, name: str) -> Any:
    function = machine.index.method(owner.made_of, name)
    if function is None and name in OF_MODULES and machine.index.is_module(owner.made_of):
        return Method(owner, name)
    if function is None and name in (found := fields(machine, owner)):
        return found[name]
    if function is None:
        constant = _of_class(machine, owner.made_of, name)
        if constant is UNKNOWN and owner.wrapped is not None:
            return get(machine, owner.wrapped, name)
        return Method(owner, name) if constant is UNKNOWN else constant
    decorators = [ast.unparse(d) for d in getattr(function.node, "decorator_list", ())]
    if any(d.endswith("property") for d in decorators):
        return machine.function(function, (), {}, owner)
    return Method(None if "staticmethod" in decorators else owner, name, function)


def _above(machine: "Machine", owner: Super, name: str) -> Any:
    function = machine.index.method(owner.owner.made_of, name, owner.above)
    return Method(owner.owner if function else owner, name, function)


def super_of(scope: "Scope") -> Any:
    """`super()`, also written with arguments."""
    if isinstance(scope.me, Instance) and scope.owner is not None:
        return Super(scope.me, scope.owner)
    return UNKNOWN


def _of_class(machine: "Machine", owner: Class, name: str) -> Any:
    for class_ in machine.index.line(owner):
        if name in class_.methods:
            function = class_.methods[name]
            bound = any(ast.unparse(d) == "classmethod" for d in getattr(function.node, "decorator_list", ()))
            return Method(owner, name, function) if bound else function
        for statement in class_.node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                    return machine.evaluate(machine.scope(class_.module), value)
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                    return machine.evaluate(machine.scope(class_.module), value)
    return UNKNOWN


def _of_tensor(tensor: Tensor, name: str) -> Any:
    if name == "shape":
        return Method(tensor, "shape")
    if name == "dtype":
        return External(f"torch.{tensor.dtype}")
    if name in ("T", "mT"):
        return Tensor(tensor.shape[::-1] if tensor.shape is not None else None, tensor.dtype)
    if name in ("ndim",):
        return len(tensor.shape) if tensor.shape is not None else UNKNOWN
    return UNKNOWN if name in _OF_TENSORS else Method(tensor, name)


def shape_of(machine: "Machine", tensor: Tensor, length: int | None = None) -> Any:
    """The sizes as a tuple; a tensor of which nothing is known gets `length` of them."""
    if length is not None:
        machine.settle(tensor, length, {})
    if tensor.shape is None:
        return UNKNOWN
    return tuple(UNKNOWN if size is None else size for size in tensor.shape)


def sizes(machine: "Machine", value: Any) -> Any:
    """`x.shape` as a tuple; any other value as it is."""
    if isinstance(value, Method) and value.name == "shape" and isinstance(value.owner, Tensor):
        return shape_of(machine, value.owner)
    return value


def item(machine: "Machine", value: Any, key: Any) -> Any:
    """`value[key]`."""
    value = sizes(machine, value)
    if isinstance(value, dict):
        return value.get(key, UNKNOWN) if isinstance(key, (str, int, float)) else UNKNOWN
    if isinstance(value, Stack) and isinstance(key, str) and value.keys and key in value.keys:
        return value.items[value.keys.index(key)]
    sequence = value.items if isinstance(value, Stack) else value
    if isinstance(sequence, (list, tuple, str)) and isinstance(key, int) and -len(sequence) <= key < len(sequence):
        return sequence[key]
    if isinstance(value, Instance) and value.wrapped is not None:
        return item(machine, value.wrapped, key)
    return UNKNOWN


def part(machine: "Machine", value: Any, bounds: slice) -> Any:
    """`value[a:b]`."""
    value = sizes(machine, value)
    if isinstance(value, Stack):
        return Stack(value.kind, value.items[bounds])
    return value[bounds] if isinstance(value, (list, tuple, str)) else UNKNOWN


def sliced(machine: "Machine", scope: "Scope", tensor: Tensor, index: ast.expr) -> Any:
    """A part of a tensor: a number takes an axis away, None adds one, a slice changes its size."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    if tensor.shape is None:
        return Tensor(None, tensor.dtype)
    left: list[int | None] = list(tensor.shape)
    used = sum(not (isinstance(p, ast.Constant) and p.value in (None, Ellipsis)) for p in parts)
    shape: list[int | None] = []
    for piece in parts:
        if isinstance(piece, ast.Constant) and piece.value is Ellipsis:
            keep = len(left) - used
            shape, left = shape + left[:keep], left[keep:]
        elif isinstance(piece, ast.Constant) and piece.value is None:
            shape.append(1)
        elif not left:
            return Tensor(None, tensor.dtype)
        elif isinstance(piece, ast.Slice):
            shape.append(_cut(machine, scope, left.pop(0), piece))
            used -= 1
        else:
            used -= 1
            left.pop(0)
            if not isinstance(machine.evaluate(scope, piece), int):
                return Tensor(None, tensor.dtype)
    whole = shape + left
    return tensor if whole == tensor.shape and tensor.origin else Tensor(whole, tensor.dtype)


def _cut(machine: "Machine", scope: "Scope", size: int | None, piece: ast.Slice) -> int | None:
    bounds = [n and machine.evaluate(scope, n) for n in (piece.lower, piece.upper, piece.step)]
    if not any(b is not None for b in bounds):
        return size
    if size is None or not all(b is None or isinstance(b, int) for b in bounds) or bounds[2] == 0:
        return None
    return len(range(*slice(*bounds).indices(size))) if is_size(size) else None
