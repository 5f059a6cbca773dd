"""What is known of a value without running anything: numbers and texts as they are, tensors by their shapes.

Plain values (numbers, texts, None, lists, tuples, dicts) stand for themselves; anything else is one of these.
"""

from dataclasses import dataclass, field
from typing import Any

from nnviz_action.setup.init.walk.modules import Class, Function, Module


class Unknown:
    """A value of which nothing is known."""

    def __repr__(self) -> str:
        return "?"

    def __bool__(self) -> bool:
        raise TypeError("nobody knows")


UNKNOWN = Unknown()
Shape = list[int | None]  # None: this size is open


@dataclass(eq=False)
class Tensor:
    """A tensor. One that a model is called with (`origin`) may get its shape from the layers that it meets."""

    shape: Shape | None = None
    dtype: str = "float32"
    high: int | None = None
    origin: str = ""
    flat: bool = False  # it was flattened before anything was known of it
    why: str = ""  # the layer that told its shape
    roles: tuple[str, ...] = ()  # the names of its axes, where the code has them


@dataclass(frozen=True)
class Maker:
    """A call of a function of the repository that gave an instance."""

    function: Function
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(eq=False)
class Instance:
    """An object of a class of the repository; its attributes are there once its `__init__` was gone through."""

    made_of: Class
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    attrs: dict[str, Any] | None = None
    later: dict[str, Any] = field(default_factory=dict)  # attributes that others set before anything was asked
    promised: bool = False  # only its class is known, from an annotation
    makers: list[Maker] = field(default_factory=list)
    wrapped: Any = None  # the layer or stack that a subclass of one is


@dataclass(eq=False)
class Layer:
    """A layer of `torch.nn`, with its arguments by name."""

    kind: str
    given: dict[str, Any]

    def get(self, name: str, default: Any = UNKNOWN) -> Any:
        """An argument, or what it is by default."""
        return self.given.get(name, default)


@dataclass(eq=False)
class Stack:
    """A `Sequential`, `ModuleList` or `ModuleDict`."""

    kind: str
    items: list[Any]
    keys: list[Any] | None = None


@dataclass(frozen=True)
class External:
    """Something outside of the repository, by its dotted name."""

    name: str


@dataclass(frozen=True)
class ModuleRef:
    """A module of the repository."""

    module: Module


@dataclass(eq=False)
class Method:
    """Something looked up on a value, to be called."""

    owner: Any
    name: str
    function: Function | None = None


@dataclass(eq=False)
class Super:
    """`super()` in a method of `above`."""

    owner: Instance
    above: Class


@dataclass(eq=False)
class Namespace:
    """Values by attribute: what an argument parser gives, an instance of an unknown class that was written to."""

    attrs: dict[str, Any] = field(default_factory=dict)


def is_plain(value: Any) -> bool:
    """Whether a config can hold the value: what JSON has."""
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(child) for key, child in value.items())
    if isinstance(value, float):
        return value == value and abs(value) != float("inf")
    return value is None or isinstance(value, (bool, int, str))


def is_size(value: Any) -> bool:
    """Whether this is a whole number that a dimension can have."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def given_shape(args: list[Any]) -> Shape | None:
    """A shape from the arguments of a call: sizes, or one sequence of them."""
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = list(args[0])
    if not args or (args[0] is UNKNOWN and len(args) == 1):
        return None
    return [a if is_size(a) else None for a in args]
