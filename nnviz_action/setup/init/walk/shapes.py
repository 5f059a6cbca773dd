"""Methods of tensors that change the shape."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk import layers
from nnviz_action.setup.init.walk.values import UNKNOWN, Tensor, given_shape

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine

Args = Sequence[Any]
Kwargs = Mapping[str, Any]


def _axis(value: Any, rank: int) -> int | None:
    return value % rank if isinstance(value, int) and rank and -rank <= value < rank else None


def _view(_: "Machine", tensor: Tensor, args: Args, __: Kwargs) -> Any:
    shape = given_shape(list(args))
    if tensor.shape is None and tensor.origin and shape is not None and len(shape) == 2:
        tensor.flat = True
        return tensor
    if shape is None:
        return Tensor(None, tensor.dtype)
    total = _elements(tensor.shape)
    open_at = [i for i, a in enumerate(_flat(args)) if a == -1 and not isinstance(a, bool)]
    if total is not None and len(open_at) == 1:
        rest = [s for i, s in enumerate(shape) if i != open_at[0]]
        known = _elements(rest)
        shape[open_at[0]] = total // known if known else None
    elif open_at:
        shape = [None if i in open_at else s for i, s in enumerate(shape)]
    return Tensor(shape, tensor.dtype)


def _flat(args: Args) -> list[Any]:
    return list(args[0]) if len(args) == 1 and isinstance(args[0], (tuple, list)) else list(args)


def _elements(shape: Sequence[int | None] | None) -> int | None:
    if shape is None or any(s is None for s in shape):
        return None
    return math.prod(s for s in shape if s is not None)


def flatten(_: "Machine", tensor: Tensor, args: Args, kwargs: Kwargs) -> Any:
    """`flatten`; a tensor of which nothing is known is noted as flattened."""
    start = args[0] if args else kwargs.get("start_dim", 0)
    end = args[1] if len(args) > 1 else kwargs.get("end_dim", -1)
    if tensor.shape is None:
        tensor.flat = bool(tensor.origin) and start == 1
        return tensor if tensor.flat else Tensor(None, tensor.dtype)
    first, last = _axis(start, len(tensor.shape)), _axis(end, len(tensor.shape))
    if first is None or last is None or last < first:
        return Tensor(None, tensor.dtype)
    middle = _elements(tensor.shape[first : last + 1])
    return Tensor([*tensor.shape[:first], middle, *tensor.shape[last + 1 :]], tensor.dtype)


def _permute(_: "Machine", tensor: Tensor, args: Args, __: Kwargs) -> Any:
    order = _flat(args)
    if tensor.shape is None and tensor.origin and order and all(isinstance(o, int) for o in order):
        tensor.shape = [None] * len(order)
    if tensor.shape is None or sorted(_axis(o, len(tensor.shape)) or 0 for o in order) != list(
        range(len(tensor.shape))
    ):
        return Tensor(None, tensor.dtype)
    return Tensor([tensor.shape[o] for o in order], tensor.dtype)


def _transpose(_: "Machine", tensor: Tensor, args: Args, __: Kwargs) -> Any:
    if tensor.shape is None or len(args) < 2:
        return Tensor(None, tensor.dtype)
    one, two = _axis(args[0], len(tensor.shape)), _axis(args[1], len(tensor.shape))
    if one is None or two is None:
        return Tensor(None, tensor.dtype)
    shape = list(tensor.shape)
    shape[one], shape[two] = shape[two], shape[one]
    return Tensor(shape, tensor.dtype)


def _unsqueeze(_: "Machine", tensor: Tensor, args: Args, kwargs: Kwargs) -> Any:
    dim = args[0] if args else kwargs.get("dim")
    place = _axis(dim, len(tensor.shape) + 1) if tensor.shape is not None else None
    if tensor.shape is None or place is None:
        return Tensor(None, tensor.dtype)
    return Tensor([*tensor.shape[:place], 1, *tensor.shape[place:]], tensor.dtype, tensor.high)


def _squeeze(_: "Machine", tensor: Tensor, args: Args, __: Kwargs) -> Any:
    place = _axis(args[0], len(tensor.shape)) if tensor.shape is not None and args else None
    if tensor.shape is None or place is None or tensor.shape[place] is None:
        return Tensor(None, tensor.dtype)
    return tensor if tensor.shape[place] != 1 else Tensor(tensor.shape[:place] + tensor.shape[place + 1 :])


def _reduce(_: "Machine", tensor: Tensor, args: Args, kwargs: Kwargs) -> Any:
    dims = kwargs.get("dim", args[0] if args else None)
    axes = dims if isinstance(dims, (list, tuple)) else [dims]
    if tensor.shape is None or not axes or not all(isinstance(a, int) for a in axes):
        return Tensor(None, tensor.dtype)
    gone = {_axis(a, len(tensor.shape)) for a in axes}
    if kwargs.get("keepdim") is True or kwargs.get("keepdims") is True or (len(args) > 1 and args[1] is True):
        return Tensor([1 if i in gone else s for i, s in enumerate(tensor.shape)])
    return Tensor([s for i, s in enumerate(tensor.shape) if i not in gone])


def _chunk(_: "Machine", tensor: Tensor, args: Args, kwargs: Kwargs) -> Any:
    count = args[0] if args else kwargs.get("chunks")
    dim = args[1] if len(args) > 1 else kwargs.get("dim", 0)
    if not isinstance(count, int) or not 0 < count < 64:
        return UNKNOWN
    axis = _axis(dim, len(tensor.shape)) if tensor.shape is not None else None
    if tensor.shape is None or axis is None:
        return [Tensor() for _ in range(count)]
    size = tensor.shape[axis]
    shape = [*tensor.shape[:axis], size // count if size is not None else None, *tensor.shape[axis + 1 :]]
    return [Tensor(list(shape)) for _ in range(count)]


def _dim(_: "Machine", tensor: Tensor, __: Args, ___: Kwargs) -> Any:
    return len(tensor.shape) if tensor.shape is not None else UNKNOWN


def _interpolate(_: "Machine", tensor: Tensor, args: Args, kwargs: Kwargs) -> Any:
    made = layers.make("Upsample", args, {k: v for k, v in kwargs.items() if k in ("size", "scale_factor")})
    return layers.apply(_, made, [tensor], {})


METHODS: dict[str, Any] = {
    "view": _view, "reshape": _view, "flatten": flatten, "permute": _permute, "transpose": _transpose,
    "unsqueeze": _unsqueeze, "squeeze": _squeeze, "reduce": _reduce, "chunk": _chunk, "dim": _dim,
    "ndimension": _dim, "interpolate": _interpolate, "upsample": _interpolate,
}  # fmt: skip
