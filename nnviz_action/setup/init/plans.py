"""From a candidate to a plan: the ways to build it, from that which the repository shows best to its bare class."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from nnviz_action.setup.init.candidates import Candidate
from nnviz_action.setup.init.index import Index
from nnviz_action.setup.init.modules import Class, Function
from nnviz_action.setup.init.scripts import runs_when_imported
from nnviz_action.setup.init.targets import Target, target_of
from nnviz_action.setup.init.uses import Code, Use

MOST_USES = 4
MOST_FACTORIES = 2


@dataclass(frozen=True)
class Way:
    """One way to build a model: a call that the repository makes, or a function or class by itself."""

    target: Target
    code: Code | None = None
    inputs: Code | None = None

    def question(self) -> dict[str, Any]:
        """As the model's process is asked: see `nnviz_action.capture.asking`."""
        code, inputs = self.code, self.inputs
        callee = self.target.text.partition(":")[2]
        return {
            "target": self.target.text,
            "code": code.function(f"{_callee(code)}, {code.arguments}") if code else "",
            "place": code.place if code else callee,
            "inputs": inputs.function(inputs.arguments) if inputs else "",
            "inputs_place": inputs.place if inputs else "",
        }

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders that must be on the path."""
        pieces = [c.piece.roots for c in (self.code, self.inputs) if c is not None]
        return tuple(dict.fromkeys((self.target.root, *(root for roots in pieces for root in roots))))


@dataclass(frozen=True)
class Plan:
    """A model and the ways to build it. `reason` says why none may be tried."""

    name: str
    target: Target
    ways: tuple[Way, ...]
    others: tuple[str, ...] = ()  # functions that make the same class
    reason: str = ""
    folder: str = "."

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders that must be on the path for any of the ways."""
        return tuple(dict.fromkeys(root for way in self.ways for root in way.roots)) or (self.target.root,)


def _callee(code: Code) -> str:
    return ast.unparse(code.call.func)


def plan(index: Index, candidate: Candidate) -> Plan:
    """The plan for a class."""
    made = candidate.made
    target = target_of(index, made)
    if runs_when_imported(made.module):
        reason = f'{made.module.path} does its work when it is imported: put that below  if __name__ == "__main__":'
        return Plan(made.name, target, (), reason=reason)
    ways = tuple(_ways(index, candidate))
    first = candidate.factories[0] if candidate.factories else None
    others = tuple(f.name for f in candidate.factories if f is not first)
    folder = str(PurePosixPath(made.module.path).parent)
    return Plan(_name(ways, made), target, ways, others, folder=folder)


def _name(ways: Sequence[Way], made: Class) -> str:
    return ways[0].target.text.rpartition(":")[2].partition(".")[0] if ways else made.name


def _ways(index: Index, candidate: Candidate) -> Iterator[Way]:
    """From the surest to the boldest."""
    uses = [use for use in candidate.uses if _is_open(use.callee)]
    called = [use for use in uses if use.inputs is not None][:MOST_USES]
    yield from (_of(index, use) for use in called)
    for function in [f for f in candidate.factories if _is_open(f)][:MOST_FACTORIES]:
        yield Way(target_of(index, function))
    yield from (_of(index, use) for use in [u for u in uses if u.inputs is None][:MOST_USES])
    yield Way(target_of(index, candidate.made))


def _is_open(found: Class | Function) -> bool:
    return not runs_when_imported(found.module)


def _of(index: Index, use: Use) -> Way:
    return Way(target_of(index, use.callee), use.code, use.inputs)
