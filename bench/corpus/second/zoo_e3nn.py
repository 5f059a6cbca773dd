"""Networks of e3nn that turn with their input."""

import torch
from e3nn import nn as enn
from e3nn import o3
from e3nn.nn.models.v2106.gate_points_networks import NetworkForAGraphWithAttributes
from torch import nn


def molecules() -> nn.Module:
    """Messages along edges by products of spherical harmonics."""
    return NetworkForAGraphWithAttributes(
        "3x0e + 2x1o", "4x0e + 1x1o", "1e", "3x0o + 1e", max_radius=2.0, num_neighbors=3.0, num_nodes=5.0, mul=4,
        layers=2, lmax=1,
    )  # fmt: skip


class Products(nn.Module):
    """A product of two features with weights of its own, then gates."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = enn.Gate("4x0e", [torch.tanh], "3x0e", [torch.sigmoid], "3x1o")
        self.product = o3.FullyConnectedTensorProduct("2x0e + 2x1o", "1x0e + 1x1o", self.gate.irreps_in)
        self.last = o3.Linear(self.gate.irreps_out, "1x1o")

    def forward(self, features: torch.Tensor, directions: torch.Tensor) -> torch.Tensor:
        harmonics = o3.spherical_harmonics("1x0e + 1x1o", directions, normalize=True, normalization="component")
        return self.last(self.gate(self.product(features, harmonics)))


def molecules_inputs() -> tuple[dict[str, torch.Tensor]]:
    """Three atoms in a ring, as one dict."""
    return (
        {
            "pos": torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.5]]),
            "edge_index": torch.tensor([[0, 1, 2], [1, 2, 0]]),
            "node_input": torch.randn(3, 9),
            "node_attr": torch.randn(3, 7),
            "edge_attr": torch.randn(3, 3),
            "batch": torch.zeros(3, dtype=torch.long),
        },
    )
