"""torchviz's graph of what autograd records, as plain values with names that depend on position alone."""

import re
import sys
import threading
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from math import prod
from typing import Any, TypeVar

import torch
from packaging.version import Version

from nnviz_action.capture.built import Built
from nnviz_action.capture.memory import STACK_BYTES
from nnviz_action.capture.outputs import name_tensors
from nnviz_action.capture.private import sequence_number
from nnviz_action.capture.scopes import Scopes
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.errors import ModelError
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module

T = TypeVar("T")
Modules = tuple[Module, ...]

ACCUMULATOR = "AccumulateGrad"
_LAST = float("inf")  # outputs come after every function
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_UNSIGNED = re.compile(r"\b1844674407\d{10}\b")  # autograd shows a dim of -1 as 2**64 - 1
_ALIGNMENT = re.compile(r"\s*:\s+")


@contextmanager
def _distutils() -> Iterator[None]:
    """torchviz wants `distutils.version.LooseVersion`: Python 3.12 dropped it, and setuptools is slow to bring it.

    The model's code, which may import distutils too, finds whatever there is.
    """
    names = ("distutils", "distutils.version")
    if any(name in sys.modules for name in names):
        yield
        return
    package, module = map(types.ModuleType, names)
    module.LooseVersion = Version  # type: ignore[attr-defined]
    package.version = module  # type: ignore[attr-defined]
    sys.modules.update(zip(names, (package, module), strict=True))
    try:
        yield
    finally:
        for name in names:
            sys.modules.pop(name, None)


with _distutils():
    import torchviz.dot

# torchviz's colours are its vocabulary: this is what each of them says.
KINDS = {
    "lightblue": "leaf",
    "orange": "saved",
    "darkolivegreen1": "output",
    "darkolivegreen3": "view",
    None: "function",
}


class Recorder:
    """Stands in for `graphviz.Digraph` while torchviz draws, and keeps what it says as values.

    torchviz names nodes by `id()`. Where a saved tensor is also a parameter, it would draw both as one node,
    last colour wins; here the saved one is a node of its own.
    """

    def __init__(self, **_: object) -> None:
        self.graph_attr: dict[str, str] = {}
        self.body: list[str] = []
        self.nodes: dict[str, tuple[str, str]] = {}  # id -> (label, kind)
        self.edges: list[tuple[str, str, str]] = []
        self._saving = ("", "")

    def node(self, key: str, label: str, fillcolor: str | None = None) -> None:
        """As `Digraph.node`."""
        kind = KINDS.get(fillcolor, "function")
        if kind == "saved":
            function = next(end for end in self._saving if end != key)
            key = f"{key} saved {function} {label}"  # one tensor may be saved twice, under two names
            self.edges.append((key, function, "saved"))
        self.nodes.setdefault(key, (label, kind))

    def edge(self, source: str, target: str, dir: str = "", style: str = "") -> None:  # noqa: A002
        """As `Digraph.edge`."""
        if dir == "none":
            self._saving = (source, target)  # which of the two was saved is said by the node that follows
        else:
            self.edges.append((source, target, "view" if style else "solid"))


def draw(built: Built, options: Mapping[str, Any], by_module: bool = True) -> Drawing:
    """Run the model once and draw what autograd recorded, from each output's mean as the loss.

    Without `by_module` only parameters are put into their modules: no hook runs during the forward.
    """
    scopes = Scopes(built.module)
    with scopes if by_module else nullcontext():
        outputs = name_tensors(built.call())
    if not outputs:
        raise ModelError("the model returns no tensor", hint="its forward must return at least one tensor")
    with built.active():
        roots = {name: t.mean() for name, t in outputs.items() if t.requires_grad and _has_mean(t)}
        if not roots:
            message = "no output depends on a parameter that needs a gradient: there is no autograd graph"
            raise ModelError(message, hint="draw the other view alone:  views: [forward]")
        functions = _functions(list(roots.values()))
        parameters = dict(built.module.named_parameters())
        recorder = _record(roots, parameters, options)
    recorded = {str(id(f)): f for f in functions if not hasattr(f, "variable")}  # no gradient accumulators
    modules = {key: scopes.of_function(f) for key, f in recorded.items()}
    modules |= {
        key: scopes.of_parameter(label.split("\n")[0])
        for key, (label, kind) in recorder.nodes.items()
        if kind == "leaf"
    }
    recorder.nodes = _in_order(recorder, {key: sequence_number(f) for key, f in recorded.items()})
    return _drawing(recorder, {str(id(t)): name for name, t in roots.items()}, modules, parameters)


