"""What a dimension, a tensor and its bytes come to once the dynamic dimensions have sizes."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from nnviz_action.graph.values import TensorType

Sizes = Mapping[str, int]
Number = int | Fraction
_MOST_POWER = 16  # a dimension is a polynomial of low degree; `9**9**9` would never end
_LARGEST_BASE = 2**63


def evaluate(dim: int | str | None, sizes: Sizes) -> int:
    """The value of a dimension: a number, a name, or an expression over names as sympy and ONNX write them.

    A name without a size counts as 1, and so does what is not known (None) or not understood. Never negative.
    """
    if isinstance(dim, int):
        return dim
    if dim is None:
        return 1
    if dim in sizes:
        return sizes[dim]
    try:
        return max(0, math.floor(_value(_parse(dim), sizes)))
    except (SyntaxError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return 1


def shape_of(type_: TensorType | None, sizes: Sizes) -> tuple[int, ...] | None:
    """The shape in numbers; None where not even the rank is known."""
    if type_ is None or type_.shape is None:
        return None
    return tuple(evaluate(dim, sizes) for dim in type_.shape)


def elements(type_: TensorType | None, sizes: Sizes) -> int:
    """The number of elements; 0 where not even the rank is known."""
    shape = shape_of(type_, sizes)
    return 0 if shape is None else math.prod(shape)


def bytes_of(type_: TensorType | None, sizes: Sizes) -> int:
    """The bytes that the values take, packed as ONNX packs types of less than 8 bits; texts count as none."""
    return 0 if type_ is None else -(-elements(type_, sizes) * bits_of(type_.dtype) // 8)


def bits_of(dtype: str) -> int:
    """Bits of one element: the first number in the name (`bf16`, `c64`, `float8e4m3fn`, `uint4`)."""
    found = re.search(r"\d+", dtype)
    return int(found.group()) if found else {"bool": 8}.get(dtype, 0)


@lru_cache(maxsize=4096)
def _parse(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def _value(node: ast.AST, sizes: Sizes) -> Number:
    """Fractions keep `3*(length/2)` exact."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return Fraction(value)
        case ast.Name(id=name):
            return sizes.get(name, 1)
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_value(operand, sizes))
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_value(left, sizes), _value(right, sizes))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _FUNCTIONS[name](*(_value(arg, sizes) for arg in args))
    raise ValueError(f"no arithmetic of dimensions: {ast.dump(node)[:80]}")


def _power(base: Number, exponent: Number) -> Number:
    if not -_MOST_POWER <= exponent <= _MOST_POWER or exponent != int(exponent) or base > _LARGEST_BASE:
        raise ValueError("no power of a dimension")
    return Fraction(base) ** int(exponent)


def _round(value: Number) -> int:
    return round(value)


_UNARY: dict[type[ast.unaryop], Callable[[Any], Number]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: Fraction,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
# sympy's own functions and those of torch.utils._sympy.functions, by the names that they print.
_FUNCTIONS: dict[str, Callable[..., Number]] = {
    "Abs": abs,
    "Max": max,
    "Min": min,
    "max": max,
    "min": min,
    "floor": math.floor,
    "ceiling": math.ceil,
    "ceil": math.ceil,
    "FloorToInt": math.floor,
    "CeilToInt": math.ceil,
    "TruncToInt": math.trunc,
    "RoundToInt": _round,
    "ToFloat": Fraction,
    "Identity": Fraction,
    "Mod": operator.mod,
    "PythonMod": operator.mod,
    "FloorDiv": operator.floordiv,
    "CeilDiv": lambda a, b: -(-a // b),
    "CleanDiv": Fraction,
    "IntTrueDiv": Fraction,
    "FloatTrueDiv": Fraction,
    "ModularIndexing": lambda base, divisor, modulus: base // divisor % modulus,
    "PowByNatural": _power,
}
