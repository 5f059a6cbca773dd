import torch
from torch import nn


@torch.library.custom_op("case::twist", mutates_args=())
def twist(x: torch.Tensor, angle: float) -> torch.Tensor:
    return x.roll(1, -1) * angle


@twist.register_fake
def _(x, angle):
    return torch.empty_like(x)


twist.register_autograd(lambda ctx, grad: (grad, None))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.after = nn.Linear(8, 8), nn.Linear(8, 2)

    def forward(self, x):
        return self.after(twist(self.before(x), 0.5))
