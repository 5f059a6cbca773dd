"""Operators that are handed functions: `cond`, `while_loop`, `map`, `scan`, `flex_attention`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch

from nnviz_action.capture.private import is_fake, tree_map
from nnviz_action.capture.recorder.values import Body, Call, tensors_of, value_of
from nnviz_action.capture.recorder.work import attention, plain

if TYPE_CHECKING:
    from nnviz_action.capture.recorder.recorder import Recorder

NAMES = {"map_impl": "map"}
FLEX = "flex_attention"  # of its mask, what is told is the function; the tensors that list its blocks are torch's own
_OVER = {"map_impl": 1, "scan": 2}  # which argument the rounds go over


def call_operator(recorder: Recorder, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Run the operator, and keep it as one call with the bodies that are known for it."""
    if recorder.is_busy:
        return func(*args, **kwargs)
    name = func.name()
    given = (args[:3], args[7:]) if name == FLEX else (args, kwargs)
    inputs = [(f"operands.{i}", recorder.values.of(t)) for i, t in enumerate(tensors_of(given))]
    bodies = _BODIES[name](recorder, args) if name in _BODIES else []
    with torch.set_grad_enabled(torch.is_grad_enabled() and name != FLEX):
        result, macs = recorder.run_counted(_PLAIN.get(name, func), args, kwargs)
    if name in ("map_impl", "scan"):
        macs = plain(args[_OVER[name]][0].shape[0]) * sum(call.macs for call in bodies[0].calls)
    elif name == FLEX:
        macs = attention(args[:3], {"enable_gqa": True})
    attributes: list[tuple[str, Any]] = [("scale", args[5])] if name == FLEX else []
    attributes += [(k, v) for k, v in kwargs.items() if isinstance(v, (bool, int, float, str))]
    recorder.keep(Call(NAMES.get(name, name), "torch", inputs, attributes, macs=macs, bodies=bodies), result)
    return result


def record_body(recorder: Recorder, name: str, function: Callable[..., Any], args: Sequence[Any]) -> Body:
    """What the function calls when it is called with these: tensors among them are the body's own inputs."""
    with recorder.body(name) as body:
        own = [_own(recorder, body, arg) for arg in args]
        with recorder:
            result = function(*own)
        body.outputs = [recorder.values.of(t) for t in tensors_of(result)]
    return body


def _own(recorder: Recorder, body: Body, arg: Any) -> Any:
    if not isinstance(arg, torch.Tensor):
        return arg
    with recorder.busy():
        copy = arg.detach()
    value = value_of(copy, source=f"{body.name}.{len(body.inputs)}")
    recorder.values.name(copy, value)
    body.inputs.append(value)
    return copy


def _cond_bodies(recorder: Recorder, args: Sequence[Any]) -> list[Body]:
    """Both branches, which are handed what stands outside."""
    bodies = []
    for name, function in (("true", args[1]), ("false", args[2])):
        with recorder.body(name) as body, recorder:
            result = function(*args[3])
        body.outputs = [recorder.values.of(t) for t in tensors_of(result)]
        bodies.append(body)
    return bodies


def _loop_bodies(recorder: Recorder, args: Sequence[Any]) -> list[Body]:
    given = (*args[2], *(args[3] if len(args) > 3 else ()))
    return [record_body(recorder, n, f, given) for n, f in (("condition", args[0]), ("body", args[1]))]


def _map_bodies(recorder: Recorder, args: Sequence[Any]) -> list[Body]:
    return [record_body(recorder, "body", args[0], (*_first(recorder, args[1]), *args[2]))]


def _scan_bodies(recorder: Recorder, args: Sequence[Any]) -> list[Body]:
    more = args[3] if len(args) > 3 else ()
    return [record_body(recorder, "body", args[0], (*args[1], *_first(recorder, args[2]), *more))]


def _first(recorder: Recorder, tensors: Sequence[Any]) -> list[Any]:
    with recorder.busy():
        return [t[0] if isinstance(t, torch.Tensor) else t for t in tensors]


def _flex_bodies(recorder: Recorder, args: Sequence[Any]) -> list[Body]:
    query = args[0]
    with recorder.busy():
        score = torch.zeros((), dtype=query.dtype, device=query.device)
        place = [torch.zeros((), dtype=torch.int32, device=query.device) for _ in range(4)]
    given = {"score_mod": (args[3], (score, *place)), "mask_mod": (args[4][-1], place)}
    return [
        record_body(recorder, name, function, handed)
        for name, (function, handed) in given.items()
        if getattr(function, "__name__", "") not in _NO_MOD
    ]


_NO_MOD = ("_identity", "noop_mask")  # what torch puts where the author gives no function


def _plain_cond(pred: Any, true: Callable[..., Any], false: Callable[..., Any], operands: Sequence[Any]) -> Any:
    """The branch itself, as Python would take it; of values that do not exist, the first."""
    known = not isinstance(pred, torch.Tensor) or not is_fake(pred)
    return true(*operands) if not known or bool(pred) else false(*operands)


def _plain_loop(condition: Any, body: Any, carried: Any, more: Any = ()) -> Any:
    """The loop itself; of values that do not exist, one round."""
    first = condition(*carried, *more)
    if isinstance(first, torch.Tensor) and is_fake(first):
        return tuple(body(*carried, *more))
    while condition(*carried, *more):
        carried = tuple(body(*carried, *more))
    return tuple(carried)


def _plain_map(function: Any, over: Any, more: Any) -> Any:
    """All rounds; of values that do not exist, one, for its shapes."""
    length = over[0].shape[0]
    if is_fake(over[0]):
        return tree_map(lambda t: _repeated(t, length), function(*(x[0] for x in over), *more))
    rounds = [function(*items, *more) for items in zip(*over, strict=True)]
    return tree_map(lambda *column: torch.stack(column), *rounds)


def _plain_scan(function: Any, carried: Any, over: Any, more: Any = ()) -> Any:
    """The same with a state that goes from round to round; what the function gives begins with it."""
    length, kept = over[0].shape[0], len(carried)
    if is_fake(over[0]):
        first = function(*carried, *(x[0] for x in over), *more)
        return [*first[:kept], *(_repeated(t, length) for t in first[kept:])]
    columns = []
    for place in range(length):
        made = function(*carried, *(x[place] for x in over), *more)
        carried = made[:kept]
        columns.append(made[kept:])
    return [*carried, *(torch.stack(column) for column in zip(*columns, strict=True))]


def _repeated(tensor: torch.Tensor, length: Any) -> torch.Tensor:
    return tensor.unsqueeze(0).expand(length, *tensor.shape)


_BODIES: dict[str, Callable[[Any, Sequence[Any]], list[Body]]] = {
    "cond": _cond_bodies,
    "while_loop": _loop_bodies,
    "map_impl": _map_bodies,
    "scan": _scan_bodies,
    FLEX: _flex_bodies,
}
_PLAIN: dict[str, Callable[..., Any]] = {
    "cond": _plain_cond,
    "while_loop": _plain_loop,
    "map_impl": _plain_map,
    "scan": _plain_scan,
}
