"""What this environment lacks, and the command that installs it, of the tool that the environment was made with."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from nnviz_action.errors import MissingError
from nnviz_action.system.installed import build, version

_PROJECT_TOOLS = {"pixi": "pixi add --pypi", "poetry": "poetry add --group dev", "uv project": "uv add --dev"}
_ANEW = {
    "pixi": "pixi reinstall", "poetry": "poetry run pip install --force-reinstall",
    "uv": "uv pip install --reinstall", "uv project": "uv pip install --reinstall",
}  # fmt: skip


def install_command(*packages: str) -> str:
    """One line for a shell. What is there and new enough stays, torch in whatever build above all.

    So it is pip's where a project's own tool would put the plain torch in the place of a build that is in no lock.
    """
    tool = _tool()
    if tool in _PROJECT_TOOLS and build(version("torch")):
        tool = "uv" if tool == "uv project" else "pip"
    return " ".join((_PROJECT_TOOLS.get(tool) or f"{_pip(tool)} install", *map(_quoted, packages)))


def reinstall_command(*packages: str) -> str:
    """As `install_command`, of what is there and broken."""
    tool = _tool()
    return " ".join((_ANEW.get(tool) or f"{_pip(tool)} install --force-reinstall", *packages))


def unusable(name: str, found: str, error: Exception) -> MissingError:
    """The error for a package that is there, and is broken."""
    hint = "nnviz-action doctor  tells what is wrong"
    return MissingError(f"{name} {found} cannot be used: {type(error).__name__}: {error}", hint=hint)


def too_old(name: str, found: str, oldest: str) -> MissingError:
    """The error for a package of a version that was never meant to do."""
    return MissingError(f"{name} {found} is older than {oldest}", hint=newer_command(name, oldest))


def newer_command(name: str, oldest: str) -> str:
    """As `install_command`, of a package that is there and too old."""
    others = ("torchvision",) if name == "torch" and find_spec("torchvision") else ()  # the two fit only together
    return install_command(f"{name}>={oldest}", *others)


def needs(what: str, extra: str) -> MissingError:
    """The error for a missing optional dependency, naming the extra that brings it."""
    return MissingError(f"this needs {what}", hint=install_command(f"nnviz-action[{extra}]"))


def _quoted(package: str) -> str:
    mark = '"' if sys.platform == "win32" else "'"
    return f"{mark}{package}{mark}" if set(package) & set("[]<>=~! ") else package


def _tool() -> str:
    """What adds packages here: a project's own tool, so that its lock keeps them, or else uv or pip."""
    prefix = Path(sys.prefix)
    if ".pixi" in prefix.parts:
        return "pixi"
    if "pypoetry" in prefix.parts or os.environ.get("POETRY_ACTIVE"):
        return "poetry"
    if _is_of_uv(prefix):
        return "uv project" if (prefix.parent / "uv.lock").is_file() else "uv"
    return "pip"


def _is_of_uv(prefix: Path) -> bool:
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return any(line.partition("=")[0].strip() == "uv" for line in lines) and find_spec("pip") is None


def _pip(tool: str) -> str:
    """`pip`, where the one that a shell finds is this environment's; conda's environments have one, too."""
    if tool == "uv":
        return "uv pip"
    own = Path(sys.executable).parent
    first = next((Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if _has_pip(folder)), None)
    return "pip" if first == own else f"{_quoted(sys.executable)} -m pip"


def _has_pip(folder: str) -> bool:
    return any((Path(folder) / name).is_file() for name in ("pip", "pip.exe"))
