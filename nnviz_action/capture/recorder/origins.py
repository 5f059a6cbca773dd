"""Where a tensor comes from that no call made: a weight, a plain attribute, or a constant by its name in the code."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import FrameType, FunctionType, ModuleType
from typing import Any

import torch
from torch import nn

from nnviz_action.capture.built import Replaced
from nnviz_action.capture.private import HELD, FakeTensor
from nnviz_action.capture.recorder.lines import Lines
from nnviz_action.capture.recorder.modules import hidden_modules
from nnviz_action.capture.recorder.values import Twin, Value, value_of
from nnviz_action.graph.state_dict import plain_path

MOST_NUMBERS = 8
DEEPEST = 4
_BARREN = (FunctionType, staticmethod, classmethod, property, str, int, float, type(None))  # what leads to no tensor
MOST_STEPS, MOST_NAMES = 3, 300  # of the way to a constant: `self.tableau.alpha`, and names that are looked at


@dataclass(frozen=True)
class Origin:
    """What a weight or constant is: its name, its kind as of `Weight`, the tensor."""

    name: str
    kind: str
    tensor: torch.Tensor


def weights_of(root: nn.Module) -> dict[int, Origin]:
    """By id, each tensor that the model holds, by its first name."""
    found: dict[int, Origin] = {}

    def add(name: str, kind: str, tensor: torch.Tensor) -> None:
        found.setdefault(id(tensor), Origin(plain_path(name), kind, tensor))

    roots = {"": root, **{f"{path}.": module for path, module in hidden_modules(root).items()}}
    for prefix, module in roots.items():
        for name, parameter in module.named_parameters():
            add(prefix + name, "parameter" if parameter.requires_grad else "frozen", parameter)
        for name, buffer in module.named_buffers():
            add(prefix + name, "buffer", buffer)
    for prefix, module in roots.items():
        for path, owner in module.named_modules():
            for name, tensor in _plain_tensors(owner):
                add(prefix + (f"{path}.{name}" if path else name), "buffer", tensor)
    return found


def _plain_tensors(owner: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    for name, value in list(vars(owner).items()):
        if name not in HELD and not name.startswith("_backward"):
            yield from _tensors_in(value, name, 0)


def _tensors_in(value: Any, path: str, depth: int) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield path, value
    elif depth < DEEPEST and isinstance(value, (list, tuple, dict)):
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, item in items:
            yield from _tensors_in(item, f"{path}.{key}", depth + 1)


class Origins:
    """Looks up what a tensor is that nobody made while the model ran."""

    def __init__(self, root: nn.Module, lines: Lines, replaced: Mapping[int, Replaced]) -> None:
        self._lines = lines
        self._weights = weights_of(root)
        self._taken = {origin.name for origin in self._weights.values()}
        self._held = [before() for before, _ in replaced.values()]  # an id is good only as long as its owner lives
        for before, instead in replaced.values():
            if before() is not None and id(instead) in self._weights:
                self._weights[id(before())] = self._weights[id(instead)]
        self.used: dict[str, Origin] = {}
        self.values: dict[str, Value] = {}

    def of(self, tensor: torch.Tensor, twin: Twin) -> Value:
        """A value that stands for the tensor, which is a weight, known as another object, or a constant."""
        origin = self._weights.get(id(tensor))
        if origin is None:
            known = twin(tensor)
            if known is not None:
                return known
            origin = self._constant(tensor)
        if origin.name not in self.values:
            self.used[origin.name] = origin
            self.values[origin.name] = value_of(tensor, source=origin.name)
        return self.values[origin.name]

    def _constant(self, tensor: torch.Tensor) -> Origin:
        name = fresh(_name_in_code(tensor, self._lines.frames()) or "constant", self._taken)
        origin = Origin(name, "", tensor)
        self._weights[id(tensor)] = origin  # held from now on, so that its id is its own
        return origin


def fresh(name: str, taken: set[str]) -> str:
    """The name, or the first of `name#2`, `name#3`, … that nothing has; it is taken from now on."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}#{number}"
    taken.add(found)
    return found


def _name_in_code(tensor: torch.Tensor, frames: list[FrameType]) -> str:
    """What the code calls it: a variable of a function, of the module around it, or an attribute of one's object."""
    for deepest in (1, MOST_STEPS):
        for frame in frames:
            for space in (frame.f_locals, frame.f_globals) if deepest == 1 else (frame.f_locals,):
                path = _path_to(tensor, space, deepest)
                if path:
                    return ".".join(path[path[0] == "self" :]) or path[0]
    return ""


def _path_to(tensor: torch.Tensor, space: Mapping[str, Any], deepest: int) -> tuple[str, ...]:
    """The names that lead to it; empty where none do within so many steps."""
    items = list(space.items())[:MOST_NAMES]
    own = next(((name,) for name, value in items if value is tensor), ())
    if own or deepest == 0:
        return own
    inner = ((name, _path_to(tensor, _items_of(value, deepest), deepest - 1)) for name, value in items)
    return next(((name, *path) for name, path in inner if path), ())


def _items_of(value: Any, deepest: int) -> Mapping[str, Any]:
    """What is in a list, and the attributes of an object and of its class."""
    if isinstance(value, (list, tuple)):
        fields = getattr(value, "_fields", None) or map(str, range(MOST_NUMBERS))
        return dict(zip(fields, value, strict=False))
    if deepest == 1 or isinstance(value, (torch.Tensor, ModuleType, FunctionType, type)):
        return {}
    try:
        held = {**vars(type(value)), **vars(value)}
    except TypeError:
        return {}
    return {name: item for name, item in held.items() if not isinstance(item, _BARREN)}


def numbers_of(tensor: torch.Tensor) -> str:
    """A constant's numbers as text if they are few, else a hash of them; empty where they do not exist."""
    if (
        isinstance(tensor, FakeTensor)
        or tensor.is_meta
        or tensor.layout != torch.strided
        or tensor.is_quantized
        or tensor.is_nested
    ):
        return ""
    try:
        plain = tensor.detach().cpu()
        if plain.numel() <= MOST_NUMBERS:
            return _text(plain.tolist())
        return hashlib.sha256(_coarse(plain).encode()).hexdigest()[:16]
    except (RuntimeError, TypeError, ValueError, NotImplementedError):  # a lazy buffer has none yet
        return ""


def _coarse(tensor: torch.Tensor) -> str:
    """The numbers to four digits: the last bits of a sine differ between processors."""
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor)
    numbers = tensor.reshape(-1).tolist()
    return ",".join(f"{number:.4g}" if isinstance(number, float) else str(number) for number in numbers)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(map(_text, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
