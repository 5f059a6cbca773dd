"""Which tool this Python environment belongs to: the one that has to install into it."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

UV_LOCK = "uv.lock"
_LOCKS = {UV_LOCK: "uv project", "poetry.lock": "poetry", "pdm.lock": "pdm"}  # beside the environment of a project


def tool() -> str:
    """A project's own tool (`pixi`, `poetry`, `pipenv`, `pdm`, `uv project`), so that its lock keeps what is added.

    Else `uv run` for what uv made for one command alone, `uv` for an environment that it made, and `pip`.
    """
    prefix = Path(sys.prefix)
    if ".pixi" in prefix.parts or (prefix / "conda-meta" / "pixi").is_file():
        return "pixi"
    if "pypoetry" in prefix.parts or os.environ.get("POETRY_ACTIVE"):
        return "poetry"
    if os.environ.get("PIPENV_ACTIVE"):
        return "pipenv"
    if "archive-v0" in prefix.parts or "extends-environment" in _written(prefix):
        return "uv run"
    lock = project_lock()
    return _LOCKS[lock.name] if lock else "uv" if is_of_uv() else "pip"


def project_lock() -> Path | None:
    """The lock of the project whose environment this is; None where it is of no project, or of which is not known."""
    prefix = Path(sys.prefix)
    elsewhere = os.environ.get("UV_PROJECT_ENVIRONMENT")
    roots = [folder for folder in _upwards() if (folder / UV_LOCK).is_file()] if elsewhere else []
    if any(_is_one(folder / str(elsewhere), prefix) for folder in roots[:1]):
        return roots[0] / UV_LOCK
    found = [prefix.parent / name for name in _LOCKS] if prefix.name == ".venv" else []
    found += [folder.parent / "pixi.lock" for folder in prefix.parents if folder.name == ".pixi"]
    return next((path for path in found if path.is_file()), None)


def is_of_uv() -> bool:
    """Whether uv made this environment, and put no pip into it."""
    return "uv" in _written(Path(sys.prefix)) and find_spec("pip") is None


def uv_finds_it() -> bool:
    """Whether `uv pip`, called where this command was, takes this environment: the active one, or the nearest."""
    prefix = Path(sys.prefix)
    in_uv_run = "UV_RUN_RECURSION_DEPTH" in os.environ  # then the active one is uv's, and not that of the shell
    active = "" if in_uv_run else os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX")
    near = (folder / ".venv" for folder in _upwards() if (folder / ".venv" / "pyvenv.cfg").is_file())
    taken = Path(active) if active else next(near, None)
    return taken is not None and _is_one(taken, prefix)


def _written(prefix: Path) -> set[str]:
    """The keys that the maker of an environment wrote down."""
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return {line.partition("=")[0].strip() for line in lines}


def _upwards() -> tuple[Path, ...]:
    here = Path.cwd()
    return (here, *here.parents)


def _is_one(folder: Path, other: Path) -> bool:
    return os.path.realpath(folder) == os.path.realpath(other)
