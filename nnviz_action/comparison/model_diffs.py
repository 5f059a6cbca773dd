"""What happened to the models of a config."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from nnviz_action.comparison.changes import GraphDiff
from nnviz_action.comparison.checkpoint import Checkpoint


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
    backward: tuple[str, ...] = ()  # of an autograd graph that alone changed, what is otherwise in it
    error: str = ""
    counted: str = ""  # the sizes of dynamic dimensions that MACs and activations are counted at
    classes: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})  # of the modules of both sides by path
    # Of a graph that is the same: whether that holds for the keys of its state dict, too. It takes a look at a file.
    is_keyed: Callable[[], bool] = field(default=lambda: False, compare=False)

    @property
    def differs(self) -> bool:
        """Whether anything happened to it."""
        return self.state is not State.SAME

    @property
    def checkpoint(self) -> Checkpoint | None:
        """What becomes of an old state dict; None where nothing is said of it."""
        return self.diff.checkpoint if self.diff else None

    @property
    def loads(self) -> bool | None:
        """Whether old weights load, and into the layers that they are of; None where that is not known, as of a model
        that is new."""
        if self.diff is None:
            return True if self.is_keyed() else None
        return self.checkpoint.is_safe if self.checkpoint else None


@dataclass(frozen=True)
class Comparison:
    """All models of a config between two states, told as a reader knows them (`main`, `1a2b3c4`, `working tree`)."""

    base: str
    head: str
    models: tuple[ModelDiff, ...]
    unfolded: bool = False  # whether rows are told that others stand for
