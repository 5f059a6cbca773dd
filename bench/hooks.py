"""The hooks, by the real pre-commit: what they cost where nothing changed, and how large an environment it builds."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import fleet
import yaml
from measure import Ratio, compare

ROOT = Path(__file__).resolve().parent.parent
EMPTY = {"id": "empty", "name": "empty", "entry": "true", "language": "system", "always_run": True, "pass_filenames": False}  # fmt: skip
HOOKS = ("nnviz-check", "nnviz-generate")
PRE_COMMIT = [sys.executable, "-m", "pre_commit"]
WHO = {f"GIT_{role}_{key}": "bench" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}


def rows() -> list[tuple[str, str, str]]:
    """Time against a hook that does nothing, for two numbers of models, and the size of the check's environment.

    The hooks are those of the last commit of this checkout, in the folder of hooks that is measured.
    """
    with tempfile.TemporaryDirectory(prefix="nnviz-bench-") as name:
        home = Path(name) / "home"
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        os.environ.update({**WHO, "PATH": path, "PRE_COMMIT_HOME": str(home)})
        times = [row for models in (10, 100) for row in _times(Path(name) / str(models), models)]
        return [*times, _size(home)]


def _times(folder: Path, models: int) -> list[tuple[str, str, str]]:
    fleet.make(folder, models, 2 * models)
    head = _call(["git", "rev-parse", "HEAD"], ROOT).strip()
    _config(folder, "empty", {"repo": "local", "hooks": [EMPTY]})
    for hook in HOOKS:
        _config(folder, hook, {"repo": str(ROOT), "rev": head, "hooks": [{"id": hook}]})
    for command in (
        ["git", "init", "--quiet"],
        ["git", "add", "--all"],
        ["git", "commit", "--quiet", "--message=all"],
    ):
        _call(command, folder)
    what = f"{models} fresh models, against an empty hook"
    usual = [(f"hook `{hook}`, nothing changed, {what}", "≤ 1.5 ×", _told(folder, hook, True)) for hook in HOOKS]
    return [*usual, *((f"the same, `{hook}`, on its first run", "", _told(folder, hook, False)) for hook in HOOKS)]


def _told(folder: Path, hook: str, noted: bool) -> str:
    """With or without the note that a hook leaves for the next one."""
    note = folder / ".git" / "nnviz-action"
    forget = None if noted else lambda: shutil.rmtree(note, ignore_errors=True)
    ratio: Ratio = compare(_run(hook), _run("empty"), folder, rounds=9, before=forget)
    return f"{ratio.ratio:.2f} × ({ratio.ours:.3f} s against {ratio.theirs:.3f} s, median of {ratio.rounds})"


def _config(folder: Path, name: str, entry: dict[str, object]) -> None:
    (folder / f"{name}.yaml").write_text(yaml.safe_dump({"repos": [entry]}))


def _run(name: str) -> list[str]:
    return [*PRE_COMMIT, "run", "--config", f"{name}.yaml"]


def _call(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def _size(home: Path) -> tuple[str, str, str]:
    """What the files of the environment take on disk, in whole blocks, links not followed; the clone beside it."""
    [environment] = home.glob("repo*/py_env-*")
    clone = _on_disk(environment.parent) - _on_disk(environment)
    told = f"{_on_disk(environment) / 1e6:.0f} MB on disk (blocks of all files), and {clone / 1e6:.0f} MB of clone"
    return ("environment that pre-commit built for `nnviz-check`", "≤ 60 MB", told)


def _on_disk(folder: Path) -> int:
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))
