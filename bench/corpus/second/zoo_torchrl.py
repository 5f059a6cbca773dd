"""Actors and critics of torchrl, over tensordicts."""

import torch
from tensordict import TensorDict
from tensordict.nn import (
    NormalParamExtractor,
    ProbabilisticTensorDictSequential,
    TensorDictModule,
    TensorDictSequential,
)
from torch import nn
from torchrl import modules


def actor() -> nn.Module:
    """A squashed normal distribution and a sample of it."""
    net = nn.Sequential(modules.MLP(in_features=6, out_features=4, num_cells=[16]), NormalParamExtractor())
    parameters = TensorDictModule(net, in_keys=["observation"], out_keys=["loc", "scale"])
    return modules.ProbabilisticActor(
        parameters, in_keys=["loc", "scale"], distribution_class=modules.TanhNormal, return_log_prob=True
    )


def actor_critic() -> nn.Module:
    """One body, an actor and a value."""
    body = TensorDictModule(modules.MLP(6, 16, num_cells=[16]), ["observation"], ["hidden"])
    policy = TensorDictModule(modules.MLP(16, 3, num_cells=[8]), ["hidden"], ["logits"])
    choice = modules.ProbabilisticActor(
        policy, in_keys=["logits"], out_keys=["action"], distribution_class=modules.OneHotCategorical
    )
    value = modules.ValueOperator(modules.MLP(16, 1, num_cells=[8]), in_keys=["hidden"])
    return modules.ActorValueOperator(body, choice, value)


def recurrent() -> nn.Module:
    """A memory between two perceptrons, states under nested keys."""
    memory = modules.LSTMModule(
        8,
        8,
        in_keys=["features", "state_h", "state_c"],
        out_keys=["memory", ("next", "state_h"), ("next", "state_c")],
    )
    return TensorDictSequential(
        TensorDictModule(modules.MLP(6, 8, num_cells=[8]), ["observation"], ["features"]),
        memory,
        TensorDictModule(nn.Linear(8, 2), ["memory"], ["action_value"]),
        modules.QValueModule(action_space="one-hot"),
    )


def team() -> nn.Module:
    """Agents that share their weights, mixed by a network that a state makes."""
    agents = modules.MultiAgentMLP(5, 3, n_agents=3, centralized=False, share_params=True, depth=1, num_cells=8)
    return TensorDictSequential(
        TensorDictModule(agents, [("agents", "observation")], [("agents", "action_value")]),
        TensorDictModule(lambda value: value.max(-1, keepdim=True).values, [("agents", "action_value")], ["chosen"]),
        TensorDictModule(modules.QMixer((7,), 8, n_agents=3, device="cpu"), ["chosen", "state"], ["total"]),
    )


def dueling() -> nn.Module:
    """What a state is worth, and what each action adds."""
    return modules.DuelingCnnDQNet(
        4,
        cnn_kwargs={"in_features": 3, "num_cells": [8, 16], "kernel_sizes": [5, 3], "strides": [3, 2], "depth": 2},
        mlp_kwargs={"in_features": 16 * 4 * 4, "num_cells": [16], "depth": 1},
    )


def nested() -> nn.Module:
    """A distribution over several outputs of a chain of modules."""
    first = TensorDictModule(nn.Linear(4, 6), in_keys=[("in", "x")], out_keys=[("out", "hidden")])
    split = TensorDictModule(NormalParamExtractor(), [("out", "hidden")], [("out", "loc"), ("out", "scale")])
    sample = modules.ProbabilisticActor(
        split, in_keys={"loc": ("out", "loc"), "scale": ("out", "scale")}, out_keys=["y"],
        distribution_class=torch.distributions.Normal,
    )  # fmt: skip
    return ProbabilisticTensorDictSequential(first, *sample.module)


def observation() -> tuple[TensorDict]:
    """What four environments show."""
    return (TensorDict({"observation": torch.randn(4, 6)}, batch_size=[4]),)


def recurrent_inputs() -> tuple[TensorDict]:
    """One step, with the states of the last."""
    data = {
        "observation": torch.randn(4, 6),
        "state_h": torch.zeros(4, 1, 8),
        "state_c": torch.zeros(4, 1, 8),
        "is_init": torch.zeros(4, 1, dtype=torch.bool),
    }
    return (TensorDict(data, batch_size=[4]),)


def team_inputs() -> tuple[TensorDict]:
    """What three agents see, and the state of all."""
    data = {"agents": {"observation": torch.randn(4, 3, 5)}, "state": torch.randn(4, 7)}
    return (TensorDict(data, batch_size=[4]),)


def nested_inputs() -> tuple[TensorDict]:
    """A value under two keys."""
    return (TensorDict({"in": {"x": torch.randn(2, 4)}}, batch_size=[2]),)
