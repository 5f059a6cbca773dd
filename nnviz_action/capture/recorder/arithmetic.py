"""One way to write each piece of arithmetic: powers, roots, masks, numbers beside tensors."""

from collections.abc import Callable
from typing import Any

from nnviz_action.capture.recorder.layout import Dim, same
from nnviz_action.capture.recorder.values import Call, Value
from nnviz_action.graph.digest import COMMUTATIVE

_BOOLEAN = {f"bitwise_{name}": f"logical_{name}" for name in ("and", "or", "xor", "not")}
_POWERS = {2: "square", 0.5: "sqrt", -0.5: "rsqrt", -1: "reciprocal"}
_COMPARED = frozenset("eq ne lt le gt ge".split())  # noqa: SIM905
# What takes a number where it takes a tensor.
_MIXED = _COMPARED | frozenset("add sub mul div pow floor_divide remainder where masked_fill".split())  # noqa: SIM905
_CONSTANTS = {"zeros": 0, "ones": 1, "full": "fill_value", "tensor": "data"}  # or the option that holds the number
_NEUTRAL = {"add": 0, "sub": 0, "mul": 1, "div": 1, "pow": 1}


def _numbers_beside(call: Call) -> None:
    """A tensor that is one number of the code's own is that number, beside other tensors."""
    numbers = {name: _number_in(value) for name, value in call.inputs}
    if call.op in _MIXED and None in numbers.values():
        call.attributes += [(name, number) for name, number in numbers.items() if number is not None]
        call.inputs = [(name, value) for name, value in call.inputs if numbers[name] is None]


def _number_in(value: Value) -> Any:
    maker = value.maker
    if maker is None or maker.op not in _CONSTANTS or maker.domain != "torch" or value.shape != () or maker.inputs:
        return None
    number = _CONSTANTS[maker.op]
    number = maker.attribute(number) if isinstance(number, str) else number
    return number if isinstance(number, (int, float)) else None


def _order(call: Call) -> None:
    """A number beside a tensor stands behind it where the order is no matter."""
    if call.op in COMMUTATIVE and call.attribute("input") is not None and call.given("other") is not None:
        swap(call)


def swap(call: Call) -> None:
    """Change over what stands left and right."""
    other = {"input": "other", "other": "input"}
    call.inputs = [(other.get(name, name), value) for name, value in reversed(call.inputs)]
    call.attributes = [(other.get(name, name), value) for name, value in call.attributes]


def _power(call: Call) -> None:
    exponent = call.attribute("exponent") if call.op == "pow" else None
    if isinstance(exponent, (int, float)) and exponent in _POWERS and _keeps_type(call):
        call.op = _POWERS[exponent]
        call.attributes = [(name, value) for name, value in call.attributes if name != "exponent"]
    if call.op == "mul" and len(call.inputs) == 2 and call.inputs[0][1] is call.inputs[1][1]:
        call.op, call.inputs = "square", call.inputs[:1]


def _keeps_type(call: Call) -> bool:
    return bool(call.inputs) and call.outputs[0].dtype == call.inputs[0][1].dtype


def _quotient(call: Call) -> None:
    if call.op == "div" and call.attribute("rounding_mode") == "floor":
        call.op = "floor_divide"
        call.attributes = [(name, value) for name, value in call.attributes if name != "rounding_mode"]
    if call.op == "div" and call.attribute("input") == 1 and len(call.inputs) == 1 and len(call.attributes) == 1:
        call.op, call.inputs, call.attributes = "reciprocal", [("input", call.inputs[0][1])], []


def _sign(call: Call) -> None:
    """`0 - x` and `-1 * x` are `-x`."""
    is_sign = (call.op, call.attributes) in (("sub", [("input", 0)]), ("mul", [("other", -1)]))
    if is_sign and len(call.inputs) == 1 and _keeps_type(call):
        call.op, call.inputs, call.attributes = "neg", [("input", call.inputs[0][1])], []


def _boolean(call: Call) -> None:
    if call.op in _BOOLEAN and str(call.outputs[0].dtype) == "torch.bool":
        call.op = _BOOLEAN[call.op]


def _extreme(call: Call) -> None:
    """Of two tensors, or against a number."""
    if call.op in ("max", "min") and call.given("other") is not None:
        call.op = f"{call.op}imum"
    if call.op in ("clamp_min", "clamp_max"):
        call.op = "clamp"
    if call.op == "hardtanh" and (call.attribute("min_val"), call.attribute("max_val")) == (0, 6):
        call.op, call.attributes = "relu6", []


def _norm(call: Call) -> None:
    """A norm along one axis is that of a vector, whatever it is called; over all, where no power is given."""
    of_vector = isinstance(call.attribute("dim"), int) or call.attribute("ord") is None
    if call.op == "linalg.vector_norm" or (call.op == "linalg.norm" and of_vector):
        call.op = "norm"
    if call.op == "norm":
        call.attributes = [(n, _tuple(v) if n == "dim" else v) for n, v in call.attributes]


def _tuple(value: Any) -> Any:
    return (value,) if isinstance(value, int) else value


ARITHMETIC: tuple[Callable[[Call], None], ...] = (
    _numbers_beside, _order, _power, _quotient, _sign, _boolean, _extreme, _norm,
)  # fmt: skip


def _neutral(call: Call, dim: Dim) -> Value | None:
    """Nothing added, once everything."""
    number = _NEUTRAL[call.op]
    is_neutral = call.attributes in ([("other", number)], [("exponent", number)])
    return same(call, dim) if is_neutral and len(call.inputs) == 1 else None


def _where(call: Call, dim: Dim) -> Value | None:
    """The condition first; a number where it holds is a mask that is filled."""
    condition, value = call.given("condition"), call.given("input")
    if condition and value and str(condition.dtype) != "torch.bool" == str(value.dtype):  # `x.where(mask, y)`
        names = {"condition": "input", "input": "condition"}
        call.inputs = [(names.get(name, name), given) for name, given in call.inputs]
    call.inputs.sort(key=lambda given: ("condition", "input", "other").index(given[0]))
    number, value = call.attribute("input"), call.given("other")
    if number is not None and value is not None and value.dtype == call.outputs[0].dtype:
        call.op, call.attributes = "masked_fill", [("value", number)]
        call.inputs = [("input", value), ("mask", call.inputs[0][1])]
    return None


def _truth(call: Call, dim: Dim) -> Value | None:
    """`mask == False` is `~mask`, `mask != 0` the mask."""
    other = call.attribute("other")
    if len(call.inputs) != 1 or str(call.inputs[0][1].dtype) != "torch.bool" or other not in (0, 1):
        return None
    if (call.op == "eq") == bool(other):
        return same(call, dim)
    call.op, call.attributes = "logical_not", []
    return None


ARITHMETIC_RULES: dict[str, Callable[[Call, Dim], Value | None]] = {
    **dict.fromkeys(_NEUTRAL, _neutral), **dict.fromkeys(("eq", "ne"), _truth), "where": _where,
}  # fmt: skip
