"""What a config calls a class or a function: `package.module:Name`, or `path/file.py:Name`; and from which folder."""

import keyword
import sys
from dataclasses import dataclass
from pathlib import PurePosixPath

from nnviz_action.setup.init.index import Index
from nnviz_action.setup.init.modules import Class, Function, Module


@dataclass(frozen=True)
class Target:
    """The text of `model:`, and the folder that must be on the path for it."""

    text: str
    root: str = "."


def target_of(index: Index, found: Class | Function) -> Target:
    """How the config names it."""
    module = found.module
    owner = f"{found.owner.name}." if isinstance(found, Function) and found.owner else ""
    name = f"{owner}{found.name}"
    dotted, root = _importable(index, module)
    return Target(f"{dotted}:{name}", root) if dotted else Target(f"{module.path}:{name}")


def _importable(index: Index, module: Module) -> tuple[str, str]:
    """The module's name and its root; no name where only the path of the file leads to it."""
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in module.name.split(".")):
        return "", "."
    if module.name.partition(".")[0] in sys.stdlib_module_names:
        return "", "."
    if "." in module.name or module.path.endswith("__init__.py") or module.root == ".":
        return module.name, module.root
    whole = ".".join(PurePosixPath(module.path).with_suffix("").parts)
    if whole in module.aliases and (module.relative or whole in index.imported) and _is_dotted(whole):
        return whole, "."
    return "", "."


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))
