"""The config's named dimensions as symbolic sizes, and sizes as text in these names."""

import ast
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy  # type: ignore[import-untyped]
import torch
from torch.fx.experimental.symbolic_shapes import DimDynamic, ShapeEnv

from nnviz_action.capture.built import Built
from nnviz_action.capture.private import SizeSource


def symbolic_inputs(built: Built) -> tuple[tuple[Any, ...], dict[str, Any], dict[Any, str]]:
    """The arguments with a free size for each named dimension, and the names by symbol."""
    inputs, names = built.inputs, {}
    env = built.mode.shape_env if built.mode is not None else None
    if not inputs.axes or built.mode is None or env is None:
        return inputs.args, inputs.kwargs, {}
    sizes: dict[str, Any] = {}
    made: dict[int, torch.Tensor] = {}
    for tensor, axes in inputs.axes:
        shape: list[Any] = list(tensor.shape)
        for axis, name in axes.items():
            if name not in sizes:
                sizes[name], symbol = _size(env, name, int(shape[axis]))
                names[symbol] = name
            shape[axis] = sizes[name]
        with built.active():
            made[id(tensor)] = torch.empty(shape, dtype=tensor.dtype, device=tensor.device)
    return _swap(inputs.args, made), _swap(inputs.kwargs, made), names


def refuse_unknown(built: Built) -> None:
    """From now on a size or number that depends on values is an error: only a run on real ones tells it."""
    env = built.mode.shape_env if built.mode is not None else None
    if env is not None:
        env.settings = replace(env.settings, allow_scalar_outputs=False, allow_dynamic_output_shape_ops=False)


def _size(env: ShapeEnv, name: str, example: int) -> tuple[Any, Any]:
    source = SizeSource(name)
    symbol = env.create_symbol(example, source, DimDynamic.DYNAMIC, do_not_specialize_zero_one=True)
    return env.create_symintnode(symbol, hint=example, source=source), symbol


def _swap(value: Any, made: Mapping[int, torch.Tensor]) -> Any:
    if isinstance(value, torch.Tensor):
        return made.get(id(value), value)
    if isinstance(value, dict):
        return {key: _swap(item, made) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_swap(item, made) for item in value)
    return value


class Sizes:
    """Sizes as a type has them: numbers, or text in the names of the dimensions."""

    def __init__(self, names: Mapping[Any, str], env: ShapeEnv | None) -> None:
        self._names, self._env = {symbol: sympy.Symbol(name, integer=True) for symbol, name in names.items()}, env
        self._texts: dict[Any, int | str | None] = {}

    def of(self, size: Any) -> int | str | None:
        """One size; None where it is neither a number nor made of named dimensions."""
        if type(size) is int:
            return size
        expression = getattr(getattr(size, "node", None), "expr", None)
        if expression is None:
            return int(size) if isinstance(size, int) else None
        if expression not in self._texts:
            self._texts[expression] = self._text(expression)
        return self._texts[expression]

    def fixed(self) -> list[tuple[str, int]]:
        """The named dimensions that the model works for one size of alone, with that size."""
        if self._env is None:
            return []
        found = [(name.name, self._env.simplify(symbol)) for symbol, name in self._names.items()]
        return [(name, int(size)) for name, size in found if size.is_number]

    def _text(self, expression: Any) -> int | str | None:
        simple = self._env.simplify(expression) if self._env is not None else expression
        if simple.is_number:
            return int(simple)
        if not simple.free_symbols <= self._names.keys():
            return None  # it depends on values
        return _printed(simple.xreplace(self._names))


def _printed(expression: Any) -> str:
    """As sympy writes it, with no more brackets than Python needs."""
    text = ast.unparse(ast.parse(sympy.sstr(expression), mode="eval"))
    return re.sub(r" (//|\*\*|\*|%) ", r"\1", text)
