"""What a checkpoint of the model holds: the keys of its state dict, and the types of what they keep."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from nnviz_action.capture.eager import was_compiled
from nnviz_action.capture.private import HELD, memory_of
from nnviz_action.capture.recorder.attributes import dtype_name
from nnviz_action.graph.state_dict import OBJECT, WRAPPER
from nnviz_action.graph.values import TensorType


def state_types(module: nn.Module) -> tuple[dict[str, TensorType] | None, dict[str, str]]:
    """The types by key, as the model's own `state_dict` gives them, None where it gives none; and of each further key
    of one tensor the first.

    Of a model that ran once, as lazy layers have no sizes before. Keys name the wrappers of torch.compile, too.
    """
    try:
        held = {str(key): value for key, value in module.state_dict().items()}
        found = {key: _type(value) for key, value in held.items()}
    except Exception:  # the user's own method may fail; then nothing is known of it, and the graph is as it is
        return None, {}
    tied = _tied(held)
    wrapped = {path: inner for path, inner in module.named_modules(remove_duplicate=False) if was_compiled(inner)}
    if any(_is_kept_aside(inner, module) for inner in wrapped.values()):
        return None, {}
    for path in sorted(wrapped, key=len, reverse=True):
        found = {_in_wrapper(key, path): kind for key, kind in found.items()}
        tied = {_in_wrapper(key, path): _in_wrapper(first, path) for key, first in tied.items()}
    return found, tied


def _tied(held: Mapping[str, Any]) -> dict[str, str]:
    """Keys of the very same memory: what is loaded under the one is overwritten under the other."""
    firsts: dict[tuple[object, ...], str] = {}
    found = {}
    for key, value in held.items():
        mark = _memory(value)
        first = firsts.setdefault(mark, key) if mark else key
        if first != key:
            found[key] = first
    return found


def _memory(value: Any) -> tuple[object, ...]:
    """Where a tensor's elements lie; empty where it has none, or keeps them in a way of its own."""
    if not isinstance(value, torch.Tensor) or value.layout != torch.strided or value.numel() == 0:
        return ()
    memory = memory_of(value)  # quantised and wrapped tensors have none
    if memory is None:
        return ()
    return memory, value.storage_offset(), tuple(value.shape), value.stride()


def _is_kept_aside(inner: nn.Module, root: nn.Module) -> bool:
    """Whether a compiled module is held in a plain list or dict: the registered one may then have no wrapper."""
    held = (value for owner in root.modules() for name, value in vars(owner).items() if name not in HELD)
    groups = [list(value.values()) if isinstance(value, dict) else value for value in held]
    return any(one is inner for group in groups if isinstance(group, (list, tuple)) for one in group)


def _in_wrapper(key: str, path: str) -> str:
    before = f"{path}." if path else ""
    return f"{before}{WRAPPER}.{key[len(before) :]}" if key.startswith(before) else key


def _type(value: Any) -> TensorType:
    if not isinstance(value, torch.Tensor):
        return OBJECT
    return TensorType(dtype_name(value.dtype), tuple(int(size) for size in value.shape))
