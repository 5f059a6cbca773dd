"""The whole scan: a folder in, plans out."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from nnviz_action.config.portable import is_folder_name
from nnviz_action.setup.init.callers import Callers
from nnviz_action.setup.init.candidates import find_candidates
from nnviz_action.setup.init.cut import Cutter
from nnviz_action.setup.init.entries import Entry
from nnviz_action.setup.init.factories import Factories
from nnviz_action.setup.init.files import list_files
from nnviz_action.setup.init.index import Index
from nnviz_action.setup.init.modules import Module, read_modules
from nnviz_action.setup.init.plans import Plan, plan
from nnviz_action.setup.init.uses import find_uses

Named = TypeVar("Named", Plan, Entry)
_SIZE = re.compile(r"-(image|img|crop|input)[-_]?(size|resolution)\b")
_CROPS = frozenset({"Resize", "CenterCrop", "RandomCrop", "RandomResizedCrop"})
_DATASETS = {"MNIST": 28, "FashionMNIST": 28, "CIFAR10": 32, "CIFAR100": 32, "SVHN": 32, "ImageNet": 224}


@dataclass(frozen=True)
class Scan:
    """What was found: a plan for each model, those that matter most first; sizes of images in the code."""

    files: int
    classes: int
    plans: tuple[Plan, ...] = ()
    sizes: Mapping[str, Sequence[int]] = field(default_factory=dict)  # by folder; "" for all


def scan(folder: Path) -> Scan:
    """Look through the repository. Nothing of it is run."""
    paths = list_files(folder)
    index = Index(read_modules(folder, paths))
    if not index.modules:
        return Scan(0, 0)
    classes = sum(index.is_module(class_) for class_ in index.classes())
    factories = Factories(index)
    uses = find_uses(folder, index, factories, Cutter(index, Callers(index)), paths)
    plans = [plan(index, candidate) for candidate in find_candidates(index, uses, factories.public())]
    return Scan(len(index.modules), classes, tuple(named(plans)), _sizes_by_folder(index.modules))


def _sizes_by_folder(modules: Sequence[Module]) -> dict[str, Sequence[int]]:
    folders: dict[str, list[Module]] = {"": list(modules)}
    for module in modules:
        folders.setdefault(str(PurePosixPath(module.path).parent), []).append(module)
    return {folder: sizes for folder, inside in folders.items() if (sizes := _sizes(inside))}


def _sizes(modules: Iterable[Module]) -> Sequence[int]:
    """Sizes of images that the repository works with, by its transforms and data sets."""
    found: dict[int, None] = {}
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                name = (
                    ast.unparse(node.func).rpartition(".")[2]
                    if isinstance(node.func, (ast.Name, ast.Attribute))
                    else ""
                )
                if name == "add_argument" and _SIZE.search(ast.unparse(node)):
                    default = next((k.value for k in node.keywords if k.arg == "default"), None)
                    found.update(dict.fromkeys(_numbers(default) if default is not None else ()))
                elif name in _DATASETS:
                    found[_DATASETS[name]] = None
                elif name in _CROPS and node.args:
                    found.update(dict.fromkeys(_numbers(node.args[0])))
    return [size for size in found if 8 <= size <= 1024]


def _numbers(node: ast.expr) -> Iterator[int]:
    items = node.elts[:1] if isinstance(node, (ast.Tuple, ast.List)) else [node]
    yield from (int(v) for v in (getattr(i, "value", None) for i in items) if type(v) is int)


def named(found: Iterable[Named]) -> Iterator[Named]:
    """Each under a name of its own, also where a file system ignores case."""
    seen: set[str] = set()
    for one in found:
        module = one.target.text.partition(":")[0]
        stem = PurePosixPath(module.removesuffix(".py").replace(".", "/")).name
        names = [one.name.lstrip("_"), f"{stem.lstrip('_')}.{one.name}".lstrip("_.")]
        names += [f"{names[1]}-{number}" for number in range(2, 1000)]
        names += [f"model-{number}" for number in range(1, 1000)]
        name = next(n for n in names if n.casefold() not in seen and is_folder_name(n))
        seen.add(name.casefold())
        yield replace(one, name=name)
