"""Where a node belongs: in the metadata `namespace`, as torch's exporter writes it, or else in its name.

One part of a namespace is a module's path and its class; the last is the call of a function that the operator is part
of, or empty where nobody knows of one. Parts are joined by "/".
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile

from onnx import NodeProto

from nnviz_action.graph.values import Function, Module

Modules = tuple[Module, ...]
KEY = "namespace"
DEEPEST = 32  # modules that a node's name may tell
_PART = re.compile(r"(?:^|/)((?:(?!: ).)*?): ([^/]*?)(?=/|$)")


def namespace_of(node: NodeProto) -> str:
    """The entry of a node; empty where it has none."""
    return next((p.value for p in node.metadata_props if p.key == KEY), "")


def tell_place(node: NodeProto, modules: Sequence[str]) -> None:
    """Write the modules around a node, each as `path: class`, unless it tells its own."""
    if not namespace_of(node):
        node.metadata_props.add(key=KEY, value="/".join([*modules, ": "]))


def parts_of(node: NodeProto) -> tuple[str, ...]:
    """The modules around a node, each as `path: class`."""
    modules, function = place_of(namespace_of(node))
    if not modules and function is None:
        modules = modules_in_name(node.name)
    return tuple(f"{m.path}@{m.call}: {m.kind}" if m.call else f"{m.path}: {m.kind}" for m in modules)


@lru_cache(maxsize=8192)
def place_of(namespace: str) -> tuple[Modules, Function | None]:
    """The modules in a `namespace` entry, outermost first, without the model; and the function called there."""
    parts = _PART.findall(namespace)
    if not parts:
        return (), None
    name, target = parts[-1]
    function = Function(name, _short_target(target)) if name or target else None
    return tuple(_module(path, kind) for path, kind in parts[:-1] if path), function


def modules_in_name(name: str) -> Modules:
    """The modules in a node's name: `/encoder/layer.0/Add`."""
    parts = [part for part in name.split("/")[:-1] if part][:DEEPEST]
    return tuple(Module(".".join(parts[: depth + 1]), "") for depth in range(len(parts)))


def placed_between(named: Sequence[Modules]) -> Iterator[Modules]:
    """The modules of all nodes, where the names of some tell none: those around what stands before and behind it."""
    behind: list[Modules] = [()]
    for modules in reversed(named):
        behind.append(modules or behind[-1])
    before: Modules = ()
    for modules, after in zip(named, reversed(behind[:-1]), strict=True):
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
        before = modules or before
        yield modules or before[:shared]


def _module(path: str, kind: str) -> Module:
    """`encoder@1` is the second call of `encoder`."""
    name, marked, number = path.rpartition("@")
    return Module(name, kind, int(number)) if marked and number.isdecimal() else Module(path, kind)


def _short_target(target: str) -> str:
    """`aten.add_.Tensor` as `add`, `aten._to_copy.default` as `to_copy`, `<built-in function add>` as `add`."""
    name = target.removesuffix(">").rpartition(" ")[2].removesuffix(".default")
    name = name.split(".")[1] if name.startswith("aten.") else name.rpartition(".")[2]
    plain = name.rpartition("::")[2].strip("_").removeprefix("unsafe_").removeprefix("native_")
    return plain.partition("_legit")[0]  # of the names under which torch keeps batch_norm
