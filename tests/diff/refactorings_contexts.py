"""The same calls under other contexts, wrappers and compilers."""

from typing import cast

import torch
from refactoring import rewritten, same, unlike
from refactoring_layers import Layers
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.checkpoint import checkpoint, checkpoint_sequential


@torch.no_grad()
def targets(layer: nn.Module, x: Tensor) -> Tensor:
    return cast("Tensor", layer(x))


@rewritten("no_grad as a context and as a decorator")
class NoGrad(Layers):
    def before(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            target = self.fc(x)
        return self.out(x) - target

    def after(self, x: Tensor) -> Tensor:
        return self.out(x) - targets(self.fc, x)

    def after_switch(self, x: Tensor) -> Tensor:
        with torch.set_grad_enabled(False):
            target = self.fc(x).detach()
        return self.out(x) - target


@rewritten("contexts that change nothing")
class Contexts(Layers):
    def before(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(self.fc(x), x, x)

    def after(self, x: Tensor) -> Tensor:
        with torch.autocast("cpu", enabled=False), torch.enable_grad():
            return F.scaled_dot_product_attention(self.fc(x), x, x)

    def after_kernel(self, x: Tensor) -> Tensor:
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
            return self._attend(x)

    @torch.compiler.disable
    def _attend(self, x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(self.fc(x), x, x)


@rewritten("checkpoints")
class Checkpointed(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.body(x + self.fc(self.norm(x)))

    def after(self, x: Tensor) -> Tensor:
        h = x + checkpoint(lambda y: self.fc(self.norm(y)), x, use_reentrant=False)
        return checkpoint(self.body, h, use_reentrant=True)

    def after_rows(self, x: Tensor) -> Tensor:
        h = x + checkpoint(self.fc, self.norm(x), use_reentrant=False, preserve_rng_state=False)
        return checkpoint_sequential(self.body, 2, h, use_reentrant=False)


class Plain(Layers):
    def forward(self, x: Tensor) -> Tensor:
        return self.body(self.norm(x))


def compiled_inside() -> nn.Module:
    model = Plain()
    model.body.compile()
    model.norm.compile()
    model.compile(dynamic=True)
    return model


same("compiled or not", Plain, compiled_inside)


def wrapped_inside() -> nn.Module:
    model = Plain()
    model.body = torch.compile(model.body)
    return model


unlike(
    "the whole wrapped", Plain, lambda: torch.compile(Plain(), backend="eager"),
    "~ the top: wrapped by torch.compile, which is in its keys: _orig_mod",
)  # fmt: skip
unlike(
    "a part wrapped", Plain, wrapped_inside, "~ body: wrapped by torch.compile, which is in its keys: _orig_mod",
)  # fmt: skip
