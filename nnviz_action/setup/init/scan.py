"""The whole scan: a folder in, proposals out."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from nnviz_action.config.portable import is_folder_name
from nnviz_action.setup.init.candidates import find_candidates
from nnviz_action.setup.init.factories import find_factories
from nnviz_action.setup.init.files import list_files
from nnviz_action.setup.init.propose import Proposal, propose
from nnviz_action.setup.init.usage import find_uses
from nnviz_action.setup.init.walk.index import Index
from nnviz_action.setup.init.walk.modules import Module, read_modules
from nnviz_action.setup.init.walk.values import is_size

_CROPS = frozenset({"Resize", "CenterCrop", "RandomCrop", "RandomResizedCrop"})
_DATASETS = {"MNIST": 28, "FashionMNIST": 28, "CIFAR10": 32, "CIFAR100": 32, "SVHN": 32, "ImageNet": 224}


@dataclass(frozen=True)
class Scan:
    """What was found: entries, outlines of what could not be guessed, and how many more there are."""

    files: int
    classes: int
    ready: tuple[Proposal, ...] = ()
    outlines: tuple[Proposal, ...] = ()
    more: tuple[Proposal, ...] = ()


def scan(folder: Path, most: int | None, functions: bool = False) -> Scan:
    """Look through the repository; at most so many entries, the models that matter most first.

    With `functions`, also models that only a function can build, which is then to be written.
    """
    paths = list_files(folder)
    index = Index(read_modules(folder, paths))
    if not index.modules:
        return Scan(0, 0)
    classes = sum(index.is_module(class_) for class_ in index.classes())
    found = find_candidates(index, find_uses(folder, index, paths), find_factories(index))
    sizes = _sizes(index.modules)
    proposals = list(_named(propose(index, candidate, sizes) for candidate in found))
    if functions:
        proposals = _with_functions(proposals)
    ready = [p for p in proposals if not p.problem]
    outlines = [p for p in proposals if p.problem]
    kept = ready if most is None else ready[:most]
    return Scan(len(index.modules), classes, tuple(kept), tuple(outlines), tuple(ready[len(kept) :]))


def _with_functions(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The entries that need a function as complete ones, each with a name of its own."""
    seen: dict[str, int] = {}
    made = []
    for proposal in proposals:
        builder = proposal.builder
        if builder is not None:
            seen[builder.name] = seen.get(builder.name, 0) + 1
            name = f"{builder.name}{seen[builder.name] if seen[builder.name] > 1 else ''}"
            target = replace(proposal.target, text=proposal.target.text.replace(f":{builder.name}", f":{name}"))
            proposal = replace(proposal, problem="", target=target, builder=replace(builder, name=name))
        made.append(proposal)
    return made


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
                if name in _DATASETS:
                    found[_DATASETS[name]] = None
                elif name in _CROPS and node.args:
                    found.update(dict.fromkeys(_numbers(node.args[0])))
    return [size for size in found if 8 <= size <= 1024]


def _numbers(node: ast.expr) -> Iterator[int]:
    items = node.elts[:1] if isinstance(node, (ast.Tuple, ast.List)) else [node]
    yield from (int(v) for v in (getattr(i, "value", None) for i in items) if isinstance(v, int) and is_size(v))


def _named(proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """Each under a name of its own, also where a file system ignores case."""
    seen: set[str] = set()
    for proposal in proposals:
        module = proposal.builder.imports[0][0] if proposal.builder else proposal.target.text.partition(":")[0]
        stem = PurePosixPath(module.removesuffix(".py").replace(".", "/")).name
        names = [proposal.name.lstrip("_"), f"{stem.lstrip('_')}.{proposal.name}".lstrip("_.")]
        names += [f"{names[1]}-{number}" for number in range(2, 1000)]
        names += [f"model-{number}" for number in range(1, 1000)]
        name = next(n for n in names if n.casefold() not in seen and is_folder_name(n))
        seen.add(name.casefold())
        yield replace(proposal, name=name)
