"""Going through Python code with what is known of its values, step by step, within limits, running none of it."""

import ast
import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnviz_action.setup.init.walk import calls, evaluate, execute
from nnviz_action.setup.init.walk.index import Index
from nnviz_action.setup.init.walk.modules import Class, Function, Module
from nnviz_action.setup.init.walk.values import UNKNOWN, External, Instance, ModuleRef, Tensor

MOST_STEPS = 60_000  # expressions of one walk: a large model needs some thousands
DEEPEST = 40  # calls in calls


class ExhaustedError(Exception):
    """The walk is longer than anybody waits for."""


class ConflictError(Exception):
    """A shape that cannot be; for a tensor of `origin` perhaps because it has `rank` dimensions."""

    def __init__(self, message: str, origin: str = "", rank: int = 0) -> None:
        super().__init__(message)
        self.origin, self.rank = origin, rank


@dataclass
class Guess:
    """What a size is where no code tells: of images, of sequences, of a batch; the ranks that inputs must have."""

    size: int = 224
    length: int = 16
    batch: int = 1
    ranks: dict[str, int] = field(default_factory=dict)


@dataclass
class Scope:
    """The names that code sees."""

    module: Module
    names: dict[str, Any] = field(default_factory=dict)
    parent: "Scope | None" = None
    owner: Class | None = None
    me: Any = None


OnCall = Callable[[Instance, Sequence[Any], Mapping[str, Any], str], None]


class Machine:
    """One walk. With `on_call`, a call of a model is reported rather than gone into."""

    def __init__(
        self, index: Index, guess: Guess | None = None, on_call: OnCall | None = None, most: int = MOST_STEPS
    ) -> None:
        self.index, self.guess, self.on_call = index, guess or Guess(), on_call
        self.most = most
        self.steps = self.depth = self.unsure = 0
        self.place = ""
        self.built: list[Instance] = []

    def tick(self) -> None:
        """One more step. Raises `ExhaustedError`."""
        self.steps += 1
        if self.steps > self.most:
            raise ExhaustedError

    def evaluate(self, scope: Scope, node: ast.expr) -> Any:
        """The value of an expression; `UNKNOWN` where nothing tells."""
        return evaluate.evaluate(self, scope, node)

    def call(self, what: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """What a call gives."""
        if self.depth >= DEEPEST:
            return UNKNOWN
        self.depth += 1
        try:
            return calls.call(self, what, args, kwargs)
        finally:
            self.depth -= 1

    def run(self, scope: Scope, body: Sequence[ast.stmt]) -> Any:
        """Go through statements; see `execute.run`."""
        return execute.run(self, scope, body)

    def function(self, function: Function, args: Sequence[Any], kwargs: Mapping[str, Any], me: Any = None) -> Any:
        """What a function of the repository gives."""
        return execute.function(self, function, args, kwargs, me)

    def scope(self, module: Module) -> Scope:
        """The top level of a module."""
        return Scope(module)

    def name(self, scope: Scope, name: str) -> Any:
        """What a name stands for."""
        current: Scope | None = scope
        while current is not None:
            if name in current.names:
                return current.names[name]
            current = current.parent
        return self.constant(scope.module, name)

    def constant(self, module: Module, name: str) -> Any:
        """A name at the top level of a module."""
        key = (module.path, name)
        if key not in self.index.constants:
            self.index.constants[key] = UNKNOWN  # a constant that needs itself
            found, where = self.index.lookup(module, name)
            if isinstance(found, ast.expr):
                found = self.evaluate(Scope(where), found)
            self.index.constants[key] = _builtin(name) if found is None else found
        return self.index.constants[key]

    def attribute_of(self, module: ModuleRef, name: str) -> Any:
        """A name of a module of the repository."""
        found, where = self.index.resolve(f"{module.module.name}.{name}")
        if isinstance(found, ast.expr):
            return self.constant(where, name)
        return UNKNOWN if found is None else found

    def settle(self, tensor: Tensor, rank: int, known: Mapping[int, int | None]) -> list[int | None]:
        """The shape of a tensor that must have this rank and these sizes (by axis, from either end).

        Sizes of a model's input that nothing tells stay open. Raises `ConflictError`.
        """
        if tensor.shape is None:
            tensor.shape = [None] * (self.guess.ranks.get(tensor.origin) or rank)
        if len(tensor.shape) != rank:
            self.refuse(f"{rank} dimensions, not {len(tensor.shape)}", tensor.origin, rank)
            return [None] * rank
        for axis, size in known.items():
            if size is not None and tensor.shape[axis] is None:
                tensor.shape[axis] = size
            elif size is not None and tensor.shape[axis] != size:
                self.refuse(f"a size of {size}, not {tensor.shape[axis]}")
        return tensor.shape

    def refuse(self, message: str, origin: str = "", rank: int = 0) -> None:
        """What cannot be is a conflict, unless it is not known whether the code gets there."""
        if not self.unsure:
            raise ConflictError(message, origin, rank)


def _builtin(name: str) -> Any:
    return External(f"builtins.{name}") if hasattr(builtins, name) else UNKNOWN
