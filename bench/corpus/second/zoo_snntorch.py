"""Spiking networks of snntorch."""

import snntorch
import torch
from snntorch import surrogate
from torch import nn

STEPS = 4


class Spiking(nn.Module):
    """Leaky neurons whose potentials are handed from step to step."""

    def __init__(self) -> None:
        super().__init__()
        self.enter, self.leave = nn.Linear(16, 24), nn.Linear(24, 5)
        self.first = snntorch.Leaky(beta=0.9, spike_grad=surrogate.fast_sigmoid(), learn_beta=True)
        self.second = snntorch.Leaky(beta=0.8, reset_mechanism="zero")

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        first, second = self.first.init_leaky(), self.second.init_leaky()
        spikes, potentials = [], []
        for _ in range(STEPS):
            out, first = self.first(self.enter(x), first)
            out, second = self.second(self.leave(out), second)
            spikes.append(out)
            potentials.append(second)
        return torch.stack(spikes), torch.stack(potentials)


class SpikingPictures(nn.Module):
    """Convolutions between neurons with currents of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.convolve, self.leave = nn.Conv2d(1, 4, 3), nn.Linear(4 * 3 * 3, 3)
        self.first = snntorch.Synaptic(alpha=0.9, beta=0.8, spike_grad=surrogate.atan())
        self.last = snntorch.RLeaky(beta=0.7, all_to_all=False)

    def forward(self, video: torch.Tensor) -> torch.Tensor:
        current, potential = self.first.init_synaptic()
        spike, recurrent = self.last.init_rleaky()
        total = video.new_zeros(video.shape[1], 3)
        for frame in video:
            out, current, potential = self.first(self.convolve(frame), current, potential)
            pooled = nn.functional.max_pool2d(out, 2).flatten(1)
            spike, recurrent = self.last(self.leave(pooled), spike, recurrent)
            total = total + spike
        return total


class SpikingMemory(nn.Module):
    """A memory with gates that spikes."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = snntorch.SLSTM(6, 12)
        self.leave = nn.Linear(12, 2)

    def forward(self, steps: torch.Tensor) -> torch.Tensor:
        inner, outer = self.memory.init_slstm()
        outs = []
        for step in steps.unbind():
            spike, inner, outer = self.memory(step, inner, outer)
            outs.append(self.leave(spike))
        return torch.stack(outs)
