"""One meaning, one name: calls as they would be had everybody written them the same way.

A rule changes a call, and gives the value that stands for its result where the call does nothing.
"""

from collections.abc import Callable, Iterable
from math import isclose

from nnviz_action.capture.recorder.aliases import ALIASES, DROPOUTS, RANDOM, REVERSED
from nnviz_action.capture.recorder.arithmetic import ARITHMETIC, ARITHMETIC_RULES, swap
from nnviz_action.capture.recorder.indexing import INDEX_RULES, overwrite, settle_target
from nnviz_action.capture.recorder.layout import PERMUTE_RULES, Dim, cast, same, same_type
from nnviz_action.capture.recorder.options import settle_options
from nnviz_action.capture.recorder.reshapes import SHAPE_RULES, drop_broadcasts
from nnviz_action.capture.recorder.sources import SOURCE_RULES
from nnviz_action.capture.recorder.splits import SPLIT_RULES
from nnviz_action.capture.recorder.values import Body, Call, Value

Rule = Callable[[Call, Dim], "Value | None"]
_MODE_APART = frozenset(("lstm", "gru", "rnn_tanh", "rnn_relu", "multi_head_attention_forward"))
_PAIRS = frozenset("add sub mul div pow matmul floor_divide remainder".split())  # noqa: SIM905


def settle(calls: list[Call], dim: Dim, stands: dict[int, Value]) -> list[Call]:
    """The calls under their one name; `stands` learns what now stands for the results of those that are left out."""
    kept = []
    for call in calls:
        call.inputs = [(name, _standing(value, stands)) for name, value in call.inputs]
        for body in call.bodies:
            _settle_body(body, dim, stands)
        value = settle_call(call, dim)
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


def settle_call(call: Call, dim: Dim) -> Value | None:
    """Give a call its one name; the value that stands for its result, if it does nothing."""
    if call.op == "setitem" and not call.outputs:
        settle_options(call)
        settle_target(call, dim)
        return overwrite(call, dim) if len(call.written) == 1 else None
    if call.domain != "torch" or not call.outputs:
        call.random = call.random or call.op in RANDOM
        return None
    _rename(call)
    for rule in (*ARITHMETIC, settle_options, _random):
        rule(call)
    drop_broadcasts(call, dim)
    rule_of = _RULES.get(call.op)
    return rule_of(call, dim) if rule_of else None


def _rename(call: Call) -> None:
    call.op = ALIASES.get(call.op, call.op)
    if call.op in REVERSED:
        call.op = REVERSED[call.op]
        swap(call)
    elif call.op in _PAIRS and len(call.inputs) == 2:
        call.inputs = [(name, value) for name, (_, value) in zip(("input", "other"), call.inputs, strict=True)]
    if call.op == "pow":
        call.inputs = [("exponent" if n == "other" else n, v) for n, v in call.inputs]
        call.attributes = [("exponent" if n == "other" else n, v) for n, v in call.attributes]


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
    text = "".join(letters.get(c, c) for c in text)
    if text == "a,b->ab":
        call.op, call.attributes = "outer", []
        call.inputs = [(name, value) for name, (_, value) in zip(("input", "vec2"), call.inputs, strict=True)]
        return None
    call.inputs = [(f"tensors.{place}", value) for place, (_, value) in enumerate(call.inputs)]
    call.attributes = [("equation", text)]
    return None


def _nothing_around(call: Call, dim: Dim) -> Value | None:
    return same(call, dim) if call.attribute("pad") in ((), (0, 0)) else None


def _not_rolled(call: Call, dim: Dim) -> Value | None:
    return same(call, dim) if not any(call.attribute("shifts", (1,))) else None


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
    **dict.fromkeys(DROPOUTS, _dropout), "pad": _nothing_around, "roll": _not_rolled,
    "scaled_dot_product_attention": _attention,
    **PERMUTE_RULES, **SHAPE_RULES, **SPLIT_RULES, **INDEX_RULES, **SOURCE_RULES, **ARITHMETIC_RULES,
}  # fmt: skip
