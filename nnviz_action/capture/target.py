"""From `package.module:Name` or `path/file.py:Name` to the object it names."""

import difflib
import importlib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from traceback import extract_tb
from typing import Any

from nnviz_action.errors import ModelError
from nnviz_action.system.absent import why_absent


class TargetError(ModelError):
    """What the config names is not there, or does not take what it gives."""


def load_target(target: str, folder: Path) -> Any:
    """The object that `target` names; a relative file is looked up in `folder`.

    Raises `TargetError` where the module is there but the name is not; errors of the module's own code pass.
    """
    source, _, names = target.rpartition(":")
    module = load_module(target, folder)
    found: Any = module
    for name in names.split("."):
        if not hasattr(found, name):
            raise TargetError(
                f"{source} has no {names!r}", hint=_elsewhere(module, source, names, folder) or _near(name, found)
            )
        found = getattr(found, name)
    return found


def load_module(target: str, folder: Path) -> Any:
    """The module in which `target` is to be found."""
    source = target.rpartition(":")[0]
    return _from_file(folder / source) if source.endswith(".py") else _imported(source, folder)


def _imported(source: str, folder: Path) -> Any:
    try:
        return importlib.import_module(source)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{source}.".startswith(f"{error.name}."):
            raise
        parts = source.split(".")
        hint = why_absent(folder.joinpath(*parts).with_suffix(".py")) or why_absent(
            folder.joinpath(*parts, "__init__.py")
        )
        if hint is None:
            raise
        raise TargetError(f"No module named {error.name!r}", hint=hint) from None


def _from_file(path: Path) -> Any:
    # A file that is also importable by its stem must be one module, not two with two sets of classes.
    if not path.is_file():
        raise TargetError(
            f"no such file: {path}", hint=why_absent(path) or "the path is relative to the folder of the config"
        )
    name = path.stem
    known = sys.modules.get(name)
    if known is not None and Path(getattr(known, "__file__", None) or "").resolve() == path.resolve():
        return known
    if known is not None:
        name = f"nnviz_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise TargetError(f"cannot import {path.name}", hint="its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]  # half a module must not be found the next time
        raise
    return module


def call_target(target: str, found: Any, args: Sequence[Any], kwargs: Mapping[str, Any], hint: str) -> Any:
    """What the object gives for these arguments. Raises `TargetError` where it does not take them."""
    try:
        return found(*args, **kwargs)
    except TypeError as error:
        if len(extract_tb(error.__traceback__)) > 1:  # it took them, and failed later
            raise
        raise TargetError(f"{target}: {error}", hint=hint) from None


def _elsewhere(module: Any, source: str, names: str, folder: Path) -> str | None:
    """The file that was meant, where a package of this name was loaded before it could be found."""
    path = Path(*source.split(".")).with_suffix(".py")
    found = Path(getattr(module, "__file__", None) or "").resolve()
    if source.endswith(".py") or not (folder / path).is_file() or found == (folder / path).resolve():
        return None
    return f"a package of this name is loaded already: name the file, {path.as_posix()}:{names}"


def _near(name: str, owner: Any) -> str:
    near = difflib.get_close_matches(name, [n for n in dir(owner) if not n.startswith("_")], 1)
    return f"did you mean {near[0]!r}?" if near else _public_names(owner)


def _public_names(module: Any) -> str:
    own = [n for n, value in vars(module).items() if not n.startswith("_") and callable(value)]
    own = [n for n in own if getattr(getattr(module, n), "__module__", None) == getattr(module, "__name__", None)]
    return f"it defines: {', '.join(sorted(own)[:12])}" if own else "it defines nothing that can be called"
