"""One meaning, one name: calls as they would be had everybody written them the same way.

A rule changes a call, and gives the value that stands for its result where the call does nothing.
"""

from collections.abc import Callable, Iterable
from math import isclose
from typing import Any

from nnviz_action.capture.recorder.aliases import ALIASES, COMMUTATIVE, DROPOUTS, RANDOM, REVERSED
from nnviz_action.capture.recorder.indexing import INDEX_RULES
from nnviz_action.capture.recorder.layout import LAYOUT_RULES, Dim, cast, same, same_type
from nnviz_action.capture.recorder.sources import SOURCE_RULES
from nnviz_action.capture.recorder.values import Body, Call, Value

Rule = Callable[[Call, Dim], "Value | None"]
_BOOLEAN = {f"bitwise_{name}": f"logical_{name}" for name in ("and", "or", "xor", "not")}
_POWERS = {2: "square", 0.5: "sqrt", -0.5: "rsqrt", -1: "reciprocal"}
_MODE_APART = frozenset(("lstm", "gru", "rnn_tanh", "rnn_relu", "multi_head_attention_forward"))
_OPERANDS = frozenset(("input", "other", "exponent"))
_PAIRS = frozenset("add sub mul div pow matmul floor_divide remainder".split())  # noqa: SIM905


def settle(calls: list[Call], dim: Dim, stands: dict[int, Value]) -> list[Call]:
    """The calls under their one name; `stands` learns what now stands for the results of those that are left out."""
    kept = []
    for call in calls:
        call.inputs = [(name, _standing(value, stands)) for name, value in call.inputs]
        for body in call.bodies:
            _settle_body(body, dim, stands)
        value = _apply(call, dim)
        if value is None:
            kept.append(call)
            continue
        stands[id(call.outputs[0])] = value
        for before, after in call.written:
            stands[id(after)] = _standing(before, stands)
    return kept


def standing(values: Iterable[Value], stands: dict[int, Value]) -> list[Value]:
    """What stands for each of the values."""
    return [_standing(value, stands) for value in values]


def _standing(value: Value, stands: dict[int, Value]) -> Value:
    while id(value) in stands:
        value = stands[id(value)]
    return value


def _settle_body(body: Body, dim: Dim, stands: dict[int, Value]) -> None:
    body.calls = settle(body.calls, dim, stands)
    body.outputs = standing(body.outputs, stands)


def _apply(call: Call, dim: Dim) -> Value | None:
    if call.domain != "torch" or not call.outputs:
        call.random = call.random or call.op in RANDOM
        return None
    original = call.op
    _rename(call)
    for rule in (_numbers, _order, _power, _boolean, _random, _dims, _pool):
        rule(call)
    rule_of = _RULES.get(original) or _RULES.get(call.op) or LAYOUT_RULES.get(original) or LAYOUT_RULES.get(call.op)
    return rule_of(call, dim) if rule_of else None


def _rename(call: Call) -> None:
    call.op = ALIASES.get(call.op, call.op)
    if call.op in REVERSED:
        call.op = REVERSED[call.op]
        _swap(call)
    elif call.op in _PAIRS and len(call.inputs) == 2:
        call.inputs = [(name, value) for name, (_, value) in zip(("input", "other"), call.inputs, strict=True)]
    if call.op == "pow":
        call.inputs = [("exponent" if n == "other" else n, v) for n, v in call.inputs]
        call.attributes = [("exponent" if n == "other" else n, v) for n, v in call.attributes]


def _numbers(call: Call) -> None:
    """Beside floats, 3.0 is 3."""
    if call.outputs[0].dtype.is_floating_point:
        call.attributes = [
            (n, int(v) if n in _OPERANDS and type(v) is float and v.is_integer() else v) for n, v in call.attributes
        ]


def _swap(call: Call) -> None:
    other = {"input": "other", "other": "input"}
    call.inputs = [(other.get(name, name), value) for name, value in reversed(call.inputs)]
    call.attributes = [(other.get(name, name), value) for name, value in call.attributes]


def _order(call: Call) -> None:
    """A number beside a tensor stands behind it where the order is no matter."""
    if call.op in COMMUTATIVE and call.attribute("input") is not None and call.given("other") is not None:
        _swap(call)


def _power(call: Call) -> None:
    exponent = call.attribute("exponent") if call.op == "pow" else None
    if (
        isinstance(exponent, (int, float))
        and exponent in _POWERS
        and call.outputs[0].dtype == call.inputs[0][1].dtype
    ):
        call.op = _POWERS[exponent]
        call.attributes = [(name, value) for name, value in call.attributes if name != "exponent"]
    if call.op == "div" and call.attribute("input") == 1 and len(call.inputs) == 1 and len(call.attributes) == 1:
        call.op, call.inputs, call.attributes = "reciprocal", [("input", call.inputs[0][1])], []


def _boolean(call: Call) -> None:
    if call.op in _BOOLEAN and str(call.outputs[0].dtype) == "torch.bool":
        call.op = _BOOLEAN[call.op]


