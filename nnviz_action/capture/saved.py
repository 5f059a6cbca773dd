"""What training keeps of a forward pass until the backward one: the memory of the tensors that autograd saves."""

from collections import Counter

import torch
from torch import nn

from nnviz_action.capture.built import Built
from nnviz_action.capture.private import memory_of
from nnviz_action.capture.recorder.modules import Scopes


def saved_bytes(built: Built) -> dict[str, int]:
    """Bytes by the path of the module around the call that saves them; the model itself has an empty path.

    Memory that is saved twice counts once, where it is saved first. That of parameters and buffers, which is there
    in any case, counts nothing. It is what `torch.autograd.graph.saved_tensors_hooks` hears of.
    """
    held = (*built.module.parameters(), *built.module.buffers())
    known = {memory_of(tensor) for tensor in held} | {None}
    scopes = Scopes(built.module)
    found: Counter[str] = Counter()
    kept: list[torch.UntypedStorage] = []  # memory is known by an address, good only as long as its owner lives

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        memory = memory_of(tensor)
        if memory not in known:
            known.add(memory)
            kept.append(tensor.untyped_storage())
            found[scopes.place[-1].path if scopes.place else ""] += kept[-1].nbytes()
        return tensor

    with scopes, torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        built.call()
    return dict(found)


def workspace_notes(built: Built) -> list[str]:
    """What is not counted: an LSTM keeps a workspace, whose size the library of a device decides on."""
    if built.mode is None or not any(isinstance(module, nn.LSTM) for module in built.module.modules()):
        return []
    return ["what training saves is counted without the workspace of LSTM, which differs from device to device"]


def gradient_bytes(built: Built) -> int:
    """What the gradients of the parameters take, beside that."""
    return sum(p.numel() * p.element_size() for p in built.module.parameters() if p.requires_grad)
