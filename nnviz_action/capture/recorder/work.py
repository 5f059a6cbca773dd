"""The multiplications of one call, by the formulas of `torch.utils.flop_counter`, at the example's sizes."""

from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch.utils.flop_counter import flop_registry

from nnviz_action.capture.private import (
    HigherOrderOperator,
    TorchDispatchMode,
    decomposed,
    operators,
    packet_of,
    takes_raw,
    tree_map,
)

aten = torch.ops.aten
_ATTENTION = ("_scaled_dot_product_flash_attention_for_cpu", "_scaled_dot_product_fused_attention_overrideable")

# Functions that multiply no matrices, which most calls are: the counter is not asked for them.
IDLE = frozenset(
    """abs add sub mul div neg pow sqrt rsqrt exp log relu relu_ relu6 gelu silu sigmoid tanh softmax
    log_softmax dropout
    layer_norm batch_norm group_norm rms_norm embedding view reshape flatten unflatten permute transpose contiguous to
    clone detach unsqueeze squeeze expand chunk split unbind cat stack getitem setitem mean sum max min amax
    amin argmax
    size arange zeros ones empty full tensor rand randn zeros_like ones_like full_like empty_like float half type
    type_as new_zeros new_ones masked_fill where eq ne lt le gt ge bitwise_and bitwise_or bitwise_not logical_not
    logical_and logical_or cumsum topk sort gather scatter index_select index_add pad roll narrow select repeat
    max_pool2d avg_pool2d adaptive_avg_pool2d adaptive_max_pool2d hardswish hardsigmoid hardtanh leaky_relu elu prelu
    cos sin clamp rsub T mT t swapaxes movedim sign floor round triu tril one_hot data real imag cross_entropy
    mse_loss nll_loss square var std is_nonzero any all lerp outer_size instance_norm local_response_norm mish
    softplus logsigmoid glu fold unfold pixel_shuffle channel_shuffle repeat_interleave isnan isinf
    all_close""".split()  # noqa: SIM905
) - {"outer_size"}  # fmt: skip


def plain(size: Any) -> int:
    """A size as the example has it."""
    if isinstance(size, int):
        return size
    hint = getattr(size.node, "hint", None)
    return 0 if hint is None else int(hint)


def _sizes(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return torch.Size(plain(d) for d in value.shape)
    return plain(value) if isinstance(value, torch.SymInt) else value


def _vector(first: Any, second: Any, *_: Any, **__: Any) -> int:
    """mv and dot: all elements of the first factor are multiplied once."""
    return 2 * int(prod(first))


def _grouped(rows: Any, *_: Any, out_val: Any = None, **__: Any) -> int:
    """Each row is multiplied with the matrix of its group: rows × in × out."""
    return 2 * int(prod(out_val)) * int(rows[-1])


def _attention(query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:
    """Two products, as of the plain path: scores, and the sum that they weigh."""
    return 2 * int(prod(query[:-1]) * key[-2] * (query[-1] + value[-1]))


FORMULAS: dict[Any, Callable[..., int]] = {
    aten.mv: _vector,
    aten.dot: _vector,
    aten.vdot: _vector,
    **dict.fromkeys(operators("_grouped_mm"), _grouped),
    **dict.fromkeys(operators(*_ATTENTION), _attention),
}


class Work(TorchDispatchMode):
    """Counts what the operators do that run while it is active; `macs` is the sum."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._flops = 0

    supports_higher_order_operators = True

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Dynamo is off anyway, and takes seconds to import."""
        return False

    def taken(self) -> int:
        """The multiplications since it was last asked."""
        flops, self._flops = self._flops, 0
        return flops // 2

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if isinstance(func, HigherOrderOperator):
            return func(*args, **kwargs)
        packet = packet_of(func)
        formula = FORMULAS.get(packet) or flop_registry.get(packet)
        if formula is None and torch.is_inference_mode_enabled():
            result = decomposed(func, args, kwargs)
            if result is not NotImplemented:
                return result
        result = func(*args, **kwargs)
        if formula is not None:
            self._flops += self._count(formula, args, kwargs, result)
        return result

    def _count(self, formula: Callable[..., int], args: Any, kwargs: Any, result: Any) -> int:
        raw = takes_raw(formula)
        if raw:
            return int(formula(*args, **kwargs, out_val=result))
        sized = tree_map(_sizes, (args, kwargs, result))
        return int(formula(*sized[0], **sized[1], out_val=sized[2]))


def attention(args: Any, kwargs: Any) -> int:
    """MACs of scaled_dot_product_attention, whatever path it takes; grouped keys count as if repeated."""
    named = dict(zip(("query", "key", "value"), args, strict=False)) | kwargs
    query, key, value = (_sizes(named[name]) for name in ("query", "key", "value"))
    lead = torch.broadcast_shapes(query[:-2], *([] if kwargs.get("enable_gqa") else [key[:-2], value[:-2]]))
    return int(prod(lead) * query[-2] * key[-2] * (query[-1] + value[-1]))


def recurrent(name: str, args: Any) -> int:
    """MACs of lstm, gru, rnn_tanh and rnn_relu: each step multiplies with each matrix once.

    `args` are input, state(s), weights, or of a packed sequence data, batch sizes, state(s), weights.
    """
    packed = isinstance(args[1], torch.Tensor) and isinstance(args[3], (list, tuple))
    weights = args[3] if packed else args[2]
    steps = prod(_sizes(args[0])[:-1])
    return int(steps * sum(prod(_sizes(w)) for w in weights if w.dim() == 2))
