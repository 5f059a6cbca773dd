"""What happened to the models of a config."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from nnviz_action.diff.changes import GraphDiff


class State(str, Enum):
    """What can have happened to a model. AUTOGRAD: only to its autograd graph."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    AUTOGRAD = "autograd"
    FAILED = "failed"


@dataclass(frozen=True)
class ModelDiff:
    """One model. `before` and `after` are its numbers: parameters, macs, activations, and bytes of the weights and of
    the ONNX file."""

    model: str
    state: State
    diff: GraphDiff | None = None
    was: str = ""
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    autograd: bool = False
    error: str = ""
    counted: str = ""  # the sizes of dynamic dimensions that MACs and activations are counted at

    @property
    def differs(self) -> bool:
        """Whether anything happened to it."""
        return self.state is not State.SAME


@dataclass(frozen=True)
class Comparison:
    """All models of a config between two states, told as a reader knows them (`main`, `1a2b3c4`, `working tree`)."""

    base: str
    head: str
    models: tuple[ModelDiff, ...]
