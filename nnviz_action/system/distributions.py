"""Which distributions the modules of a model belong to, and of which versions."""

import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distributions, requires
from inspect import getmodulename
from pathlib import Path
from threading import Lock

from nnviz_action.system.installed import version

TOOLCHAIN = ("nnviz-action", "torch", "onnx", "onnxscript", "onnx-ir", "torchviz")  # what each diagram is made with
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")
_reading = Lock()


def versions_of_modules(modules: Iterable[str]) -> dict[str, str]:
    """Versions of the installed distributions that these top-level modules belong to, by name.

    The toolchain, and what it requires, comes in whatever the model is.
    """
    with _reading:
        found = owners()
    names = {d.lower() for module in modules for d in found.get(module, ())}
    return versions(names - _with_requirements(TOOLCHAIN))


def read_ahead() -> None:
    """Find out what is installed, which takes a tenth of a second."""
    with suppress(Exception):  # it fails again where that can be told
        versions_of_modules(())


@cache
def owners() -> Mapping[str, list[str]]:
    """The distributions that each top-level module belongs to, those of the folder that we run in not among them.

    As `importlib.metadata.packages_distributions`, which before Python 3.11 looks at declared names alone.
    """
    owners: dict[str, list[str]] = {}
    paths = [path for path in sys.path if path and Path(path) != Path.cwd()]
    for distribution in distributions(path=paths):
        for module in _top_level(distribution):
            owners.setdefault(module, []).append(distribution.metadata["Name"])
    return owners


def _top_level(distribution: Distribution) -> Iterable[str]:
    """The names that it declares, or else those that its files have."""
    declared = (distribution.read_text("top_level.txt") or "").split()
    files = () if declared else distribution.files or ()
    found = {file.parts[0] if len(file.parts) > 1 else getmodulename(file.name) for file in files}
    return declared or sorted(name for name in found if name and name.isidentifier())


@cache
def _with_requirements(names: tuple[str, ...]) -> frozenset[str]:
    """The names, and those of all that these distributions require."""
    found: set[str] = set()
    todo = [name.lower() for name in names]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            with suppress(PackageNotFoundError):
                wanted = [r for r in requires(name) or () if "extra ==" not in r]
                todo += [match[0].lower() for match in map(_REQUIREMENT.match, wanted) if match]
    return frozenset(found)


def versions(names: Iterable[str]) -> dict[str, str]:
    """Versions without their local part (`+cpu`), of those that are installed."""
    found = {name.lower(): version(name).partition("+")[0] for name in sorted(names, key=str.lower)}
    return {name: number for name, number in found.items() if number}