def _has_mean(tensor: torch.Tensor) -> bool:
    return tensor.dtype.is_floating_point or tensor.dtype.is_complex


def _functions(roots: list[torch.Tensor]) -> list[Any]:
    """All backward functions, held so that their ids last while torchviz draws."""
    found: dict[int, Any] = {}
    todo = [root.grad_fn for root in roots]
    while todo:
        function = todo.pop()
        if function is not None and id(function) not in found:
            found[id(function)] = function
            todo.extend(following for following, _ in function.next_functions)
    return list(found.values())


def _record(roots: Mapping[str, torch.Tensor], params: dict[str, Any], options: Mapping[str, Any]) -> Recorder:
    recorder = Recorder()
    torchviz.dot.Digraph = lambda **_: recorder
    _on_deep_stack(
        lambda: torchviz.make_dot(
            tuple(roots.values()),
            params=params,
            show_attrs=options["show_attrs"],
            show_saved=options["show_saved"],
            max_attr_chars=options["max_attr_chars"],
        )
    )
    return recorder


def _on_deep_stack(work: Callable[[], T]) -> T:
    """Run in a thread whose stack lets torchviz recurse through a network of any depth."""
    result: list[T] = []
    failure: list[BaseException] = []
    before = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:
            failure.append(error)

    sys.setrecursionlimit(1_000_000)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(before[0])
        threading.stack_size(before[1])
    if failure:
        raise failure[0]
    return result[0]


def _in_order(recorder: Recorder, numbers: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """The nodes in the order in which the forward ran, each parameter and saved tensor before its function."""
    users: dict[str, list[str]] = {}
    for source, target, _ in recorder.edges:
        users.setdefault(source, []).append(target)

    def place(node: str) -> float:
        while node not in numbers and node in users:
            node = min(users[node], key=lambda user: numbers.get(user, _LAST))
        return numbers.get(node, _LAST)

    ordered = sorted(recorder.nodes, key=lambda node: (place(node), node in numbers))
    return {node: recorder.nodes[node] for node in ordered}


def _drawing(
    recorder: Recorder, outputs: Mapping[str, str], modules: Mapping[str, Modules], parameters: Collection[str]
) -> Drawing:
    """Boxes keyed by position; whatever hangs on a function belongs to its module."""
    keys = {old: f"n{index}" for index, old in enumerate(recorder.nodes)}
    edges = list(dict.fromkeys(e for e in recorder.edges if e[0] in keys and e[1] in keys))
    owners = dict(modules)
    for source, target, style in reversed(edges):
        if style == "saved":
            owners[source] = owners.get(target, ())
        elif source in owners and target not in owners:
            owners[target] = owners[source]  # a parameter's accumulator
    boxes = []
    for old, (label, kind) in recorder.nodes.items():
        title, rows = _text(label, outputs.get(old))
        kind = "accumulator" if title == ACCUMULATOR else kind
        numbers = Numbers(_elements(rows)) if title in parameters else Numbers()
        boxes.append(Box(keys[old], title, kind, rows=rows, modules=owners.get(old, ()), numbers=numbers))
    return Drawing(tuple(boxes), tuple(Arrow(keys[s], keys[t], style=style) for s, t, style in edges))


def _text(label: str, output: str | None) -> tuple[str, tuple[str, ...]]:
    """Title and rows of torchviz's label, without addresses and with negative numbers as such."""
    plain = _UNSIGNED.sub(lambda n: str(int(n[0]) - 2**64), _ADDRESS.sub("0x…", label))
    lines = [line.strip() for line in plain.split("\n")]
    rows = tuple(_ALIGNMENT.sub(": ", line) for line in lines[1:] if line and set(line) != {"-"})
    if output is not None:
        return f"{output}.mean()", tuple(row for row in rows if row != "()")
    return lines[0] or rows[0], rows if lines[0] else ()


def _elements(rows: tuple[str, ...]) -> int:
    """Of a tensor whose shape torchviz wrote as `(64, 3, 7, 7)`."""
    return prod(map(int, re.findall(r"\d+", rows[0]))) if rows else 0
