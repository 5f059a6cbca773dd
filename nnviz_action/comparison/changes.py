"""The values that a diff consists of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nnviz_action.comparison.checkpoint import Checkpoint
from nnviz_action.drawing.boxes import Drawing
from nnviz_action.graph.numbers import NOTHING, Numbers

Types = Mapping[str, str]  # of inputs or outputs by name
Kind = Literal["added", "removed", "changed", "renamed", "moved"]
How = Literal["", "moved here from", "put around", "taken out of"]
SIGNS: Mapping[str, str] = {"added": "+", "removed": "-", "changed": "~", "renamed": "→", "moved": "↷"}


@dataclass(frozen=True)
class Change:
    """One thing that happened. `path` is where, in the new graph unless it was removed; `was` where it was before, if
    elsewhere; `what` its class or function. `before` and `after` are the numbers of all `places`.

    Of a move, `how` is what happened to `who` (empty: to the part at `path`), and `home` the module that they left.
    """

    kind: Kind
    path: str
    what: str
    details: tuple[str, ...] = ()
    was: str = ""
    before: Numbers = NOTHING
    after: Numbers = NOTHING
    who: str = ""
    how: How = ""
    home: str = ""
    places: tuple[str, ...] = ()  # the paths of all where it happened several times
    folded: "tuple[Change, ...]" = ()  # the rows that it stands for
    line: str = ""  # of the code that makes the layer or calls the function: `net.py:12`, from the repository

    @property
    def count(self) -> int:
        """How often."""
        return max(1, len(self.places))


@dataclass(frozen=True)
class GraphDiff:
    """All changes, the most severe first, and the marks of the boxes of both drafts by key.

    `inputs` and `outputs` are those before and after. `reshaped` counts the values whose type changed for a reason
    that is told elsewhere. `checkpoint` tells what becomes of weights that were saved. `drawings` are both graphs
    before functions in a row are joined.
    """

    changes: tuple[Change, ...] = ()
    before: Numbers = NOTHING
    after: Numbers = NOTHING
    inputs: tuple[Types, Types] = ({}, {})
    outputs: tuple[Types, Types] = ({}, {})
    reshaped: int = 0
    marks: "Marks" = field(default_factory=lambda: Marks())
    checkpoint: Checkpoint | None = None
    drawings: tuple[Drawing, Drawing] = field(default=(Drawing((), ()), Drawing((), ())), compare=False, repr=False)

    @property
    def each(self) -> "tuple[Change, ...]":
        """All changes, those that others stand for in place of these."""
        return tuple(one for change in self.changes for one in (change.folded or (change,)))

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not self.changes


@dataclass(frozen=True)
class Marks:
    """For the picture: what is new, what is gone, what changed and how, and which box is which.

    Keys are those of the boxes in the drafts of the new graph, of the old one for `removed`; `same` leads from old to
    new. `modules` tells by path what happened to a module as a whole.
    """

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
