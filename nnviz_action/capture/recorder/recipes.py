"""How buffers and constants are made: the calls and numbers, as text. It needs no values, and so no weights either.

A tensor's recipe is a tree of calls, kept beside it while the model is built; text is made only of what is asked for.
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from nnviz_action.capture.recorder.aliases import ALIASES, REVERSED
from nnviz_action.capture.recorder.arguments import DROPPED
from nnviz_action.capture.recorder.attributes import text_of
from nnviz_action.capture.recorder.functions import is_fact, public_name, raw_name
from nnviz_action.capture.recorder.indices import Index
from nnviz_action.capture.recorder.origins import numbers_of, weights_of
from nnviz_action.capture.recorder.values import tensors_of

LONGEST = 160  # characters; a longer recipe is told by its hash
DEEPEST = 40
_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@", "floor_divide": "//"}
_UNSEEN = frozenset(("to", "contiguous", "clone", "detach", "pin_memory", "reshape"))  # no matter to the numbers
_SIZED = frozenset(("zeros", "ones", "empty", "rand", "randn"))  # the type says how large
_FILLS = {"zero": "zeros", "fill": "full"}


@dataclass(frozen=True)
class Step:
    """One call, of which the arguments that are tensors are steps. `before` is what it wrote to, if it is not all."""

    op: str
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...] = ()
    before: Step | None = None
    item: int | None = None


_GIVEN = Step("given", ())


class Recipes(TorchFunctionMode):
    """While active, notes how each tensor is made."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: dict[int, tuple[weakref.ref[torch.Tensor], Step]] = {}
        self.named: dict[str, str] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if is_fact(func):
            return func(*args, **kwargs)
        real = [t for t in tensors_of((args, kwargs)) if not is_lazy(t)]
        given = [(t, t._version) for t in real if not t.is_inference()]
        loads = getattr(func, "__name__", "") in ("copy_", "set_")  # as `load_state_dict` does: data, and no recipe
        known = {id(t): self._known(t) or _GIVEN if loads else self._step(t) for t, _ in given}
        result = func(*args, **kwargs)
        written = [t for t, version in given if t._version != version]
        made = [t for t in tensors_of(result) if id(t) not in known and not is_lazy(t)]
        if made or written:
            self._note(_step_of(func, args, kwargs, known), made, written)
        return result

    def name(self, module: nn.Module) -> None:
        """Keep the recipes of the model's buffers by their names: the tensors themselves may yet be replaced."""
        buffers = {o.name: self.of(o.tensor) for o in weights_of(module).values() if o.kind == "buffer"}
        self.named = {name: text for name, text in buffers.items() if text}

    def of(self, tensor: torch.Tensor) -> str:
        """The recipe of a tensor as text, or as a hash where that is long; empty where nothing is known."""
        step = self._known(tensor)
        if step is None:
            numbers = numbers_of(tensor)  # made where nobody listens, by NumPy or from a file
            return f"tensor({numbers})" if numbers else ""
        text = _text(step, {}, 0)
        return text if len(text) <= LONGEST else hashlib.sha256(text.encode()).hexdigest()[:16]

    def _note(self, step: Step, made: list[torch.Tensor], written: list[torch.Tensor]) -> None:
        for place, tensor in enumerate(made):
            one = step if len(made) == 1 else Step(step.op, step.args, step.kwargs, item=place)
            self._keep(tensor, one)
        for tensor in written:
            whole = tensor._base
            if whole is not None:
                self._keep(whole, Step(step.op, step.args, step.kwargs, before=self._step(whole)))
            partial = step.op == "setitem"
            self._keep(tensor, Step(step.op, step.args, step.kwargs, before=self._step(tensor) if partial else None))

    def _keep(self, tensor: torch.Tensor, step: Step) -> None:
        self._steps[id(tensor)] = weakref.ref(tensor), step

    def _known(self, tensor: torch.Tensor) -> Step | None:
        entry = self._steps.get(id(tensor))
        return entry[1] if entry is not None and entry[0]() is tensor else None

    def _step(self, tensor: torch.Tensor) -> Step:
        return self._known(tensor) or Step("tensor", (numbers_of(tensor),))


@contextmanager
def listening() -> Iterator[Recipes]:
    """Meanwhile, all that makes tensors is noted: `recipes.name(module)` once the model is built."""
    recipes = Recipes()
    with recipes:
        yield recipes


def _step_of(func: Any, args: Any, kwargs: Mapping[str, Any], known: Mapping[int, Step]) -> Step:
    plain = public_name(raw_name(func)[1])
    op = ALIASES.get(plain, plain)
    if op in ("getitem", "setitem"):
        index = args[1] if isinstance(args[1], tuple) else (args[1],)
        return Step(op, tuple(_plain(a, known) for a in (args[0], Index(index), *args[2:])))
    args = args[::-1] if op in REVERSED else args
    named = tuple((k, _plain(v, known)) for k, v in sorted(kwargs.items()) if k not in DROPPED and k != "dtype")
    return Step(REVERSED.get(op, op), tuple(_plain(a, known) for a in args), named)


def _plain(value: Any, known: Mapping[int, Step]) -> Any:
    if isinstance(value, torch.Tensor):
        return known.get(id(value), Step("tensor", ()))
    if isinstance(value, (list, tuple)):
        return tuple(_plain(item, known) for item in value)
    return value


def _text(step: Any, known: dict[int, str], depth: int) -> str:
    """The step as an expression; what is long inside of it by its hash, so that no text grows without end."""
    if not isinstance(step, Step):
        return _number(step, known, depth)
    if id(step) not in known:
        text = _expression(step, known, depth + 1) if depth < DEEPEST else "…"
        long = len(text) > 4 * LONGEST
        known[id(step)] = hashlib.sha256(text.encode()).hexdigest()[:16] if long else text
    return known[id(step)]


def _number(value: Any, known: dict[int, str], depth: int) -> str:
    if type(value) is float:
        return f"{value:.12g}"
    if isinstance(value, tuple):
        return f"[{', '.join(_text(item, known, depth) for item in value)}]"
    return value if isinstance(value, str) else text_of(value, str)


def _expression(step: Step, known: dict[int, str], depth: int) -> str:
    parts = [_text(arg, known, depth) for arg in step.args]
    if step.op in _UNSEEN and parts:
        return parts[0]
    if step.op == "setitem":
        return f"{_text(step.before, known, depth)}; [{parts[1]}] = {parts[2]}"
    if step.op == "getitem":
        return f"{_inside(parts[0])}[{parts[1]}]"
    if step.op in _FILLS and step.before is None:
        return f"full({parts[1]})" if len(parts) > 1 else _FILLS[step.op]
    named = [f"{name}={_text(value, known, depth)}" for name, value in step.kwargs]
    if step.op in _INFIX and len(parts) == 2 and not named:
        text = f"{_inside(parts[0])} {_INFIX[step.op]} {_inside(parts[1])}"
    elif step.op in _SIZED:
        text = step.op
    else:
        text = f"{step.op}({', '.join((*parts, *named))})"
    text += "" if step.item is None else f"[{step.item}]"
    return text if step.before is None else f"{_text(step.before, known, depth)}; {text}"


def _inside(text: str) -> str:
    """With brackets, unless it is one name, number or call."""
    depth = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == " " and depth == 0:
            return f"({text})"
    return f"({text})" if text.startswith("-") else text
