"""Rules for what makes tensors of nothing but sizes and numbers."""

from collections.abc import Callable

from nnviz_action.capture.recorder.aliases import FILLING
from nnviz_action.capture.recorder.layout import Dim, cast
from nnviz_action.capture.recorder.values import Call, Value


def _source(call: Call, dim: Dim) -> Value | None:
    """A tensor made from nothing but a size: its type says how large, and what it is like is no input."""
    call.op = call.op.removesuffix("_like").removeprefix("new_")
    call.inputs = [(n, v) for n, v in call.inputs if n.partition(".")[0] not in ("input", "size")]
    call.attributes = [(n, v) for n, v in call.attributes if n.partition(".")[0] not in ("size", "stride", "dtype")]
    if call.op == "full" and call.attribute("fill_value") in (0, 1) and not call.inputs:
        call.op, call.attributes = ("ones" if call.attribute("fill_value") else "zeros"), []
    return None


def _fill(call: Call, dim: Dim) -> Value | None:
    """Whatever was in a whole tensor that is filled is gone."""
    if call.outputs[0].parent is None:
        call.inputs = [(n, v) for n, v in call.inputs if n != "input"]
        names = {"fill": "full", "zero": "zeros", "uniform": "rand", "normal": "normal"}
        call.op = names.get(call.op, call.op)
        call.attributes = [("fill_value" if n == "value" else n, v) for n, v in call.attributes]
        return _source(call, dim)
    return None


def _normal(call: Call, dim: Dim) -> Value | None:
    """`x.normal_()` fills; `torch.normal(mean, std)` draws around what it is given."""
    if call.given("input") is not None:
        if call.outputs[0].parent is None and not call.attributes and len(call.inputs) == 1:
            call.op = "randn"  # whatever was in it
            return _source(call, dim)
        return _fill(call, dim)
    call.attributes = [(n, v) for n, v in call.attributes if n != "size"]
    return None


def _tensor(call: Call, dim: Dim) -> Value | None:
    """Numbers of the code's own; of a tensor, the tensor itself."""
    call.inputs = [given for given in call.inputs if given[0] != "input" or call.op != "new_tensor"]
    if call.inputs:
        return cast(call, dim)
    call.op = "tensor"
    data = next((v for n, v in call.attributes if n in ("t", "data", "obj", "s", "arg1")), None)
    call.attributes = [("data", data)]
    return None


def _arange(call: Call, dim: Dim) -> Value | None:
    call.attributes = [
        (n, v)
        for n, v in call.attributes
        if n != "dtype" and not (n == "start" and v == 0) and not (n == "step" and v == 1)
    ]
    return None


_MADE = ("zeros", "ones", "empty", "full", "rand", "randn", "randint")
SOURCE_RULES: dict[str, Callable[[Call, Dim], Value | None]] = {
    **dict.fromkeys(FILLING - {"normal"}, _fill),
    **{form: _source for name in _MADE for form in (name, f"{name}_like", f"new_{name}")},
    **dict.fromkeys(("tensor", "new_tensor", "as_tensor", "asarray", "scalar_tensor"), _tensor),
    "empty_strided": _source, "arange": _arange, "normal": _normal,
}  # fmt: skip
