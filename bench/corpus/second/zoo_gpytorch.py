"""Gaussian processes of gpytorch."""

import gpytorch
import torch
from gpytorch import distributions, kernels, likelihoods, means, variational
from torch import nn


class Sparse(gpytorch.models.ApproximateGP):
    """A few inducing points: the output is a distribution."""

    def __init__(self) -> None:
        points = torch.linspace(0, 1, 8).unsqueeze(-1)
        inner = variational.CholeskyVariationalDistribution(8)
        super().__init__(variational.VariationalStrategy(self, points, inner, learn_inducing_locations=True))
        self.mean_module = means.ConstantMean()
        self.covar_module = kernels.ScaleKernel(kernels.RBFKernel())

    def forward(self, x: torch.Tensor) -> distributions.MultivariateNormal:
        return distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


class _Process(gpytorch.models.ExactGP):
    def __init__(self, x: torch.Tensor, y: torch.Tensor, likelihood: likelihoods.Likelihood) -> None:
        super().__init__(x, y, likelihood)
        self.mean_module = means.LinearMean(2)
        self.covar_module = kernels.ScaleKernel(kernels.MaternKernel(nu=2.5, ard_num_dims=2))

    def forward(self, x: torch.Tensor) -> distributions.MultivariateNormal:
        return distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))


class Exact(nn.Module):
    """Conditioned on ten points: mean and variance at others."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        x = torch.rand(10, 2, generator=generator, device="cpu")
        self.process = _Process(x, x.sum(-1).sin(), likelihoods.GaussianLikelihood())

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        seen = self.process.likelihood(self.process(x))
        return seen.mean, seen.variance


class DeepKernel(nn.Module):
    """A network whose features are the points of a sparse process."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
        self.process = Sparse()
        self.likelihood = likelihoods.BernoulliLikelihood()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.likelihood(self.process(self.features(x))).probs
