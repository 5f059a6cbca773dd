"""Two calls that are one by another name, where nobody else uses what is between them."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import torch

from nnviz_action.capture.recorder.layout import Dim, made_by
from nnviz_action.capture.recorder.products import as_products, linear, with_bias
from nnviz_action.capture.recorder.recurrent import with_own_states
from nnviz_action.capture.recorder.splits import join_slices
from nnviz_action.capture.recorder.values import Call, Value

_ASSOCIATIVE = ("sum", "mean", "amax", "amin", "any", "all")
_REDUCTIONS = (*_ASSOCIATIVE, "prod", "var", "std", "norm", "logsumexp", "argmax", "argmin")
_WHOLE = ("zeros", "ones", "full", "arange", "eye")
_FIRST_AND_SECOND = {"max": ("amax", "argmax"), "min": ("amin", "argmin"), "sort": ("", "argsort")}

Fusion = Callable[[Call, "Uses"], None]


class Uses:
    """How often each value is used; `dim` says what a size is called, `weights` are known by id."""

    def __init__(
        self, calls: Iterable[Call], wanted: Iterable[Value], dim: Dim, weights: Iterable[Value] = ()
    ) -> None:
        self.dim, self.weights = dim, set(map(id, weights))
        self._counts = Counter(map(id, wanted))
        self._count(calls)

    def _count(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self._counts.update(id(value) for _, value in call.inputs)
            self._counts.update(id(before) for before, _ in call.written)
            for body in call.bodies:
                self._counts.update(map(id, body.outputs))
                self._count(body.calls)

    def of(self, value: Value) -> int:
        """By calls, as a result, as a state that is kept."""
        return self._counts[id(value)]

    def alone(self, value: Value, user: Call, *ops: str) -> Call | None:
        """The call that made a value for this user alone, if it is one of these functions."""
        return made_by(value, user, *ops) if self.of(value) == 1 else None


def fuse(calls: list[Call], wanted: Iterable[Value], weights: Iterable[Value], dim: Dim) -> list[Call]:
    """The calls, those that are one as one; what they made stays to be left out."""
    calls = with_own_states(join_slices(as_products(calls, dim)))
    _fuse(calls, Uses(calls, wanted, dim, weights))
    return calls


def fuse_alone(call: Call, dim: Dim) -> None:
    """The same of one call, all that it uses being used by it alone."""
    _fuse([call], _Alone((), (), dim))


class _Alone(Uses):
    def of(self, value: Value) -> int:
        return 1


def _fuse(calls: list[Call], uses: Uses) -> None:
    for call in calls:
        for body in call.bodies:
            _fuse(body.calls, uses)
        if call.domain == "torch" and call.op in _FUSIONS and call.outputs and not call.written:
            for fusion in _FUSIONS[call.op]:
                fusion(call, uses)


def _become(call: Call, other: Call, **changed: Any) -> None:
    """From now on it is what the other one is, but for these options; an option of None is left out."""
    call.op, call.inputs, call.random = other.op, list(other.inputs), other.random
    kept = [(name, value) for name, value in other.attributes if name not in changed]
    call.attributes = kept + [(name, value) for name, value in changed.items() if value is not None]


def _reciprocal_root(call: Call, uses: Uses) -> None:
    root = uses.alone(call.inputs[0][1], call, "sqrt")
    if root is not None:
        call.op, call.inputs = "rsqrt", list(root.inputs)


def _kept_axis(call: Call, uses: Uses) -> None:
    """A sum over axes that are put back is one that keeps them, and the other way round."""
    reduction = uses.alone(call.inputs[0][1], call, *_REDUCTIONS)
    shape = reduction.inputs[0][1].shape if reduction is not None else None
    if reduction is None or shape is None or call.outputs[0].shape is None:
        return
    axes, keeps = _axes(reduction) or range(len(shape)), not reduction.attribute("keepdim")
    wanted = [1 if axis in axes else size for axis, size in enumerate(shape) if keeps or axis not in axes]
    if list(map(uses.dim, wanted)) == list(map(uses.dim, call.outputs[0].shape)):
        _become(call, reduction, keepdim=keeps or None)


def _axes(call: Call) -> tuple[int, ...] | None:
    axes = call.attribute("dim")
    return (axes,) if isinstance(axes, int) else axes


def _axis_after_axis(call: Call, uses: Uses) -> None:
    """A mean of means over whole axes is the mean over all of them."""
    inner = uses.alone(call.inputs[0][1], call, call.op) if call.inputs else None
    if inner is None or len(inner.inputs) != 1 or call.op not in _ASSOCIATIVE:
        return
    first, second, kept = _axes(inner), _axes(call), bool(inner.attribute("keepdim"))
    names = {name for made in (inner, call) for name, _ in made.attributes}
    if first is None or second is None or names - {"dim", "keepdim"} or kept != bool(call.attribute("keepdim")):
        return
    left = [axis for axis in range(len(inner.inputs[0][1].shape or ())) if kept or axis not in first]
    axes = {*first, *(left[axis] for axis in second)}
    _become(call, inner, dim=tuple(sorted(axes)), keepdim=kept or None)


def _stack(call: Call, uses: Uses) -> None:
    """Tensors that each get an axis, side by side on that axis."""
    makers = [uses.alone(value, call, "unsqueeze") for _, value in call.inputs]
    axis = call.attribute("dim", 0)
    if makers and all(maker is not None and maker.attribute("dim", 0) == axis for maker in makers):
        call.op = "stack"
        call.inputs = [
            (name, maker.inputs[0][1]) for (name, _), maker in zip(call.inputs, makers, strict=True) if maker
        ]


def _made_so(call: Call, uses: Uses) -> None:
    """What is made and then cast is made of that type, if the numbers are whole or stay fractions."""
    half = uses.alone(call.inputs[0][1], call, "triu", "tril")
    source = uses.alone((half or call).inputs[0][1], call, *_WHOLE)
    if source is None:
        return
    before, after = (value.dtype for value in (source.outputs[0], call.outputs[0]))
    numbers = [value for _, value in source.attributes]
    are_whole = after != torch.bool and all(type(number) is int for number in numbers)
    if not numbers or are_whole or (before.is_floating_point and after.is_floating_point):
        source.outputs[0].dtype = after
        _become(call, half or source)


def _linear(call: Call, uses: Uses) -> None:
    if call.op == "matmul":
        linear(call, uses.weights, uses.alone(call.inputs[1][1], call, "permute"))
        return
    parts = with_bias(call, uses.weights)
    product = uses.alone(parts[0], call, "linear") if parts else None
    if parts and product is not None and product.given("bias") is None:
        call.op, call.inputs, call.macs = "linear", [*product.inputs, ("bias", parts[1])], product.macs


def _one_of_two(call: Call, uses: Uses) -> None:
    """Of the largest along an axis and its place, which of them is wanted."""
    used = [place for place, value in enumerate(call.outputs) if uses.of(value)]
    if len(call.outputs) != 2 or len(used) != 1 or not _FIRST_AND_SECOND[call.op][used[0]]:
        return
    call.op, call.outputs = _FIRST_AND_SECOND[call.op][used[0]], [call.outputs[used[0]]]
    if call.op in ("amax", "amin"):
        call.attributes = [(n, (v,) if n == "dim" else v) for n, v in call.attributes]


def _no_weights(call: Call, uses: Uses) -> None:
    """Whether attention tells its weights is no matter where nobody asks for them."""
    if call.outputs and not any(map(uses.of, call.outputs[1:])):
        call.outputs = call.outputs[:1]
        weights = ("need_weights", "average_attn_weights")
        call.attributes = [(name, value) for name, value in call.attributes if name not in weights]


_FUSIONS: dict[str, tuple[Fusion, ...]] = {
    "reciprocal": (_reciprocal_root,), "cat": (_stack,), "matmul": (_linear,), "add": (_linear,),
    **dict.fromkeys(("reshape", "unsqueeze", "squeeze"), (_kept_axis,)),
    "to": (_made_so,), "multi_head_attention_forward": (_no_weights,),
    **dict.fromkeys(_FIRST_AND_SECOND, (_one_of_two,)),
    **dict.fromkeys(_ASSOCIATIVE, (_axis_after_axis,)),
}  # fmt: skip
