"""From `package.module:Name` or `path/file.py:Name` to the object it names."""

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

from nnviz_action.errors import ModelError


def load_target(target: str, folder: Path) -> Any:
    """The object that `target` names; a relative file is looked up in `folder`.

    Raises `ModelError` where the module is there but the name is not; errors of the module's own code pass.
    """
    source, _, names = target.rpartition(":")
    module = _from_file(folder / source) if source.endswith(".py") else importlib.import_module(source)
    found: Any = module
    for name in names.split("."):
        if not hasattr(found, name):
            raise ModelError(f"{source} has no {names!r}", hint=_public_names(module))
        found = getattr(found, name)
    return found


def _from_file(path: Path) -> Any:
    # A file that is also importable by its stem must be one module, not two with two sets of classes.
    if not path.is_file():
        raise ModelError(f"no such file: {path}", hint="the path is relative to the folder of the config")
    name = path.stem
    known = sys.modules.get(name)
    if known is not None and Path(getattr(known, "__file__", None) or "").resolve() == path.resolve():
        return known
    if known is not None:
        name = f"nnviz_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModelError(f"cannot import {path.name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]  # half a module must not be found the next time
        raise
    return module


def _public_names(module: Any) -> str:
    own = [n for n, value in vars(module).items() if not n.startswith("_") and callable(value)]
    own = [n for n in own if getattr(getattr(module, n), "__module__", None) == module.__name__]
    return f"it defines: {', '.join(sorted(own)[:12])}" if own else "it defines nothing that can be called"
