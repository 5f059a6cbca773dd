"""What this environment lacks, and the command that installs it, of the tool that the environment was made with."""

import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from nnviz_action.errors import MissingError
from nnviz_action.system.environment import is_of_uv, project_lock, tool, uv_finds_it
from nnviz_action.system.installed import NAME, build, version

_ADD = {
    "pixi": "pixi add --pypi", "poetry": "poetry add --group dev", "pipenv": "pipenv install --dev",
    "pdm": "pdm add --dev", "uv project": "uv add --dev",
}  # fmt: skip
_RUN = {"poetry": "poetry run ", "pipenv": "pipenv run "}  # before a pip that is on no other PATH
_ANEW = {"pixi": "pixi reinstall"}
_INDEX = "https://download.pytorch.org/whl/"
_IN_INDEX = re.compile(r"cpu|xpu|cu\d+|rocm[\d.]+")  # builds of torch that have an index of their own


def install_command(*packages: str) -> str:
    """One line for a shell. What is there and new enough stays, torch in whatever build above all.

    So it is pip's where a project's own tool would put the plain torch in the place of a build that its lock does not
    have.
    """
    wanted = list(map(_quoted, packages))
    if tool() == "uv run":
        return " ".join(("uv run", *(f"--with {package}" for package in wanted), NAME))
    add = None if _torch_is_in_no_lock() else _ADD.get(tool())
    return " ".join((add or _pip_install(), *wanted))


def reinstall_command(*packages: str) -> str:
    """As `install_command`, of what is there and broken."""
    again = "--reinstall" if is_of_uv() else "--force-reinstall"
    return " ".join((_ANEW.get(tool()) or f"{_pip_install()} {again}", *packages))


def torch_command() -> str:
    """As `reinstall_command`, of torch in the build that is here, and of torchvision beside it, which has to fit."""
    own = build(version("torch"))
    if own and not _IN_INDEX.fullmatch(own):
        return "see https://pytorch.org/get-started/locally"
    index = f" --index-url {_INDEX}{own}" if own and tool() not in _ANEW else ""
    return f"{reinstall_command('torch', *_torchvision())}{index}"


def unusable(name: str, found: str, error: Exception) -> MissingError:
    """The error for a package that is there, and is broken."""
    hint = "nnviz-action doctor  tells what is wrong"
    return MissingError(f"{name} {found} cannot be used: {type(error).__name__}: {error}", hint=hint)


def too_old(name: str, found: str, oldest: str) -> MissingError:
    """The error for a package of a version that was never meant to do."""
    return MissingError(f"{name} {found} is older than {oldest}", hint=newer_command(name, oldest))


def newer_command(name: str, oldest: str) -> str:
    """As `install_command`, of a package that is there and too old."""
    command = install_command(f"{name}>={oldest}", *(_torchvision() if name == "torch" else ()))
    is_for_cpu = name == "torch" and build(version(name)) == "cpu"  # an index for an old CUDA has no new torch
    return f"{command} --index-url {_INDEX}cpu" if is_for_cpu and _torch_is_in_no_lock() else command


def _torchvision() -> tuple[str, ...]:
    return ("torchvision",) if find_spec("torchvision") else ()


def needs(what: str, extra: str) -> MissingError:
    """The error for a missing optional dependency, naming the extra that brings it."""
    return MissingError(f"this needs {what}", hint=install_command(f"{NAME}[{extra}]"))


def _torch_is_in_no_lock() -> bool:
    """Whether torch is of a build of its own, such as `+cpu`, which the project's lock does not know."""
    installed, lock = version("torch"), project_lock()
    return bool(build(installed)) and (
        lock is None or installed not in lock.read_text(encoding="utf-8", errors="replace")
    )


def _quoted(package: str) -> str:
    mark = '"' if sys.platform == "win32" else "'"
    return f"{mark}{package}{mark}" if set(package) & set("[]<>=~! ") else package


def _pip_install() -> str:
    """`pip install`, or `uv pip install` where uv put no pip here, so that it gets into this environment."""
    if is_of_uv():
        return "uv pip install" if uv_finds_it() else f"uv pip install --python {_quoted(sys.prefix)}"
    if tool() in _RUN:
        return f"{_RUN[tool()]}pip install"
    own = Path(sys.executable).parent
    first = next((Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if _has_pip(folder)), None)
    return f"{'pip' if first == own else f'{_quoted(sys.executable)} -m pip'} install"


def _has_pip(folder: str) -> bool:
    return any((Path(folder) / name).is_file() for name in ("pip", "pip.exe"))
