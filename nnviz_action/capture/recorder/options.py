"""Arguments that are no tensors: what says nothing is left out, what says the same is written in one way."""

from typing import Any

from nnviz_action.capture.recorder.values import Call

_EXACT = 2**53  # up to here a float holds each whole number
_DIGITS = 12  # of a float that count: `48**-0.5` and `1 / math.sqrt(48)` differ in the last bits
_REDUCTIONS = frozenset(
    "sum mean prod var std var_mean std_mean amax amin any all norm logsumexp nansum nanmean".split()  # noqa: SIM905
)
# What goes without saying, beside what the signatures tell.
_USUAL: dict[tuple[str, str], tuple[Any, ...]] = {
    ("cat", "dim"): (0,), ("stack", "dim"): (0,), ("chunk", "dim"): (0,), ("split", "dim"): (0,),
    ("pad", "value"): (0,), ("meshgrid", "indexing"): ("ij",), ("norm", "p"): (2, "fro"),
    ("interpolate", "align_corners"): (False,), ("grid_sample", "align_corners"): (False,),
    ("affine_grid", "align_corners"): (False,),
}  # fmt: skip
_USUAL_ANYWHERE: dict[str, tuple[Any, ...]] = {"return_indices": (False,), "correction": (1,)}
_EVEN = frozenset(("kernel_size", "stride", "padding", "output_size", "scale_factor"))  # one number for all axes


def settle_options(call: Call) -> None:
    """The options of a call as everybody would write them."""
    call.attributes = [(name, _number(value)) for name, value in call.attributes]
    for rule in (_names, _dims, _type, _sizes, _padding, _usual):
        rule(call)


def _number(value: Any) -> Any:
    """3.0 is 3, in lists too: the types of what comes in and out tell which it is."""
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _EXACT:
            return int(value)
        return float(f"{value:.{_DIGITS}g}")
    return type(value)(map(_number, value)) if type(value) in (tuple, list) else value


def _names(call: Call) -> None:
    """`unbiased` is a word for a correction, and `ord` for a power."""
    if call.attribute("unbiased") is not None:
        call.attributes = [
            ("correction", int(value)) if name == "unbiased" else (name, value) for name, value in call.attributes
        ]
    if call.attribute("size_average") is not None or call.attribute("reduce") is not None:
        _old_reduction(call)
    value = call.given("input")
    if call.op in ("softmax", "log_softmax", "softmin") and value is not None and call.attribute("dim") is None:
        call.attributes.append(("dim", 0 if len(value.shape or ()) in (0, 1, 3) else 1))  # as torch takes it
    if call.op == "norm":
        call.attributes = [("p" if name == "ord" else name, value) for name, value in call.attributes]


def _old_reduction(call: Call) -> None:
    """What losses were once told how to sum by."""
    kept, mean = call.attribute("reduce", True), call.attribute("size_average", True)
    reduction = ("mean" if mean else "sum") if kept else "none"
    given = [item for item in call.attributes if item[0] not in ("reduce", "size_average", "reduction")]
    call.attributes = given if reduction == "mean" else [*given, ("reduction", reduction)]


def _dims(call: Call) -> None:
    """Dimensions count from the front; of those that a sum is over, the order is no matter, and none are all."""
    value = call.given("input") or (call.inputs[0][1] if call.inputs else None)
    if value is None or value.shape is None or call.op == "tensordot":  # whose `dims` may be a number of them
        return
    rank = len(value.shape) + (call.op in ("stack", "unsqueeze"))
    call.attributes = [(n, _front(v, rank) if n in ("dim", "dims") else v) for n, v in call.attributes]
    if call.op in _REDUCTIONS:
        axes = call.attribute("dim")
        axes = tuple(sorted(axes)) if isinstance(axes, tuple) else axes
        if axes == tuple(range(rank)) and not call.attribute("keepdim"):
            axes = None  # over all of them
        call.attributes = [(n, axes if n == "dim" else v) for n, v in call.attributes]


def _front(dim: Any, rank: int) -> Any:
    if type(dim) is int:
        return dim % rank if rank else dim
    if isinstance(dim, (tuple, list)) and all(type(item) is int for item in dim) and rank:
        return tuple(item % rank for item in dim)
    return dim


def _type(call: Call) -> None:
    """A type to compute in that the input has anyway."""
    value = call.given("input")
    if value is not None and call.op != "to" and call.attribute("dtype") == value.dtype:
        call.attributes = [(name, given) for name, given in call.attributes if name != "dtype"]


def _sizes(call: Call) -> None:
    """One number for all axes; a pool's stride is its window where nothing else is said."""
    if "_pool" in call.op or call.op in ("interpolate", "unfold", "fold"):
        call.attributes = [(n, one_number(v) if n in (*_EVEN, "size", "dilation") else v) for n, v in call.attributes]
    if "_pool" in call.op:
        window, stride = call.attribute("kernel_size"), call.attribute("stride")
        if stride is not None and stride in ((), window):
            call.attributes = [(name, value) for name, value in call.attributes if name != "stride"]


def one_number(size: Any) -> Any:
    """One number for all axes, if they have the same."""
    return size[0] if isinstance(size, (tuple, list)) and size and all(s == size[0] for s in size) else size


def _padding(call: Call) -> None:
    """`same` and `valid` in numbers; axes that nothing is put around need not be told."""
    padding, weight = call.attribute("padding"), call.given("weight")
    if call.op.startswith("conv") and isinstance(padding, str) and weight is not None and weight.shape is not None:
        window = weight.shape[2:]
        spread = call.attribute("dilation", (1,) * len(window))
        around = [step * (size - 1) if padding == "same" else 0 for step, size in zip(spread, window, strict=True)]
        if all(type(size) is int and size % 2 == 0 for size in around):
            numbers = tuple(size // 2 for size in around) if any(around) else None  # as a default is left out
            call.attributes = [(n, numbers if n == "padding" else v) for n, v in call.attributes]
    if call.op == "pad":
        call.attributes = [(n, _trimmed(v) if n == "pad" else v) for n, v in call.attributes]


def _trimmed(around: Any) -> Any:
    pairs = list(around)
    while len(pairs) > 2 and type(pairs[-1]) is type(pairs[-2]) is int and pairs[-1] == pairs[-2] == 0:
        del pairs[-2:]
    return tuple(pairs)


def _usual(call: Call) -> None:
    call.attributes = [(name, value) for name, value in call.attributes if not _is_usual(call.op, name, value)]


def _is_usual(op: str, name: str, value: Any) -> bool:
    if isinstance(value, (tuple, list)) or value is None:
        return value is None
    usual = _USUAL.get((op, name), _USUAL_ANYWHERE.get(name, ()))
    return any(type(value) is type(one) and value == one for one in usual) or (
        op.startswith("fft.") and (name, value) == ("norm", "backward")
    )
