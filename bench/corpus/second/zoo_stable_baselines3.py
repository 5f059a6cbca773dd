"""Policies of stable-baselines3."""

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common import policies
from stable_baselines3.dqn.policies import DQNPolicy
from stable_baselines3.sac.policies import SACPolicy
from stable_baselines3.td3.policies import TD3Policy
from torch import nn

FLAT = spaces.Box(-1.0, 1.0, (6,), np.float32)
PICTURE = spaces.Box(0, 255, (3, 48, 48), np.uint8)
MOVE = spaces.Box(-1.0, 1.0, (2,), np.float32)


def _rate(_: float) -> float:
    return 1e-3


def actor_critic() -> nn.Module:
    """An action, its value and its probability."""
    return policies.ActorCriticPolicy(FLAT, spaces.Discrete(4), _rate, net_arch={"pi": [16], "vf": [16, 8]})


def pictures() -> nn.Module:
    """Frames as bytes, and noise that depends on the state."""
    return policies.ActorCriticCnnPolicy(PICTURE, MOVE, _rate, features_extractor_kwargs={"features_dim": 32})


def several() -> nn.Module:
    """A dict of a picture, numbers and a choice."""
    space = spaces.Dict({"camera": PICTURE, "joints": FLAT, "mode": spaces.Discrete(3)})
    return policies.MultiInputActorCriticPolicy(space, spaces.MultiDiscrete([3, 2]), _rate, net_arch=[16])


def dqn() -> nn.Module:
    """The best of the values of all actions."""
    return DQNPolicy(FLAT, spaces.Discrete(4), _rate, net_arch=[16, 16])


def sac() -> nn.Module:
    """A squashed normal distribution, two critics beside it."""
    return SACPolicy(FLAT, MOVE, _rate, net_arch=[16, 16])


def td3() -> nn.Module:
    """A deterministic actor with its target."""
    return TD3Policy(FLAT, MOVE, _rate, net_arch=[16, 16])


def several_inputs() -> tuple[dict[str, torch.Tensor]]:
    """One observation of each kind."""
    return (
        {
            "camera": torch.randint(0, 255, (1, 3, 48, 48), dtype=torch.uint8),
            "joints": torch.randn(1, 6),
            "mode": torch.tensor([2]),
        },
    )
