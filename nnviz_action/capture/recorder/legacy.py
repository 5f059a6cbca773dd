"""`torch.Tensor(n, m)` and `torch.FloatTensor(n, m)` take memory wherever tensors are made: here they do not."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch.autograd import Variable

from nnviz_action.capture.eager import replaced
from nnviz_action.capture.private import new_tensor

_TYPES = {
    "FloatTensor": torch.float32, "DoubleTensor": torch.float64, "HalfTensor": torch.float16,
    "BFloat16Tensor": torch.bfloat16, "LongTensor": torch.int64, "IntTensor": torch.int32, "ShortTensor": torch.int16,
    "CharTensor": torch.int8, "ByteTensor": torch.uint8, "BoolTensor": torch.bool,
}  # fmt: skip


@contextmanager
def legacy_constructors() -> Iterator[None]:
    """Meanwhile, the old constructors are `torch.empty` and `torch.tensor`, on the device that is asked for."""
    with ExitStack() as stack:
        stack.enter_context(replaced(torch.Tensor, "__new__", staticmethod(_new)))
        stack.enter_context(replaced(Variable, "__new__", staticmethod(_variable)))
        for name, dtype in _TYPES.items():
            stack.enter_context(replaced(torch, name, _legacy(getattr(torch, name), dtype)))
        yield


def _variable(_: Any, data: Any = None, requires_grad: bool = False, volatile: bool = False) -> Any:
    """What was once put around each tensor."""
    made = torch.tensor([]) if data is None else data.detach()
    return made.requires_grad_() if requires_grad else made


def _new(*given: Any, **kwargs: Any) -> Any:
    cls, *args = given
    if cls is torch.Tensor and not kwargs:
        made = _made(tuple(args), torch.get_default_dtype())
        if made is not None:
            return made
    return new_tensor(cls, *args, **kwargs)


def _made(args: tuple[Any, ...], dtype: torch.dtype) -> Any:
    if args and all(isinstance(n, (int, torch.SymInt)) for n in args):
        return torch.empty(args, dtype=dtype)
    if len(args) == 1 and isinstance(args[0], torch.Size):
        return torch.empty(args[0], dtype=dtype)
    if len(args) == 1 and isinstance(args[0], (list, tuple)):
        return torch.tensor(args[0], dtype=dtype)
    return None


def _legacy(kind: Any, dtype: torch.dtype) -> Any:
    class Meta(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            made = None if kwargs else _made(args, dtype)
            return kind(*args, **kwargs) if made is None else made

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, kind)

    return Meta(f"torch.{kind.__name__}", (), {})  # by this name torch knows it for a type
