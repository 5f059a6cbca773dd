"""A recipe as text: calls under their one name, as formulas."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import torch

from nnviz_action.capture.recorder.arguments import bind, by_tensors
from nnviz_action.capture.recorder.attributes import text_of
from nnviz_action.capture.recorder.functions import public_name
from nnviz_action.capture.recorder.fusing import fuse_alone
from nnviz_action.capture.recorder.indices import index_of
from nnviz_action.capture.recorder.meaning import settle_call
from nnviz_action.capture.recorder.steps import Step
from nnviz_action.capture.recorder.values import Call, Value

LONGEST = 160  # characters; a longer recipe is told by its hash
DEEPEST = 40
_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@", "floor_divide": "//"}
_UNSEEN = frozenset(("to", "detach", "pin_memory", "identity"))  # no matter to the numbers
_SHAPING = frozenset(("reshape", "unsqueeze", "squeeze", "expand"))  # at the end the type tells what they do
_SPOKEN: dict[str, Callable[[str], str]] = {
    "square": lambda text: f"{text} ** 2", "reciprocal": lambda text: f"1 / {text}", "neg": lambda text: f"-{text}",
}  # fmt: skip


def recipe_text(step: Step) -> str:
    """The recipe, or its hash where it is long."""
    text = _Reader().whole(step)
    return text if len(text) <= LONGEST else hashlib.sha256(text.encode()).hexdigest()[:16]


def _dim(size: Any) -> Any:
    return size if isinstance(size, int) else str(size)


class _Reader:
    """Makes calls of steps, and text of calls; each step once."""

    def __init__(self) -> None:
        self._values: dict[int, Value] = {}
        self._texts: dict[int, str] = {}
        self._kept: list[Any] = []  # an id is good only as long as its owner lives

    def whole(self, step: Step) -> str:
        """The text of a recipe, without what only gives the result its shape."""
        value = self._value(step, 0)
        while id(value) not in self._texts and value.maker is not None and value.maker.op in _SHAPING | _UNSEEN:
            value = value.maker.inputs[0][1]
        return self._text(value)

    def _value(self, step: Step, depth: int) -> Value:
        if id(step) not in self._values:
            value = Value(step.dtype, step.shape)
            self._kept += [step, value]
            if depth >= DEEPEST:
                self._texts[id(value)] = "…"
            elif step.func is None:
                self._texts[id(value)] = f"tensor({step.args[0]})" if step.args else "given"
            else:
                value = self._made(step, value, depth + 1)
            self._values[id(step)] = value
        return self._values[id(step)]

    def _made(self, step: Step, value: Value, depth: int) -> Value:
        call = self._call(step, depth)
        value.maker = call
        if call.op == "setitem":
            settle_call(call, _dim)
        call.outputs = [value]
        if call.op == "setitem" or step.before is not None:
            before = self._text(self._value(step.before, depth)) if step.before is not None else ""
            self._texts[id(value)] = f"{before}; {self._written(call)}"
            return value
        if step.item is None:
            value = settle_call(call, _dim) or value
            fuse_alone(call, _dim)
        else:
            self._texts[id(value)] = f"{self._expression(call)}[{step.item}]"
        return value

    def _call(self, step: Step, depth: int) -> Call:
        known: dict[int, Value] = {}
        args, kwargs = (self._stand_ins(given, known, depth) for given in (step.args, dict(step.kwargs)))
        is_index = step.raw in ("__getitem__", "__setitem__")
        bound = index_of(args) if is_index else bind(step.func, step.raw, args, kwargs)
        inputs, attributes = by_tensors(bound, known)
        return Call(public_name(step.raw), "torch", inputs, [item for item in attributes if item[0] != "dtype"])

    def _stand_ins(self, given: Any, known: dict[int, Value], depth: int) -> Any:
        """The arguments with tensors of no memory in place of steps, by which the overload is found."""
        if isinstance(given, Step):
            tensor = torch.empty(given.shape or (), dtype=given.dtype, device="meta")
            self._kept.append(tensor)
            known[id(tensor)] = self._value(given, depth)
            return tensor
        if isinstance(given, (tuple, list)):
            return tuple(self._stand_ins(item, known, depth) for item in given)
        if isinstance(given, dict):
            return {name: self._stand_ins(item, known, depth) for name, item in given.items()}
        return given

    def _text(self, value: Value) -> str:
        """What is long inside is told by its hash, so that no text grows without end."""
        if id(value) not in self._texts:
            text = "given" if value.maker is None else self._expression(value.maker)
            long = len(text) > 4 * LONGEST
            self._texts[id(value)] = hashlib.sha256(text.encode()).hexdigest()[:16] if long else text
        return self._texts[id(value)]

    def _expression(self, call: Call) -> str:
        inputs = [self._text(value) for _, value in call.inputs]
        if call.op in _UNSEEN and inputs:
            return inputs[0]
        if call.op in _SPOKEN and len(inputs) == 1 and not call.attributes:
            return _SPOKEN[call.op](_inside(inputs[0]))
        if call.op in ("getitem", "unsqueeze"):
            return f"{_inside(inputs[0])}[{self._index(call)}]"
        if call.op in _INFIX and len(call.inputs) + len(call.attributes) == 2:
            left, right = self._sides(call)
            return f"{_inside(left)} {_INFIX[call.op]} {_inside(right)}"
        return _called(call, inputs)

    def _sides(self, call: Call) -> list[str]:
        given = {name: self._text(value) for name, value in call.inputs}
        given |= {name: _number(value) for name, value in call.attributes}
        return [text for _, text in sorted(given.items(), key=lambda item: item[0] != "input")]

    def _index(self, call: Call) -> str:
        if call.op == "unsqueeze":
            return ", ".join([":"] * call.attribute("dim", 0) + ["None"])
        tensors = [self._text(value) for name, value in call.inputs if name.startswith("index.")]
        parts = getattr(call.attribute("index"), "parts", ())
        texts = ", ".join(text_of(part, _dim) for part in parts) or ", ".join(tensors)
        for text in tensors if parts else ():
            texts = texts.replace("tensor", text, 1)
        return texts

    def _written(self, call: Call) -> str:
        if call.op != "setitem":
            value = settle_call(call, _dim)
            return self._text(value) if value is not None else self._expression(call)
        source = call.given("value")
        return f"[{self._index(call)}] = {_number(call.attribute('value')) if source is None else self._text(source)}"


def _called(call: Call, inputs: list[str]) -> str:
    """`tril(ones)`, `cat([a, b], dim=1)`, `arange(0, 16, 2)`."""
    if call.op == "arange":
        start, end, step = (call.attribute(name, usual) for name, usual in (("start", 0), ("end", 0), ("step", 1)))
        numbers = [end] if start == 0 and step == 1 else [start, end] if step == 1 else [start, end, step]
        return f"arange({', '.join(map(_number, numbers))})"
    given = f"[{', '.join(inputs)}]" if call.inputs and call.inputs[0][0].endswith(".0") else ", ".join(inputs)
    alone = len(call.attributes) == 1 and not inputs
    options = [_number(v) if alone else f"{name}={_number(v)}" for name, v in (*call.attributes, *_sizes_of(call))]
    if call.op == "reshape":
        options = [_number(call.outputs[0].shape)]
    parts = ", ".join(filter(None, (given, *options)))
    return f"{call.op}({parts})" if parts else call.op


def _sizes_of(call: Call) -> list[tuple[str, Any]]:
    """How much of the result each part makes, which the shape of the whole does not tell."""
    shapes = [value.shape or () for _, value in call.inputs]
    if call.op == "block_diag":
        return [("sizes", shapes)]
    dim = call.attribute("dim", 0)
    if call.op == "cat" and all(-len(shape) <= dim < len(shape) for shape in shapes):
        return [("sizes", [shape[dim] for shape in shapes])]
    return []


def _number(value: Any) -> str:
    if type(value) is float:
        return f"{value:.12g}"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_number, value))}]"
    return value if isinstance(value, str) else text_of(value, _dim)


def _inside(text: str) -> str:
    """With brackets, unless it is one name, number or call."""
    depth = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == " " and depth == 0:
            return f"({text})"
    return f"({text})" if text.startswith("-") else text
