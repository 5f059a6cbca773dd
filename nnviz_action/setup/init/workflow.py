"""The workflow that checks the diagrams of pull requests, written into `.github/workflows`."""

import os
from pathlib import Path

from nnviz_action.errors import ConfigError
from nnviz_action.freshness.outputs import replace
from nnviz_action.system.repository import repository_root

FILE = ".github/workflows/diagrams.yml"
_INSTALL = "python -m pip install --requirement requirements.txt"
_USES = "      - uses: OWNER/nnviz-action@"
_ZEROS = "0" * 40


def add_workflow(folder: Path, config: str) -> str:
    """Write it; what was done. Raises `ConfigError` where another is there."""
    root = repository_root(folder) or folder
    path = root / FILE
    place = os.path.relpath((folder / Path(config).name).resolve(), root.resolve()).replace(os.sep, "/")
    text = workflow_text(root, place)
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise ConfigError(f"{FILE} is there already", hint="move it away, or add the action to it: see docs/ci.md")
    replace(path, text.encode())
    todo = "; replace the zeros in it by the commit of the release" if _ZEROS in text else ""
    return f"wrote {os.path.relpath(path)}{todo}"


def workflow_text(root: Path, config: str) -> str:
    """The workflow for a repository: it installs what the repository says, and reads its config."""
    text = (Path(__file__).parent / "diagrams.yml").read_text(encoding="utf-8")
    install = _install(root)
    lines = [line.replace(_INSTALL, install) for line in text.splitlines() if install or _INSTALL not in line]
    if config != "nnviz.yaml":
        at = next(i for i, line in enumerate(lines) if line.startswith(_USES))
        lines[at + 1 : at + 1] = ["        with:", f"          config: {config}"]
    return "\n".join(lines) + "\n"


def _install(root: Path) -> str:
    """The command that installs what the models need; empty where the repository does not tell."""
    if (root / "requirements.txt").is_file():
        return _INSTALL
    if (root / "pyproject.toml").is_file() or (root / "setup.py").is_file():
        return "python -m pip install ."
    return ""
