"""The values of repeats: runs of equal blocks, and which box of a copy stands for which of the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nnviz_action.drawing.boxes import Box, Drawing
from nnviz_action.graph.values import Module

LEAF = "\0"  # path of the module that stands around a single box while boxes fold as blocks do
Modules = tuple[Module, ...]
Members = Mapping[Modules, Sequence[Box]]


@dataclass(frozen=True)
class Run:
    """`count` times the same `period` consecutive modules, all directly in one scope."""

    scopes: tuple[Modules, ...]
    period: int
    aside: bool = False  # no copy follows on another

    @property
    def count(self) -> int:
        """How many copies there are."""
        return len(self.scopes) // self.period

    @property
    def depth(self) -> int:
        """How many modules lead to one of the blocks, itself included."""
        return len(self.scopes[0])


@dataclass(frozen=True)
class Copies:
    """Of the boxes in a run: which copy each is in, and for which of the first copy it stands."""

    number: Mapping[str, int]
    first: Mapping[str, str]

    @classmethod
    def of(cls, run: Run, members: Members) -> "Copies":
        """By the keys of the boxes."""
        number: dict[str, int] = {}
        first: dict[str, str] = {}
        for index, scope in enumerate(run.scopes):
            for box, model in zip(members[scope], members[run.scopes[index % run.period]], strict=True):
                number[box.key], first[box.key] = index // run.period, model.key
        return cls(number, first)


def members(drawing: Drawing, depth: int) -> dict[Modules, list[Box]]:
    """The boxes in each module at this depth."""
    found: dict[Modules, list[Box]] = {}
    for box in drawing.boxes:
        if len(box.modules) >= depth:
            found.setdefault(box.modules[:depth], []).append(box)
    return found
