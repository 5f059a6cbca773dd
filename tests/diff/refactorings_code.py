"""The same calls from code that is cut otherwise: helpers, loops, branches, contexts, wrappers."""

import functools
import operator
from collections.abc import Callable, Iterator
from typing import cast

import refactoring_helpers as helpers
import torch
from refactoring import rewritten
from refactoring_layers import Layers
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


@rewritten("locals renamed, statements nested or one by one")
class Renamed(Layers):
    def before(self, x: Tensor) -> Tensor:
        residual = x
        hidden = self.norm(x)
        hidden = self.fc(hidden)
        hidden = F.gelu(hidden)
        return residual + self.out(hidden)

    def after(self, x: Tensor) -> Tensor:
        return x + self.out(F.gelu(self.fc(self.norm(x))))

    def after_walrus(self, x: Tensor) -> Tensor:
        y = (normed := self.norm(x), F.gelu(self.fc(normed)))[1]
        return x + self.out(y)


@rewritten("statements in another order")
class Reordered(Layers):
    def before(self, x: Tensor) -> Tensor:
        query = self.fc(x)
        key = self.out(x)
        scale = torch.sigmoid(self.norm(x))
        return query * scale - key.tanh()

    def after(self, x: Tensor) -> Tensor:
        scale = torch.sigmoid(self.norm(x))
        key = self.out(x).tanh()
        query = self.fc(x)
        return query * scale - key


def gelu_block(layer: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return F.gelu(layer(x))


@rewritten("helpers: functions, methods, lambdas, closures, other files")
class Helped(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = F.gelu(self.fc(self.norm(x)))
        return x + F.gelu(self.out(h))

    def after(self, x: Tensor) -> Tensor:
        return x + gelu_block(self.out, gelu_block(self.fc, self.norm(x)))

    def after_other_file(self, x: Tensor) -> Tensor:
        return helpers.residual(x, helpers.activated(self.out, helpers.activated(self.fc, self.norm(x))))

    def after_methods(self, x: Tensor) -> Tensor:
        return x + self._activated(self.out(self._activated(self.fc(self.norm(x)))))

    def after_closure(self, x: Tensor) -> Tensor:
        def block(layer: nn.Module) -> Callable[[Tensor], Tensor]:
            return lambda y: F.gelu(layer(y))

        return x + block(self.out)(block(self.fc)(self.norm(x)))

    def after_partial(self, x: Tensor) -> Tensor:
        first, second = (functools.partial(gelu_block, layer) for layer in (self.fc, self.out))
        return operator.add(x, second(first(self.normed(x))))

    @staticmethod
    def _activated(x: Tensor) -> Tensor:
        return F.gelu(x)

    @property
    def normed(self) -> nn.Module:
        return self.norm


@rewritten("type annotations and keywords of modules")
class Annotated(Layers):
    def before(self, x):  # type: ignore[no-untyped-def]
        return self.out(self.norm(x))

    def after(self, x: Tensor) -> Tensor:
        hidden: Tensor = cast("Tensor", self.norm(input=x))
        return cast("Tensor", self.out(input=hidden))


@rewritten("parameters that nobody gives")
class Optional(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.fc(x)

    def after(self, x: Tensor, mask: Tensor | None = None, *, scale: float = 1.0) -> Tensor:
        h = self.fc(x)
        if mask is not None:
            h = h.masked_fill(mask, 0)
        return h * scale if scale != 1 else h


@rewritten("loops over a ModuleList")
class Looped(Layers):
    def before(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = F.relu(layer(x))
        return x

    def after(self, x: Tensor) -> Tensor:
        for place in range(len(self.layers)):
            x = self.layers[place](x).relu()
        return x

    def after_enumerate(self, x: Tensor) -> Tensor:
        for _, layer in enumerate(self.layers):
            x = F.relu(layer(x), inplace=True)
        return x

    def after_zip(self, x: Tensor) -> Tensor:
        for layer, activation in zip(self.layers, [F.relu] * 3, strict=True):
            x = activation(layer(x))
        return x

    def after_reduce(self, x: Tensor) -> Tensor:
        return functools.reduce(lambda y, layer: torch.relu(layer(y)), self.layers, x)

    def after_generator(self, x: Tensor) -> Tensor:
        *_, last = self._steps(x)
        return last

    def _steps(self, x: Tensor) -> Iterator[Tensor]:
        for _, layer in self.layers.named_children():
            yield (x := F.relu(layer(x)))


@rewritten("a Sequential called, or gone through")
class Row(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.body(x)

    def after(self, x: Tensor) -> Tensor:
        for layer in self.body:
            x = layer(x)
        return x

    def after_indices(self, x: Tensor) -> Tensor:
        return self.body[2](self.body[1](self.body[0](x)))


@rewritten("lists, comprehensions, tuples")
class Comprehended(Layers):
    def before(self, x: Tensor) -> tuple[Tensor, ...]:
        outputs = []
        for layer in self.layers:
            outputs.append(layer(x))
        return tuple(outputs)

    def after(self, x: Tensor) -> list[Tensor]:
        return [layer(x) for layer in self.layers]

    def after_map(self, x: Tensor) -> tuple[Tensor, ...]:
        return (*(layer(x) for layer in self.layers),)


@rewritten("forward, __call__, getattr, get_submodule")
class Called(Layers):
    def before(self, x: Tensor) -> Tensor:
        return self.out(self.fc(x))

    def after(self, x: Tensor) -> Tensor:
        return self.out.forward(nn.Module.__call__(self.fc, x))

    def after_names(self, x: Tensor) -> Tensor:
        for name in ("fc", "out"):
            x = getattr(self, name)(x)
        return x

    def after_dict(self, x: Tensor) -> Tensor:
        return self._modules["out"](self.get_submodule("fc")(x))


@rewritten("an early return")
class Early(Layers):
    def before(self, x: Tensor) -> Tensor:
        h = self.norm(x) if self.training else self.fc(x)
        return h  # noqa: RET504

    def after(self, x: Tensor) -> Tensor:
        if not self.training:
            return self.fc(x)
        return self.norm(x)
