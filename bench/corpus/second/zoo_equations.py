"""Networks inside differential equations: torchdiffeq and torchsde."""

import torch
import torchsde
from torch import nn
from torchdiffeq import odeint, odeint_adjoint


class Field(nn.Module):
    """How fast the state changes."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 4))

    def forward(self, time: torch.Tensor, state: torch.Tensor) -> torch.Tensor:
        return self.net(torch.cat([state, time.expand(len(state), 1)], -1))


class NeuralODE(nn.Module):
    """Encode, let time run in fixed or adaptive steps, decode."""

    def __init__(self, method: str = "rk4", adjoint: bool = False) -> None:
        super().__init__()
        self.enter, self.field, self.leave = nn.Linear(3, 4), Field(), nn.Linear(4, 2)
        self.method, self.solve = method, odeint_adjoint if adjoint else odeint

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        times = torch.linspace(0, 1, 4)
        path = self.solve(self.field, self.enter(x), times, method=self.method, rtol=1e-3, atol=1e-3)
        return self.leave(path[-1])


class NeuralSDE(nn.Module):
    """Drift and noise, in the steps of Euler and Maruyama."""

    noise_type, sde_type = "diagonal", "ito"

    def __init__(self) -> None:
        super().__init__()
        self.drift = nn.Sequential(nn.Linear(4, 16), nn.Softplus(), nn.Linear(16, 4))
        self.noise = nn.Sequential(nn.Linear(4, 4), nn.Sigmoid())

    def f(self, _: torch.Tensor, state: torch.Tensor) -> torch.Tensor:
        return self.drift(state)

    def g(self, _: torch.Tensor, state: torch.Tensor) -> torch.Tensor:
        return self.noise(state)

    def forward(self, start: torch.Tensor) -> torch.Tensor:
        return torchsde.sdeint(self, start, torch.linspace(0, 1, 3), dt=0.25, method="euler")
