"""Tensors: how they come to be, and what functions and methods make of their shapes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk import attributes, layers
from nnviz_action.setup.init.walk.operators import elementwise
from nnviz_action.setup.init.walk.shapes import METHODS
from nnviz_action.setup.init.walk.values import UNKNOWN, External, Method, Shape, Tensor, given_shape, is_size

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine

Args = Sequence[Any]
Kwargs = Mapping[str, Any]
_NEW = frozenset({"randn", "rand", "zeros", "ones", "empty", "full", "randint", "normal"})
_LIKE = frozenset({
    "randn_like", "rand_like", "zeros_like", "ones_like", "empty_like", "full_like", "clone", "detach",
    "contiguous",
})  # fmt: skip
_CASTS = {"long": "int64", "int": "int32", "float": "float32", "half": "float16", "bool": "bool", "double": "float64"}
_SAME = frozenset({
    "relu", "relu_", "gelu", "silu", "elu", "leaky_relu", "sigmoid", "tanh", "softmax", "log_softmax",
    "dropout", "softplus", "hardswish", "mish", "exp", "log", "sqrt", "abs", "clamp", "neg", "requires_grad_",
    "cuda", "cpu", "to", "type", "contiguous", "clone", "detach", "normalize", "masked_fill", "layer_norm",
    "normalize_", "sin", "cos", "pow", "square", "rsqrt", "add", "mul", "sub", "div", "mul_", "add_", "sub_",
    "div_", "type_as", "relu6", "selu", "celu", "hardtanh", "hardsigmoid", "logsigmoid", "prelu", "batch_norm",
    "instance_norm", "group_norm", "nan_to_num", "checkpoint", "cumsum",
})  # fmt: skip
_REDUCE = frozenset({
    "mean", "sum", "max", "min", "amax", "amin", "std", "var", "norm", "prod", "argmax", "logsumexp",
})  # fmt: skip
_LAYER_OF = {
    "max_pool2d": "MaxPool2d", "avg_pool2d": "AvgPool2d", "adaptive_avg_pool2d": "AdaptiveAvgPool2d",
    "max_pool1d": "MaxPool1d", "avg_pool1d": "AvgPool1d", "adaptive_avg_pool1d": "AdaptiveAvgPool1d",
    "adaptive_max_pool2d": "AdaptiveMaxPool2d", "max_pool3d": "MaxPool3d",
}  # fmt: skip
DTYPES = frozenset({
    "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64",
})  # fmt: skip
_ALIASES = {"long": "int64", "int": "int32", "float": "float32", "half": "float16", "double": "float64"}


def call(machine: "Machine", name: str, args: Args, kwargs: Kwargs) -> Any:
    """A function of torch, einops or another library."""
    last = name.rpartition(".")[2]
    if name.startswith("torch.") and (last in _NEW or last in ("arange", "tensor", "ones")):
        return _new(last, list(args), kwargs)
    if last in _CASTS and name.startswith("torch.") and last.endswith("Tensor"):
        return _new("empty", list(args), kwargs)
    if last in _LAYER_OF and args and isinstance(args[0], Tensor):
        return layers.apply(machine, layers.make(_LAYER_OF[last], args[1:], kwargs), args[:1], {})
    if last in ("cat", "concat", "stack") and args and isinstance(args[0], (list, tuple)):
        return _joined(machine, last, args[0], args[1] if len(args) > 1 else kwargs.get("dim", 0))
    if last in ("rearrange", "reduce", "repeat") and len(args) > 1 and "einops" in name:
        made = layers.make("Rearrange", [args[-1]], kwargs)
        return layers.apply(machine, made, args[:1], {}) if last == "rearrange" else _looked_at(machine, args)
    if args and isinstance(args[0], Tensor):
        return method(machine, args[0], last, args[1:], kwargs)
    if name in ("torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.autograd.Variable") and args:
        return args[0]
    return made_from(args)


def made_from(args: Args) -> Any:
    """What nobody knows makes of tensors: perhaps a tensor."""
    return Tensor() if any(isinstance(a, Tensor) for a in args) else UNKNOWN


def _looked_at(machine: "Machine", args: Args) -> Any:
    made = layers.make("Rearrange", [args[1]], {})
    layers.apply(machine, made, args[:1], {})
    return Tensor()


def _new(kind: str, args: list[Any], kwargs: Kwargs) -> Any:
    high, default = None, "float32"
    if kind == "randint":
        given = [kwargs.get("high", args[0] if args else UNKNOWN)]
        shape_at = next((i for i, a in enumerate(args) if isinstance(a, (tuple, list))), None)
        numbers = args[:shape_at]
        given = numbers[-1:] or given
        high, default = (given[0] if is_size(given[0]) else None), "int64"
        args = [kwargs.get("size", args[shape_at] if shape_at is not None else UNKNOWN)]
    if kind == "full":
        args = args[:1]
    if kind == "arange":
        return _arange(args, kwargs)
    if kind == "tensor":
        return _literal(args[0] if args else UNKNOWN, kwargs)
    if kind == "normal":
        args = [a for a in args if isinstance(a, (tuple, list))]
    return Tensor(given_shape(args or [kwargs.get("size", UNKNOWN)]), _dtype(kwargs, default), high)


def _arange(args: list[Any], kwargs: Kwargs) -> Tensor:
    known = args and all(isinstance(a, int) for a in args)
    size = len(range(*args[:3])) if known and (len(args) < 3 or args[2]) else None
    return Tensor([size], _dtype(kwargs, "int64"), max(args) if known else None)


def _literal(value: Any, kwargs: Kwargs) -> Tensor:
    shape: Shape = []
    while isinstance(value, (list, tuple)) and value:
        shape.append(len(value))
        value = value[0]
    kind = "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else "float32"
    return Tensor(shape if value is not UNKNOWN else None, _dtype(kwargs, kind))


def _dtype(kwargs: Kwargs, default: str) -> str:
    given = kwargs.get("dtype")
    return _dtype_of(given) or default


def _dtype_of(value: Any) -> str | None:
    name = value.name.removeprefix("torch.") if isinstance(value, External) else ""
    name = _ALIASES.get(name.removesuffix("Tensor").lower(), name)
    return name if name in DTYPES else None


def _joined(machine: "Machine", how: str, items: Args, dim: Any) -> Any:
    shapes = [t.shape for t in items if isinstance(t, Tensor)]
    if not isinstance(dim, int) or len(shapes) != len(items) or not shapes or any(s is None for s in shapes):
        return Tensor()
    first = list(shapes[0] or ())
    if how == "stack":
        place = dim if dim >= 0 else len(first) + 1 + dim
        return Tensor([*first[:place], len(items), *first[place:]])
    if not -len(first) <= dim < len(first) or any(len(s or ()) != len(first) for s in shapes):
        return Tensor()
    sizes = [(s or ())[dim] for s in shapes]
    for axis in range(len(first)):
        known = {(s or ())[axis] for s in shapes} - {None}
        if axis != dim % len(first) and len(known) > 1:
            machine.refuse(f"sizes {sorted(k for k in known if k is not None)} in one concatenation")
    first[dim] = None if any(s is None for s in sizes) else sum(s for s in sizes if s is not None)
    return Tensor(first)


def method(machine: "Machine", tensor: Tensor, name: str, args: Args, kwargs: Kwargs) -> Any:
    """`tensor.name(…)`, or `torch.name(tensor, …)`."""
    if name == "size" or name == "shape":
        return _size(machine, tensor, args)
    if name in _CASTS or name in ("to", "type"):
        return _cast(tensor, name, args, kwargs)
    if name in _SAME or name in _LIKE:
        other = next((a for a in args if isinstance(a, Tensor)), None)
        return tensor if name not in ("add", "mul", "sub", "div") else elementwise(machine, tensor, other)
    handler = METHODS.get("reduce" if name in _REDUCE else name)
    return Tensor(None, tensor.dtype) if handler is None else handler(machine, tensor, args, kwargs)


def _size(machine: "Machine", tensor: Tensor, args: Args) -> Any:
    found = Method(tensor, "shape")
    return attributes.item(machine, found, args[0]) if args else found


def _cast(tensor: Tensor, name: str, args: Args, kwargs: Kwargs) -> Tensor:
    if tensor.origin:
        return tensor  # what the model makes of its input says nothing of what it is
    wanted = _CASTS.get(name) or next((d for d in map(_dtype_of, (*args, *kwargs.values())) if d), tensor.dtype)
    return Tensor(tensor.shape, wanted, tensor.high)
