"""Changes as they happen in public repositories, and what a reviewer should be told of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mutation import Inputs, _record, ids, positional
from refactoring import TOKENS, Make
from torch import Tensor, nn
from torch.nn.functional import gelu

from nnviz_action.graph.values import Graph

IDS = positional(ids(2, 6))
MOST = 5  # lines that a reviewer reads of a change


@dataclass(frozen=True, eq=False)
class History:
    """A model as it was and as it is, named `repository: what changed`.

    Each pattern of `must` is found in a line that is told, those of `never` in none of either direction. `loads` says
    whether the old weights load into the new model as they are, `renames` which keys of them only have another name.
    """

    name: str
    before: Make
    after: Make
    must: tuple[str, ...]
    loads: bool
    never: tuple[str, ...] = ()
    renames: Mapping[str, str] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=lambda: TOKENS)
    then: Inputs | None = None  # what the new model takes, where that differs
    mode: str = "eval"

    def graphs(self) -> tuple[Graph, Graph]:
        """Both graphs, as `generate` writes them."""
        old = _record(self.before, self.inputs, self.mode, {})
        return old, _record(self.after, self.then or self.inputs, self.mode, {})


HISTORIES: dict[str, History] = {}


def history(name: str, before: Make, after: Make, *must: str, loads: bool, **how: object) -> None:
    """Note a change."""
    assert name not in HISTORIES, name
    HISTORIES[name] = History(name, before, after, must, loads, **how)  # type: ignore[arg-type]


def changed(name: str, *must: str, loads: bool, **how: object) -> Callable[[type[nn.Module]], type[nn.Module]]:
    """Note a class that is built as it was with `False`, and as it is with `True`."""

    def note(cls: type[nn.Module]) -> type[nn.Module]:
        history(name, lambda: cls(False), lambda: cls(True), *must, loads=loads, **how)
        return cls

    return note


class Block(nn.Module):
    """A norm, a layer and an activation beside a shortcut."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.fc = nn.LayerNorm(16), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        return x + gelu(self.fc(self.norm(x)))


def split(x: Tensor, heads: int = 4) -> Tensor:
    """Batch, length and channels as batch, heads, length and channels of a head."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def join(x: Tensor) -> Tensor:
    """The reverse of `split`."""
    return x.transpose(1, 2).flatten(2)


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
    """Attention written out, over heads."""
    scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
    return (scores if bias is None else scores + bias).softmax(-1) @ v
