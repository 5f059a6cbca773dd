"""Recurrent layers of free sizes: torch unrolls them for one size alone, and only their shapes are asked for."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch

from nnviz_action.capture.recorder.values import Call, Value

RECURRENT = frozenset(("lstm", "gru", "rnn_tanh", "rnn_relu"))


def is_free(args: Sequence[Any]) -> bool:
    """Whether the input of the layer has a symbolic size, and is not packed."""
    return not isinstance(args[3], (list, tuple)) and any(isinstance(d, torch.SymInt) for d in args[0].shape)


def shapes_alone(name: str, args: Sequence[Any]) -> tuple[torch.Tensor, ...]:
    """Empty tensors of the shapes that the layer gives: outputs of all steps, and the last state or states.

    `args` are input, state (of an LSTM two), weights, has_biases, num_layers, dropout, train, bidirectional,
    batch_first.
    """
    data, state = args[0], args[1]
    states = tuple(state) if name == "lstm" else (state,)
    width = states[0].shape[-1] * (2 if args[7] else 1)
    output = data.new_empty((*data.shape[:-1], width))
    return (output, *(torch.empty_like(s) for s in states))


def with_own_states(calls: Iterable[Call]) -> list[Call]:
    """A first state of zeros is made in the layer, as where nothing is given."""
    found: list[Call] = []
    for call in calls:
        for body in call.bodies:
            body.calls = with_own_states(body.calls)
        if call.op in RECURRENT and call.domain == "torch":
            call.inputs = [(n, _own(v, call, found) if n.startswith("hx") else v) for n, v in call.inputs]
        found.append(call)
    return found


def _own(state: Value, call: Call, calls: list[Call]) -> Value:
    maker = state.maker
    if maker is None or maker.op != "zeros" or maker.domain != "torch":
        return state
    zeros = Call("zeros", "torch", [], [], modules=call.modules, line=call.line)
    zeros.outputs.append(Value(state.dtype, state.shape, zeros))
    calls.append(zeros)
    return zeros.outputs[0]
