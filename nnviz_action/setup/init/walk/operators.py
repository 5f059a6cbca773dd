"""Operators on values, whatever is known of these."""

import ast
import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nnviz_action.setup.init.walk.values import UNKNOWN, External, Layer, Namespace, Stack, Tensor

if TYPE_CHECKING:
    from nnviz_action.setup.init.walk.machine import Machine


_WIDE = re.compile(r"%[^a-zA-Z%]*(\d{4}|\*)")  # a format that says a width itself
MOST_JOINED = 50_000  # items of two sequences that are added
MOST_ITEMS = 512  # of a sequence that is gone through, or of a text or list that is multiplied


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.BitOr: operator.or_, ast.BitAnd: operator.and_,
}  # fmt: skip


_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip


PLAIN = (int, float, str, bool, tuple, list, dict, type(None))


def truth(value: Any) -> bool | None:
    """Whether a value is true; None where that is not known."""
    if isinstance(value, (Layer, Stack, *PLAIN)):
        return bool(value.items) if isinstance(value, Stack) else bool(value)
    if value is UNKNOWN or isinstance(value, (Tensor, Namespace, External)):
        return None
    return True


def binary(machine: "Machine", kind: type[ast.operator], left: Any, right: Any) -> Any:
    """What an operator gives."""
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return elementwise(machine, left, right)
    if kind is ast.Pow and isinstance(left, (int, float)) and isinstance(right, (int, float)):
        small = abs(right) < 32 and abs(left) < 2**64
        return left**right if small and (left or right >= 0) else UNKNOWN
    if not isinstance(left, PLAIN) or not isinstance(right, PLAIN) or kind not in _BINARY or _is_huge(left, right):
        return UNKNOWN
    try:
        return _BINARY[kind](left, right)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return UNKNOWN


def _is_huge(left: Any, right: Any) -> bool:
    """Whether the result may be: somebody else's code is not to take all memory."""
    if isinstance(left, (str, bytes)) and _WIDE.search(str(left)):
        return True
    sized = [v for v in (left, right) if isinstance(v, (str, bytes, list, tuple))]
    counts = [v for v in (left, right) if isinstance(v, int)]
    if sum(map(len, sized)) > MOST_JOINED or any(abs(count) > 2**64 for count in counts):
        return True
    return any(len(s) * c > MOST_ITEMS for s in sized for c in counts)


def elementwise(machine: "Machine", left: Any, right: Any) -> Any:
    """Two tensors as one: of equal or broadcast shape. A size that is 1 or open gives way."""
    one, other = (left, right) if isinstance(left, Tensor) else (right, left)
    if not isinstance(other, Tensor):
        return one
    if one.shape is None or other.shape is None:
        return one if one.origin or one.shape is not None else other
    short, long = sorted((one.shape, other.shape), key=len)
    padded = [1] * (len(long) - len(short)) + short
    shape = [_broadcast(machine, a, b) for a, b in zip(padded, long, strict=True)]
    if shape == one.shape or shape == other.shape:
        return one if shape == one.shape else other
    return Tensor(shape, one.dtype)


def _broadcast(machine: "Machine", left: int | None, right: int | None) -> int | None:
    if left is not None and right is not None and left != right and 1 not in (left, right):
        machine.refuse(f"sizes {left} and {right} in one operation")
    if left is None or right is None:
        return left or right
    return max(left, right)


def iterate(value: Any) -> list[Any] | None:
    """The items of a value, None where they are not known."""
    if isinstance(value, Stack):
        return list(value.items)
    if isinstance(value, (list, tuple, dict, str)):
        return list(value)[:MOST_ITEMS]
    return None


def compared(kind: type[ast.cmpop], left: Any, right: Any) -> Any:
    """What a comparison gives."""
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if kind in (ast.Is, ast.IsNot):
        same = left is right
        return same if kind is ast.Is else not same
    if not isinstance(left, PLAIN) or not isinstance(right, PLAIN) or _has_unknown(left) or _has_unknown(right):
        return UNKNOWN
    try:
        return bool(_COMPARE[kind](left, right))
    except TypeError:
        return UNKNOWN


def _has_unknown(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_unknown, value))
    return not isinstance(value, PLAIN)