def _random(call: Call) -> None:
    if call.op in DROPOUTS:
        active = call.attribute("training", DROPOUTS[call.op])
        call.random = bool(active) and call.attribute("p", 0.5) != 0
        call.attributes = [(name, value) for name, value in call.attributes if name != "training"]
    elif call.op == "scaled_dot_product_attention":
        call.random = call.attribute("dropout_p", 0.0) > 0
    elif call.op == "multi_head_attention_forward":
        call.random = call.attribute("dropout_p", 0.0) > 0 and call.attribute("training", True)
    elif call.op == "rrelu":
        call.random = bool(call.attribute("training", False))
    if call.op in _MODE_APART:
        call.attributes = [(name, value) for name, value in call.attributes if name != "training"]
    call.random = call.random or call.op in RANDOM or call.op.removesuffix("_like") in RANDOM


def _dims(call: Call) -> None:
    """Dimensions count from the front."""
    value = call.given("input") or (call.inputs[0][1] if call.inputs else None)
    if value is None or value.shape is None or call.op == "tensordot":  # whose `dims` may be a number of them
        return
    rank = len(value.shape) + (call.op in ("stack", "unsqueeze"))
    call.attributes = [(n, _front(v, rank) if n in ("dim", "dims") else v) for n, v in call.attributes]


def _front(dim: Any, rank: int) -> Any:
    if type(dim) is int:
        return dim % rank if rank else dim
    if isinstance(dim, (tuple, list)) and all(type(item) is int for item in dim) and rank:
        return tuple(item % rank for item in dim)
    return dim


def _pool(call: Call) -> None:
    """A pool's stride is its window where nothing else is said."""
    if "_pool" in call.op:
        window, stride = call.attribute("kernel_size"), call.attribute("stride")
        if stride is not None and (stride == () or _all(stride) == _all(window)):
            call.attributes = [(name, value) for name, value in call.attributes if name != "stride"]
        call.attributes = [
            (n, _all(v) if n in ("kernel_size", "stride", "padding") else v) for n, v in call.attributes
        ]


def _all(size: Any) -> Any:
    """One number for all axes, if they have the same."""
    return size[0] if isinstance(size, (tuple, list)) and size and all(s == size[0] for s in size) else size


def _detach(call: Call, dim: Dim) -> Value | None:
    """Where no gradient flows, none is stopped."""
    return None if call.inputs[0][1].grad else same(call, dim)


def _copy(call: Call, dim: Dim) -> Value | None:
    """What a whole tensor is overwritten with is from then on its value."""
    source = call.given("src")
    whole = call.outputs[0].parent is None
    return source if source is not None and whole and same_type(source, call.outputs[0], dim) else None


def _einsum(call: Call, dim: Dim) -> Value | None:
    """The letters in the order in which they come."""
    equation = next((v for _, v in call.attributes if isinstance(v, str)), None)
    if equation is None:
        return None
    text = equation.replace(" ", "")
    if "->" not in text:
        once = sorted(c for c in set(text) if c.isalpha() and text.count(c) == 1)
        text = f"{text}->{'...' if '...' in text else ''}{''.join(once)}"
    letters: dict[str, str] = {}
    for letter in filter(str.isalpha, text):
        letters.setdefault(letter, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[len(letters)])
    call.inputs = [(f"tensors.{place}", value) for place, (_, value) in enumerate(call.inputs)]
    call.attributes = [("equation", "".join(letters.get(c, c) for c in text))]
    return None


def _dropout(call: Call, dim: Dim) -> Value | None:
    """What drops nothing, whatever the mode, unless its author made a layer of it."""
    is_layer = bool(call.modules) and call.modules[-1].short_kind.endswith("Dropout")
    return same(call, dim) if call.attribute("p") == 0 and not is_layer else None


def _attention(call: Call, dim: Dim) -> Value | None:
    """A scale that is torch's own is none."""
    scale, size = call.attribute("scale"), (call.inputs[0][1].shape or (None,))[-1]
    if isinstance(scale, float) and isinstance(size, int) and isclose(scale, size**-0.5, rel_tol=1e-6):
        call.attributes = [(name, value) for name, value in call.attributes if name != "scale"]
    return None


def _real(call: Call, dim: Dim) -> Value | None:
    """Of real numbers, the real part and the conjugate are the numbers."""
    return None if call.inputs[0][1].dtype.is_complex else same(call, dim)


_RULES: dict[str, Rule] = {
    **dict.fromkeys(("contiguous", "clone", "resolve_conj", "resolve_neg", "positive", "pos", "alias"), same),
    "coalesce": same,
    **dict.fromkeys(("real", "conj", "conj_physical"), _real),
    "detach": _detach, "to": cast, "copy": _copy, "einsum": _einsum,
    **dict.fromkeys(DROPOUTS, _dropout), "scaled_dot_product_attention": _attention,
    **INDEX_RULES, **SOURCE_RULES,
}  # fmt: skip
