"""The forward graph as plain, frozen, ordered values: no torch, no onnx, no disk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOLD = " ~ "  # between a module's class and what happened to the module, in a picture of changes
_INSIDE, _LOOSE = re.compile(r"\([^()]*\)"), re.compile(r"[\s/%]")
Attribute = bool | int | float | str | tuple[int, ...] | tuple[float, ...] | tuple[str, ...]


ONNX = ("", "ai.onnx")  # two names of the domain of ONNX's own operators
PARAMETERS = ("parameter", "frozen")  # kinds of weights: those that train, and those that do not
# Domains of what was recorded: functions of torch, autograd functions, registered operators, scripted modules.
RECORDED = ("torch", "function", "ops", "script")
# What the classes of frames begin with that are no modules of the author's: control flow, a local function of ONNX.
FRAME = "onnx."
FUNCTION = f"{FRAME}function."


@dataclass(frozen=True)
class TensorType:
    """Element type in short form (`f32`) and shape; a str is a dynamic dimension, None one that is unknown.

    What holds tensors has no shape, and the types of these in its own: `seq(2×3 f32)`.
    """

    dtype: str
    shape: tuple[int | str | None, ...] | None

    @property
    def holds(self) -> bool:
        """Whether it is no tensor, but something that holds some."""
        return self.shape is None and self.dtype.endswith(")")

    @property
    def is_full(self) -> bool:
        """Whether the rank and every dimension are known, by number or by name."""
        if self.holds:
            return "?" not in self.dtype
        return self.shape is not None and None not in self.shape

    def __str__(self) -> str:
        if self.shape is None:
            return self.dtype if self.holds else f"? {self.dtype}"
        sizes = ["?" if d is None else str(d) for d in self.shape]
        return f"{'×'.join(map(_bracketed, sizes) if len(sizes) > 1 else sizes) or 'scalar'} {self.dtype}"


def _bracketed(size: str) -> str:
    """A size that is a sum or a quotient of others in brackets, where it stands among others."""
    outside = size
    while "(" in outside and outside != (outside := _INSIDE.sub("", outside)):
        continue
    return f"({size})" if _LOOSE.search(outside) else size


@dataclass(frozen=True)
class Module:
    """A module that an operator belongs to: its path (`layer1.0.conv1`), its class, and which call of it.

    Where it stands for more than itself, `copies` is for how many, `title` what to call them (`0 … 11`), `shared`
    tells calls of one module from several modules, and `aside` those side by side from those in a chain.
    """

    path: str
    kind: str
    call: int = 0
    title: str = ""
    copies: int = 1
    shared: bool = False
    aside: bool = False

    @property
    def is_frame(self) -> bool:
        """Whether it is none of the author's modules: see `FRAME`."""
        return self.kind.startswith(FRAME)

    @property
    def is_function(self) -> bool:
        """Whether it is a local function of ONNX, whose weights are given to it from outside."""
        return self.kind.startswith(FUNCTION)

    @property
    def short_kind(self) -> str:
        """The class without its package, and what is told of it."""
        plain, mark, told = self.kind.partition(TOLD)
        return f"{plain.rpartition('.')[2]}{mark}{told}"

    @property
    def times(self) -> str:
        """For how many it stands: `×12`, or `12 calls` of one module; empty for one."""
        if self.copies == 1:
            return ""
        times = f"{self.copies} calls" if self.shared else f"×{self.copies}"
        return f"{times} side by side" if self.aside else times


def own_name(modules: tuple[Module, ...]) -> str:
    """The innermost module's name from the one around it: `layers.0` where `layers` itself is never called."""
    if modules[-1].title:
        return modules[-1].title
    path = modules[-1].path
    above = f"{modules[-2].path}." if len(modules) > 1 else ""
    return path[len(above) :] if path.startswith(above) else path


@dataclass(frozen=True)
class Function:
    """The call in the author's code that an operator is part of: its name in the trace, and what was called."""

    name: str
    target: str


@dataclass(frozen=True)
class Weight:
    """A weight or a constant. `kind` is parameter, frozen, buffer, or empty for a constant.

    `value` is that of a constant, or of a weight that the file keeps: as text if it is short, else its hash; empty
    where there is none. `recipe` is of a buffer or a constant: the calls and numbers that made it.
    """

    name: str
    type: TensorType
    kind: str = ""
    value: str = ""
    recipe: str = ""


@dataclass(frozen=True)
class Node:
    """One operator. `inputs` and `outputs` are names of values, an empty input being an omitted one.

    Of a recorded call, `arguments` names the parameter that each input is given for, `macs` counts its work at the
    example's sizes, `line` is where the user's code calls it, `random` tells a result that is so even in eval, and
    `gives` numbers the outputs as the module around the call returns them; empty where these are the first it gives.
    """

    name: str
    op: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: tuple[tuple[str, Attribute], ...] = ()
    modules: tuple[Module, ...] = ()
    bodies: tuple[tuple[str, "Graph"], ...] = ()
    function: Function | None = None
    arguments: tuple[str, ...] = ()
    macs: int = 0
    line: str = ""
    random: bool = False
    gives: tuple[int, ...] = ()

    def input(self, place: int) -> str:
        """The name of one of the inputs; empty beyond the last, as for one that is omitted."""
        return self.inputs[place] if place < len(self.inputs) else ""


@dataclass(frozen=True)
class Graph:
    """Nodes in topological order, the types of all values by name, the weights by name.

    `opset` is the version of ONNX's own operators, 0 where it is not said (a body's is its graph's). `sizes` are the
    example sizes of dynamic dimensions by name. `unused` counts, by kind, the elements of the model's parameters that
    no operator here uses, as `bytes` what these take, and as `macs` the work of calls that lead to no result. `state`
    has the types of what the model's state dict holds, by key; None where that is not known. `tied` has the first of
    the keys that one tensor has, by each further key of it, in the order of the state dict. `training` tells whether
    the model is in training mode.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    types: dict[str, TensorType] = field(default_factory=dict)
    weights: dict[str, Weight] = field(default_factory=dict)
    opset: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    unused: dict[str, int] = field(default_factory=dict)
    state: dict[str, TensorType] | None = None
    tied: dict[str, str] = field(default_factory=dict)
    training: bool = False

    @property
    def unused_parameters(self) -> int:
        """The elements of all parameters that no operator uses."""
        return sum(self.unused.get(kind, 0) for kind in PARAMETERS)

    def walk(self) -> Iterator[Node]:
        """All nodes, those of the bodies of If, Loop and Scan included."""
        for node in self.nodes:
            yield node
            for _, body in node.bodies:
                yield from body.walk()

    def values(self) -> Iterator[tuple[str, TensorType | None]]:
        """The values that operators compute with their types, in order, bodies included."""
        for node in self.nodes:
            yield from ((output, self.types.get(output)) for output in node.outputs if output)
            for _, body in node.bodies:
                yield from body.values()
