"""Which function of torch failed, and on which input: heard in a forward pass that fails."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode


@dataclass(frozen=True)
class Heard:
    """A tensor in a failed call: its shape and type, the inputs it was made from, and whether it is one."""

    shape: tuple[int, ...]
    dtype: torch.dtype
    origins: frozenset[str]
    itself: str = ""


@dataclass(frozen=True)
class Failure:
    """A forward pass that failed. `name` is the function of torch that raised it, or empty; `args` what it had."""

    error: BaseException
    name: str = ""
    args: tuple[Any, ...] = ()
    heard: tuple[Heard, ...] = ()
    layer: nn.Module | None = None  # the innermost module that was called

    @property
    def text(self) -> str:
        """What it says, in one piece."""
        try:
            return f"{type(self.error).__name__}: {self.error}"[:2000]
        except Exception:  # a class of the user's may fail to say it
            return type(self.error).__name__


@dataclass
class Listener(TorchFunctionMode):
    """Follows what is made from each input, as far as functions of torch make it."""

    failure: Failure | None = None
    highs: dict[str, int] = field(default_factory=dict)
    calls: int = 0  # how far it came

    def __post_init__(self) -> None:
        super().__init__()
        self._origins: dict[int, tuple[torch.Tensor, frozenset[str], str]] = {}
        self._layer: nn.Module | None = None
        self._called: Any = ()
        self._hook = register_module_forward_pre_hook(self._enter)

    def _enter(self, module: nn.Module, args: Any) -> None:
        self._layer, self._called = module, args

    def close(self) -> None:
        """Hear no more."""
        self._hook.remove()

    def note(self, path: str, tensor: torch.Tensor) -> None:
        """This tensor is the input of that path."""
        self._origins[id(tensor)] = tensor, frozenset((path,)), path

    def heard(self, value: torch.Tensor) -> Heard:
        """What is known of a tensor."""
        _, origins, itself = self._origins.get(id(value), (None, frozenset(), ""))
        shape = tuple(size if type(size) is int else 0 for size in value.shape)  # 0: it depends on data
        return Heard(shape, value.dtype, origins, itself)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call it, note what comes of it, and by what it fails."""
        kwargs = kwargs or {}
        self.calls += 1
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            if self.failure is None or self.failure.error is not error:
                self.failure = self._failed(error, getattr(func, "__name__", ""), (*args, *kwargs.values()))
            raise
        origins = frozenset().union(*(self.heard(t).origins for t in _tensors((args, kwargs))))
        if origins:
            for tensor in _tensors(result):
                if id(tensor) not in self._origins:
                    self._origins[id(tensor)] = tensor, origins, ""
            if getattr(func, "__name__", "") == "embedding":
                self._bound(*args[:2])
        return result

    def _bound(self, indices: torch.Tensor, weight: torch.Tensor) -> None:
        for path in self.heard(indices).origins if isinstance(indices, torch.Tensor) else ():
            self.highs[path] = min(int(weight.shape[0]), self.highs.get(path, int(weight.shape[0])))

    def _failed(self, error: BaseException, name: str, args: tuple[Any, ...]) -> Failure:
        heard = tuple(map(self.heard, _tensors(args)))
        return Failure(error, name, args, heard, self._layer)

    def told(self, error: BaseException) -> Failure:
        """The failure that this error is, with what was heard of it."""
        if self.failure is not None and self.failure.error is error:
            return self.failure
        return self._failed(error, "", self._called)


def _tensors(value: Any, depth: int = 0) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)) and depth < 4:
        for child in value:
            yield from _tensors(child, depth + 1)
    elif isinstance(value, dict) and depth < 4:
        for child in value.values():
            yield from _tensors(child, depth + 1)
